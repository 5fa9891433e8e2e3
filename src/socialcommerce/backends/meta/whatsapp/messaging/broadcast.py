"""One template to many: a job of the client's own, since WhatsApp has no such call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from attrs import evolve

from socialcommerce.backends.meta.errors import error_for
from socialcommerce.backends.meta.whatsapp.book import Book, Row
from socialcommerce.backends.meta.whatsapp.codes import messaging as codes
from socialcommerce.backends.meta.whatsapp.codes.errors import meaning
from socialcommerce.backends.meta.whatsapp.messaging.sending import WhatsAppSending, person_id
from socialcommerce.errors import (
    AuthenticationError,
    ConfigurationError,
    InsufficientFunds,
    InvalidRequest,
    OutcomeUnknown,
    PartiallyApplied,
    PlatformError,
    PolicyViolation,
    SocialCommerceError,
    TransportError,
    Unsupported,
)
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.content import Template
from socialcommerce.models.identity import Identity
from socialcommerce.models.message import Consent, ConversationRef, Recipient, SendReceipt
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.sending import Contents, SendOptions, as_contents
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.transport import Response

__all__ = ["Broadcasts"]

_KIND: Final = "messaging.broadcast"
_CHUNK: Final = 40
_SIDE_BY_SIDE: Final = 8
_PAUSE: Final = 60.0
"""Seconds after which a job goes on that WhatsApp has slowed down."""
_OF_THE_SENDER: Final = (AuthenticationError, ConfigurationError, InsufficientFunds, TransportError)
"""Errors that every recipient would meet: the job stops with them, and goes on when it is resumed."""
_UNSENT: Final = "the outcome of an earlier attempt is unknown, so it was not repeated"
_LOOK: Final = "a status event whose data holds this biz_opaque_callback_data; none within a day: not sent"


class Broadcasts(WhatsAppSending):
    """``messaging.broadcast`` of WhatsApp."""

    @supports(
        "emulated",
        params=native("to", "contents", "allow_paid") | emulated("consent", "job", "wait"),
        requires=("business", "inbox"),
        when="templates only; a tier of unique people a day; no marketing to numbers of the United States",
        cost="1 call a recipient",
        confidence="official; orchestration: judgement",
    )
    def broadcast(
        self,
        to: str | Sequence[Recipient | Identity | ConversationRef | str],
        contents: Contents,
        *,
        consent: Consent | None = None,
        allow_paid: bool = False,
    ) -> Flow[Task[BulkResult[Recipient, SendReceipt]]]:
        """POST /{phone-number-id}/messages (marketing: /marketing_messages) once a recipient.

        ``contents`` is one ``Template``; the variables of a recipient are added to its own. The job is kept
        in ``State.jobs``; it rests where WhatsApp slows the number down, stops where a token or the payment
        fails, and goes on with what is unsent. What a crash cut off is not sent again.
        """
        recipients = _recipients(to)
        template = _template(contents)
        self.payload(template)
        _check_consent(recipients, consent)
        if not allow_paid:
            raise _forbidden("templates are billed; say allow_paid=True", "paid")
        category = (yield from self.category_of(template)) or "utility"
        state = {
            "template": template.model_dump(mode="json"),
            "category": category,
            "phone": self.own("phone"),
            "recipients": [one.model_dump(mode="json") for one in recipients],
            "outcomes": [],
        }
        return Task(_KIND, state, wait=0.0, progress=0.0)

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """Send to the next recipients; whose outcome is unknown is never sent to again."""
        if task.kind != _KIND:
            other: Task[Any] = yield from super().advance(task)
            return other
        recipients = [Recipient.model_validate(row) for row in task.state["recipients"]]
        start = len(task.state["outcomes"])
        rows = range(start, min(start + _CHUNK, len(recipients)))
        told = yield from gather([self._one(task, place, recipients[place]) for place in rows], _SIDE_BY_SIDE)
        before = task.state.get("ahead", {})
        moved = any(
            str(place) not in before and "held" not in row for place, row in zip(rows, told, strict=True)
        )
        for row in told:
            if "stop" in row and not moved:
                raise _stopped(task, row["stop"])
        return (yield from self._settled(task, recipients, told))

    def _settled(
        self, task: Task[Any], recipients: Sequence[Recipient], told: Sequence[Row]
    ) -> Flow[Task[Any]]:
        """The task after a step: rows that were slowed down are unsent, and so are those after them."""
        held = next((place for place, row in enumerate(told) if row.get("held")), len(told))
        # What went out behind a held row keeps its outcome; the held ones are tried again in its place.
        kept = [*task.state["outcomes"], *told[:held]]
        later = {str(len(kept) + place): row for place, row in enumerate(told[held:]) if not row.get("held")}
        ahead = {**task.state.get("ahead", {}), **later}
        state = {**task.state, "outcomes": kept, "ahead": ahead}
        done = len(kept) >= len(recipients)
        value = (yield from self._result(evolve(task, state=state), recipients)) if done else None
        wait = _PAUSE if held < len(told) else 0.0
        progress = len(kept) / len(recipients)
        return Task(task.kind, state, wait=wait, done=done, value=value, progress=progress, id=task.id)

    def _one(self, task: Task[Any], place: int, recipient: Recipient) -> Flow[Row]:
        """Send one row; what became of it, as JSON keeps it."""
        before = task.state.get("ahead", {}).get(str(place))
        if before is not None:
            return dict(before)
        book, reference = Book(task.state["phone"]), f"{task.id}:{place}"
        known = yield from book.echo(reference)
        if known.get("begun"):
            return dict(
                known
            )  # by a step that was cut off: what became of it is told by a status, or unknown
        yield from book.note_echo(reference, {"begun": True})
        row = yield from self._sent(task, recipient, reference)
        number = {"id": row["id"]} if "id" in row else {}
        yield from book.note_echo(reference, {"begun": "held" not in row, **number})
        return row

    def _sent(self, task: Task[Any], recipient: Recipient, reference: str) -> Flow[Row]:
        template = Template.model_validate(task.state["template"])
        own = template.model_copy(update={"variables": {**template.variables, **recipient.variables}})
        options = SendOptions(purpose=task.state["category"], allow_paid=True, idempotency_key=reference)
        try:
            ref = yield from self.recipient(_to(recipient))
            receipt = yield from self.deliver(ref, [own], options)
        except SocialCommerceError as error:
            return _kept(error)
        return {"id": receipt.ids[0], "status": receipt.native_status}

    def _result(
        self, task: Task[Any], recipients: Sequence[Recipient]
    ) -> Flow[BulkResult[Recipient, SendReceipt]]:
        """An outcome a recipient, with what statuses have told since."""
        book = Book(task.state["phone"])
        outcomes = []
        for place, recipient in enumerate(recipients):
            reference = f"{task.id}:{place}"
            echo = yield from book.echo(reference)
            row = {**task.state["outcomes"][place], **echo}
            outcomes.append(Outcome.of(recipient, _outcome(row, reference)))
        return BulkResult(tuple(outcomes))


def _recipients(to: Any) -> list[Recipient]:
    if isinstance(to, str):
        raise Unsupported(
            "messaging.broadcast:audience",
            "whatsapp",
            "WhatsApp keeps no audiences of messages",
            "a list of Recipient(to=Identity(kind='wa_id', value=...))",
        )
    found = [one if isinstance(one, Recipient) else Recipient(to=one) for one in to]
    if not found:
        raise invalid(to="is empty; give recipients")
    _refuse_twice(found)
    return found


def _refuse_twice(recipients: Sequence[Recipient]) -> None:
    """One person may be written to twice, about two orders say; not twice with the same words."""
    seen: dict[tuple[str, str], int] = {}
    for place, one in enumerate(recipients):
        key = (_person(one), one.model_dump_json(include={"variables"}))
        if seen.setdefault(key, place) != place:
            raise invalid(to=f"recipient {place} is recipient {seen[key]} again, with the same variables")


def _person(recipient: Recipient) -> str:
    to = recipient.to
    value = to.native_id or "" if isinstance(to, ConversationRef) else getattr(to, "value", str(to))
    try:
        return person_id(value)
    except InvalidRequest:
        return value


def _to(recipient: Recipient) -> Any:
    to = recipient.to
    return to.value if isinstance(to, Identity) and to.kind == "user_id" else to


def _template(contents: Contents) -> Template:
    items = as_contents(contents)
    if len(items) != 1 or not isinstance(items[0], Template):
        raise invalid(
            contents="a broadcast is one Template: nothing else may be sent outside of the 24 hours"
        )
    return items[0]


def _check_consent(recipients: Sequence[Recipient], consent: Consent | None) -> None:
    for one in recipients:
        given = one.consent or consent
        if given is None or "messaging" not in given.purposes:
            raise _forbidden(
                "every recipient must have agreed to messages: give consent=Consent(...)", "consent"
            )


def _forbidden(message: str, reason: str) -> PolicyViolation:
    return PolicyViolation(message, reason=reason, platform="whatsapp", sent="no")


def _stopped(task: Task[Any], error: SocialCommerceError) -> SocialCommerceError:
    """The error that no further recipient can be written to with; where some were, how to go on."""
    rows = (*task.state["outcomes"], *task.state.get("ahead", {}).values())
    done = [row["id"] for row in rows if "id" in row]
    if not rows:
        return error
    left = len(task.state["recipients"]) - len(rows)
    message = f"{left} recipients are left: {error}; then client.jobs.resume({task.id!r}) goes on with them"
    stopped = PartiallyApplied(message, done=done, failed=[], resume={"job": task.id})
    stopped.__cause__ = error
    return stopped


def _kept(error: SocialCommerceError) -> Row:
    if isinstance(error, OutcomeUnknown):
        return {"unknown": True}
    code = error.code if isinstance(error, PlatformError) else None
    if code in codes.PAUSING_CODES:
        return {"held": True}
    of_sender = isinstance(error, _OF_THE_SENDER) and code not in codes.RECIPIENT_CODES
    if of_sender or code in codes.STOPPING_CODES:
        return {"held": True, "stop": error}
    return {"code": code, "message": error.message, "sent": error.sent}


def _outcome(row: Row, reference: str) -> SendReceipt | SocialCommerceError:
    status = codes.DELIVERY.get(str(row.get("status") or "accepted"), "other")
    if status == "failed" or "message" in row:
        return _refused(row)
    if "id" in row:
        return SendReceipt.build(
            ids=(row["id"],),
            via="template",
            billable=row.get("billable"),
            status=status,
            native_status=row.get("status"),
        )
    return OutcomeUnknown(
        _UNSENT, platform="whatsapp", evidence={"reference": reference}, how_to_find_out=_LOOK
    )


def _refused(row: Row) -> PlatformError:
    """The typed error of a refusal that was kept by its code, as the send call or a status told it."""
    told = {"code": str(row.get("code") or "").partition("/")[0], "message": row.get("message")}
    error = error_for({"error": told}, Response(400), "whatsapp", meaning)
    error.sent, error.status = row.get("sent", "yes"), None
    return error
