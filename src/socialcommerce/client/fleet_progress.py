"""How far a fleet has come, shown as a bar by tqdm or rich where one of them is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from socialcommerce.client.fleet_work import Progress
from socialcommerce.errors import ConfigurationError

__all__ = ["shown"]


def shown(progress: Progress | bool | None) -> Progress | None:
    """What is told of every shop that is through: the caller's function, a bar for True, or nothing."""
    if progress is None or progress is False:
        return None
    return _bar() if progress is True else progress


def _bar() -> Progress:
    for module, bar in (("tqdm.auto", _TqdmBar), ("rich.progress", _RichBar)):
        try:
            library = import_module(module)
        except ImportError:
            continue
        return bar(library)
    raise ConfigurationError("progress=True shows a bar by tqdm or rich, and neither is installed")


class _TqdmBar:
    """One bar an operation; it is closed when every shop is through, or when the next one begins."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._bar: Any = None

    def __call__(self, done: int, total: int, account: str) -> None:
        if self._bar is not None and done <= self._bar.n:
            self._bar.close()
            self._bar = None
        if self._bar is None:
            self._bar = self._library.tqdm(total=total, unit="shop")
        self._bar.update(done - self._bar.n)
        self._bar.set_postfix_str(account)
        if done == total:
            self._bar.close()
            self._bar = None


class _RichBar:
    """The same with rich."""

    def __init__(self, library: Any) -> None:
        self._library = library
        self._bar: Any = None
        self._done = 0

    def __call__(self, done: int, total: int, account: str) -> None:
        if self._bar is not None and done <= self._done:
            self._close()
        if self._bar is None:
            self._bar = self._library.Progress()
            self._task = self._bar.add_task("shops", total=total)
            self._bar.start()
        self._done = done
        self._bar.update(self._task, completed=done, description=account)
        if done == total:
            self._close()

    def _close(self) -> None:
        self._bar.stop()
        self._bar = None
