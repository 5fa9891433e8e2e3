"""A change made of several calls: done in order, told exactly where it stopped, gone on with later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import Factory, asdict, frozen

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.tiktok.ads.advertising.base import RULES, AdvertisingNoun
from socialcommerce.backends.tiktok.ads.advertising.families import Known
from socialcommerce.backends.tiktok.ads.codes.ads import WRITE_STATUS
from socialcommerce.errors import PartiallyApplied, SocialCommerceError
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.text import read_json, write_json

__all__ = ["EditingNoun", "Step"]


@frozen
class Step:
    """One call of a change: the unified ``field`` it writes, and what is sent. All set absolute values."""

    field: str
    path: str
    body: Mapping[str, Any] = Factory(dict)


class EditingNoun(AdvertisingNoun):
    """An advertising noun that changes what is there."""

    def change(
        self,
        known: Known,
        changes: Mapping[str, Any],
        resume: Any,
        steps: Callable[[], Flow[Sequence[Step]]],
        allowed: frozenset[str],
    ) -> Flow[Known]:
        """Bring about the changes of an update, or what is left of one; answers the object after it."""
        if resume is not None:
            todo: Sequence[Step] = load_steps(resume, known.id)
        else:
            hold(changes, allowed)
            todo = _ordered((yield from steps()), known, changes.get("status"))
        yield from self.apply(known.id, todo)
        return (yield from self.again([known]))[known.id] if todo else known

    def apply(self, what: str, steps: Sequence[Step]) -> Flow[None]:
        """Send steps one by one."""
        for index, step in enumerate(steps):
            try:
                yield from self.ask("POST", step.path, body=dict(step.body), safety="absolute")
            except SocialCommerceError as error:
                if index == 0:
                    raise
                done, left = [one.field for one in steps[:index]], list(steps[index:])
                raise PartiallyApplied(
                    f"{what}: {', '.join(done)} took effect, then: {error}",
                    done=tuple(done),
                    failed=tuple(one.field for one in left),
                    resume=dump_steps(what, left),
                ) from error


def hold(changes: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Refuse changes that no update can make."""
    if unknown := sorted(changes.keys() - allowed):
        raise invalid(**dict.fromkeys(unknown, f"cannot be changed; {', '.join(sorted(allowed))} can"))
    if changes.get("status") not in (None, *WRITE_STATUS):
        raise RULES.unsupported("ads.campaigns.set_status:archived")
    if "name" in changes and not changes["name"]:
        RULES.hold([Flaw("name", "cannot be empty")])


def _ordered(steps: Sequence[Step], known: Known, status: str | None) -> Sequence[Step]:
    """What stops the object comes first, what starts it last."""
    word = WRITE_STATUS.get(str(status))
    if word is None or known.row.get("operation_status") == word:
        return steps
    body = {known.family.many: [known.id], "operation_status": word}
    step = Step("status", known.family.status, body)
    return [*steps, step] if word == "ENABLE" else [step, *steps]


def dump_steps(what: str, steps: Sequence[Step]) -> str:
    """Steps as text that can be kept, to go on with them later."""
    return write_json({"object": what, "steps": [asdict(step) for step in steps]}).decode()


def load_steps(text: Any, what: str) -> list[Step]:
    """The steps that ``dump_steps`` wrote for the same object."""
    try:
        kept = read_json(str(text).encode())
        steps = [Step(**step) for step in kept["steps"]]
    except (ValueError, KeyError, TypeError) as error:
        raise invalid(resume="is not what PartiallyApplied.resume of such an update holds") from error
    if kept.get("object") != what:
        raise invalid(resume=f"belongs to {kept.get('object')}")
    return steps
