"""How far a fleet has come, shown by a bar."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from socialcommerce import Fleet, simulate
from socialcommerce.errors import ConfigurationError


class Tqdm:
    """Stands for a bar of tqdm."""

    made: ClassVar[list[Tqdm]] = []

    def __init__(self, total: int, unit: str) -> None:
        self.total, self.n, self.closed, self.seen = total, 0, False, list[str]()
        Tqdm.made.append(self)

    def update(self, more: int) -> None:
        self.n += more

    def set_postfix_str(self, account: str) -> None:
        self.seen.append(account)

    def close(self) -> None:
        self.closed = True


class Rich:
    """Stands for rich's ``Progress``."""

    made: ClassVar[list[Rich]] = []

    def __init__(self) -> None:
        self.completed, self.running = 0, False
        Rich.made.append(self)

    def add_task(self, _name: str, total: int) -> int:
        self.total = total
        return 1

    def start(self) -> None:
        self.running = True

    def update(self, _task: int, completed: int, description: str) -> None:
        self.completed = completed

    def stop(self) -> None:
        self.running = False


@pytest.fixture
def shops() -> list[Any]:
    root = simulate("shopee", accounts=3)
    return [root.for_account(account) for account in root.market.accounts]


def installed(monkeypatch: pytest.MonkeyPatch, **modules: Any) -> None:
    for name in ("tqdm.auto", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, modules.get(name.partition(".")[0]))


def test_tqdm_shows_one_bar_an_operation(monkeypatch: pytest.MonkeyPatch, shops: list[Any]) -> None:
    installed(monkeypatch, tqdm=SimpleNamespace(tqdm=Tqdm))
    Tqdm.made.clear()
    fleet = Fleet(shops, progress=True)
    fleet.store.info()
    fleet.store.info()
    assert [(bar.n, bar.total, bar.closed) for bar in Tqdm.made] == [(3, 3, True)] * 2
    assert Tqdm.made[0].seen == list(fleet.accounts)


def test_rich_does_where_tqdm_is_not_installed(monkeypatch: pytest.MonkeyPatch, shops: list[Any]) -> None:
    installed(monkeypatch, rich=SimpleNamespace(Progress=Rich))
    Rich.made.clear()
    Fleet(shops, progress=True).store.info()
    assert [(bar.completed, bar.total, bar.running) for bar in Rich.made] == [(3, 3, False)]


@pytest.mark.parametrize(
    "library", [{"tqdm": SimpleNamespace(tqdm=Tqdm)}, {"rich": SimpleNamespace(Progress=Rich)}]
)
def test_what_was_broken_off_leaves_no_bar(
    monkeypatch: pytest.MonkeyPatch, shops: list[Any], library: dict[str, Any]
) -> None:
    installed(monkeypatch, **library)
    Tqdm.made.clear()
    Rich.made.clear()
    fleet = Fleet(shops, progress=True)

    def broken(shop: Any) -> None:
        if shop is shops[1]:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fleet.ask(broken)
    fleet.store.info()
    assert all(bar.closed for bar in Tqdm.made)
    assert not any(bar.running for bar in Rich.made)
    assert len(Tqdm.made) + len(Rich.made) == 2


def test_without_either_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, shops: list[Any]) -> None:
    installed(monkeypatch)
    with pytest.raises(ConfigurationError, match="tqdm or rich"):
        Fleet(shops, progress=True)


def test_false_shows_nothing(shops: list[Any]) -> None:
    assert len(Fleet(shops, progress=False).store.info()) == 3
