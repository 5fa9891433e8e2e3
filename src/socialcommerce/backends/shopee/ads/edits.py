"""Writing to campaigns: one edit after the other, and what an update leaves behind where it stops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from socialcommerce.backends.shopee.ads.base import AdsNoun
from socialcommerce.backends.shopee.ads.mapping import Known
from socialcommerce.backends.shopee.ads.plan import (
    Flaw,
    Place,
    budget_flaws,
    delivery_flaws,
    native_flaws,
    raise_flaws,
    roas_flaws,
    unsupported,
)
from socialcommerce.backends.shopee.ads.steps import (
    KEYWORDS,
    Step,
    dump,
    holds,
    load,
    named,
    status_action,
    steps_of,
    unmet,
)
from socialcommerce.backends.shopee.ads.wire import PREFIX, first, number
from socialcommerce.backends.shopee.codes.errors import error_for
from socialcommerce.errors import (
    BulkFailure,
    Conflict,
    OutcomeUnknown,
    PartiallyApplied,
    SocialCommerceError,
)
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow

__all__ = ["EditingNoun", "step_to"]


class EditingNoun(AdsNoun):
    """An advertising noun that changes campaigns."""

    def place(self) -> Flow[Place]:
        """Where and when inputs are held against the rules."""
        region = yield from self.region()
        return Place(region, self.now())

    def change(
        self, known: Known, changes: Mapping[str, Any], resume: Any, idempotency_key: str | None
    ) -> Flow[Known]:
        """Bring about the changes of an update, or what is left of one; answers the campaign after it."""
        if known.automatic:
            raise unsupported("ads.campaigns.update:auto_product")
        place = yield from self.place()
        if resume is not None:
            steps = load(resume, known.id)
        else:
            _hold(known, changes, place)
            steps = named(_ordered(known, changes, place), idempotency_key)
        yield from self._apply(known, steps)
        return (yield from self.reread(known)) if steps else known

    def _apply(self, known: Known, steps: Sequence[Step]) -> Flow[None]:
        for index, step in enumerate(steps):
            left = list(steps[index:])
            try:
                yield from self.edit(known, step)
            except PartiallyApplied as error:
                done = [*(one.field for one in steps[:index]), *error.done]
                failed = [*error.failed, *(one.field for one in left[1:])]
                resume = dump(known.id, [*load(error.resume, known.id), *left[1:]])
                raise _stopped(known, done, failed, resume) from error.__cause__
            except SocialCommerceError as error:
                if index == 0:
                    raise
                done = [one.field for one in steps[:index]]
                raise _stopped(known, done, [one.field for one in left], dump(known.id, left)) from error

    def edit(self, known: Known, step: Step) -> Flow[None]:
        """Send one edit. That its reference has succeeded already means that it is done."""
        try:
            reply = yield from self.ask(
                "POST",
                PREFIX + _call_of(known, step),
                body=_body_of(known, step),
                safety="keyed",
                readback=lambda: self._seen(known, step),
            )
        except (Conflict, OutcomeUnknown) as error:
            if not _succeeded_before(error):
                raise
            reply = yield from self._answer(known, step)
        if step.action == KEYWORDS:
            _raise_failed_edits(known, step, first(reply).get("failed_edits") or ())

    def _seen(self, known: Known, step: Step) -> Flow[Found[Any] | Absent | Undecided]:
        """Read back whether an edit took effect."""
        if known.shop:
            return Undecided(how_to_find_out="look at the GMV Max campaign in Shopee's seller centre")
        region = yield from self.region()
        found = yield from self.load([known.id])
        present = found.get(known.id)
        if present is None:
            return Found({}) if step.action == "delete" else Absent()
        return Found({}) if holds(step, present, region) else Absent()

    def _answer(self, known: Known, step: Step) -> Flow[Mapping[str, Any]]:
        """What an edit answered whose reply was lost: of keywords, the settings tell which failed."""
        if step.action != KEYWORDS:
            return {}
        present = yield from self.load_one(known.id)
        lost = "the edit of this keyword did not take effect"
        return {"failed_edits": [{"keyword": text, "message": lost} for text in unmet(step, present)]}


def _succeeded_before(error: SocialCommerceError) -> bool:
    """Whether Shopee refused a reference because it has succeeded: also where nothing can be read back."""
    refusal = error.__cause__ if isinstance(error, OutcomeUnknown) else error
    return isinstance(refusal, Conflict) and refusal.reason == "duplicate"


def _hold(known: Known, changes: Mapping[str, Any], place: Place) -> None:
    """Raise what is wrong with changes before anything is sent."""
    if unknown := sorted(changes.keys() - _CHANGES):
        raise invalid(**dict.fromkeys(unknown, f"cannot be changed; {', '.join(sorted(_CHANGES))} can"))
    if "name" in changes:
        raise unsupported("ads.campaigns.update:name")
    raise_flaws(_change_flaws(known, changes, place))


_CHANGES = {"name", "status", "budget", "target_roas", "delivery", "native"}


def _change_flaws(known: Known, changes: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    if "budget" in changes:
        yield from budget_flaws(changes["budget"], place.region, shop=known.shop)
    yield from roas_flaws(changes.get("target_roas"))
    yield from native_flaws(changes.get("native") or {})
    delivery = changes.get("delivery")
    yield from delivery_flaws(delivery, place)
    if delivery is None:
        return
    by_hand = delivery.bid is not None and delivery.bid.strategy == "manual"
    if delivery.bid is not None and by_hand != known.by_hand:
        yield Flaw("delivery.bid", refusal="ads.campaigns.update:bid")
    if delivery.targeting is not None and not known.by_hand:
        yield Flaw("delivery.targeting", "keywords and placements belong to campaigns that bid by hand")


def _ordered(known: Known, changes: Mapping[str, Any], place: Place) -> list[Step]:
    """The edits of an update; one that stops the campaign comes first, one that starts it last."""
    steps = steps_of(known, changes, place)
    status = changes.get("status")
    if status is None:
        return steps
    status_step = step_to(known, status)
    if status_step is None:
        return steps
    return [*steps, status_step] if status == "active" else [status_step, *steps]


def step_to(known: Known, status: str) -> Step | None:
    """The edit that brings a campaign to a status; None where it is there already."""
    if status not in ("active", "paused", "ended"):
        raise unsupported("ads.campaigns.set_status:archived")
    if status == "ended" and known.shop:
        raise unsupported("ads.campaigns.set_status:ended")
    action = status_action(known, status)
    return Step("status", action) if action else None


def _call_of(known: Known, step: Step) -> str:
    if step.action == KEYWORDS:
        return "edit_manual_product_ad_keywords"
    return "edit_gms_product_campaign" if known.shop else "edit_manual_product_ads"


def _body_of(known: Known, step: Step) -> dict[str, Any]:
    action = {} if step.action == KEYWORDS else {"edit_action": step.action}
    return {"reference_id": step.reference, "campaign_id": number(known.id), **action, **step.fields}


def _stopped(known: Known, done: Sequence[str], failed: Sequence[str], resume: str) -> PartiallyApplied:
    return PartiallyApplied(
        f"campaign {known.id}: {', '.join(done)} took effect, {', '.join(failed)} did not",
        done=tuple(done),
        failed=tuple(failed),
        resume=resume,
    )


def _raise_failed_edits(known: Known, step: Step, rows: Sequence[Mapping[str, Any]]) -> None:
    """Raise the keywords that Shopee refused one by one; those of an empty list were all taken."""
    failed = {row["keyword"]: row for row in rows}
    if not failed:
        return
    errors = [_keyword_error(row) for row in failed.values()]
    edits = step.fields["selected_keywords"]
    done = [f"keyword {edit['keyword']}" for edit in edits if edit["keyword"] not in failed]
    cause = errors[0] if len(errors) == 1 else BulkFailure(f"{len(errors)} keywords failed", errors)
    if not done:
        raise cause
    again = Step(step.field, KEYWORDS, {"selected_keywords": [e for e in edits if e["keyword"] in failed]})
    names = [f"keyword {text}" for text in failed]
    raise _stopped(known, done, names, dump(known.id, [again])) from cause


def _keyword_error(row: Mapping[str, Any]) -> SocialCommerceError:
    text = f"keyword {row['keyword']!r}: {row.get('message') or row.get('error') or 'refused'}"
    error = error_for({"error": row.get("error") or "ads.keyword", "message": text}, 200)
    error.sent = "yes"
    return error
