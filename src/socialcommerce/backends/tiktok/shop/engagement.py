"""Customer engagement: one message to many buyers, as a task of TikTok's (United States only)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from socialcommerce.backends.shared import Json
from socialcommerce.backends.tiktok.shop.codes.errors import row_error
from socialcommerce.backends.tiktok.shop.noun import TikTokShopNoun
from socialcommerce.errors import (
    OutcomeUnknown,
    PermissionDenied,
    PlatformError,
    PolicyViolation,
    SocialCommerceError,
    Unsupported,
)
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.content import Content, Coupon, ProductCard, Template, Text
from socialcommerce.models.identity import Identity
from socialcommerce.models.message import (
    Consent,
    ConversationRef,
    MessageTemplate,
    Recipient,
    SendReceipt,
    TemplateCategory,
    TemplateStatus,
)
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.messaging import Messaging, Templates
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.sending import Contents, as_contents
from socialcommerce.runtime.call import Undecided
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.paging import Page

__all__ = ["Engagement", "EngagementTemplates"]

_PATH = "/customer_engagement/202412"
_CUSTOM = "/customer_engagement/202502"
_CHUNK = 50
_OPEN = timedelta(days=3)
_TITLE, _BODY = 70, 500
_US_ONLY = "customer engagement is offered in the United States alone"
_UNSENT = "the outcome of an earlier attempt is unknown, so it was not repeated"


class Engagement(TikTokShopNoun, Messaging):
    """``messaging.broadcast`` of TikTok Shop."""

    @supports(
        "native",
        params=native("to", "contents", "consent", "allow_paid", "job", "wait"),
        requires=("shop", "scope: customer engagement"),
        when="United States; buyers by the anonymised e-mail of their orders",
        cost="3 calls, and 1 for 50 buyers",
        confidence="official schema, not exercised",
    )
    def broadcast(
        self,
        to: str | Sequence[Recipient | Identity | ConversationRef | str],
        contents: Contents,
        *,
        consent: Consent | None = None,
        allow_paid: bool = False,
    ) -> Flow[Task[BulkResult[Recipient, SendReceipt]]]:
        """One task, then its messages for 50 buyers at a time.

        POST engagement_tasks (a ``Template`` by its id) or 202502/engagement_tasks/custom, then POST
        /customer_engagement/202412/messages. ``to``: ``Identity(kind="email")`` with
        ``order.buyer.email``. ``contents``: a ``Template``, or a ``Text`` whose first line is the title and
        the rest the body; beside it ``ProductCard`` and ``Coupon``.
        """
        recipients = _recipients(to)
        _check_consent(recipients, consent)
        body = _task_body(as_contents(contents))
        yield from self._check_permitted()
        task: Task[BulkResult[Recipient, SendReceipt]] = Task("messaging.broadcast", {}, wait=0.0)
        answer = yield from self._created(body, task.id)
        state = {
            "task": str(answer["task_id"]),
            "recipients": [each.model_dump(mode="json") for each in recipients],
            "outcomes": [],
        }
        return Task(task.kind, state, wait=0.0, id=task.id, progress=0.0)

    def _check_permitted(self) -> Flow[None]:
        region = yield from self.region()
        if region.code != "US":
            raise Unsupported("messaging.broadcast", "tiktok_shop", f"{_US_ONLY}, not in {region.code}")
        answer = yield from self.ask("GET", f"{_CUSTOM}/permissions")
        for row in answer.get("features") or ():
            if row.get("name") == "FUNDAMENTAL" and row.get("is_authorized") is False:
                raise PermissionDenied(
                    "TikTok has not let this shop into customer engagement",
                    kind="app_category",
                    platform="tiktok_shop",
                    sent="no",
                )

    def _created(self, body: dict[str, Any], key: str) -> Flow[Json]:
        path = f"{_PATH}/engagement_tasks" if "template_id" in body else f"{_CUSTOM}/engagement_tasks/custom"
        end = int((self.now() + _OPEN).timestamp())
        given = {"task_name": f"broadcast {key}", "end_time": end, "channel": "TIKTOK_IM"}
        answer: Json = yield from self.ask(
            "POST", path, query={"idempotency_key": key}, body=given | body, safety="keyed"
        )
        return answer

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """Send to the next 50 buyers; those whose outcome is unknown are never sent to again."""
        if task.kind != "messaging.broadcast":
            other: Task[Any] = yield from super().advance(task)
            return other
        state = dict(task.state)
        recipients = [Recipient.model_validate(row) for row in state["recipients"]]
        start = len(state["outcomes"])
        part = recipients[start : start + _CHUNK]
        told = (yield from self._sent(state["task"], part)) if part else []
        state["outcomes"] = [*state["outcomes"], *told]
        done = len(state["outcomes"]) >= len(recipients)
        progress = len(state["outcomes"]) / len(recipients)
        value = _result(recipients, state) if done else None
        return Task(task.kind, state, wait=0.0, done=done, value=value, progress=progress, id=task.id)

    def _sent(self, task_id: str, part: Sequence[Recipient]) -> Flow[list[Json]]:
        """POST messages for some buyers: what became of each, as JSON keeps it."""
        emails = [_email(each) for each in part]
        try:
            answer = yield from self.ask(
                "POST",
                f"{_PATH}/messages",
                body={"buyer_emails": emails, "task_id": task_id},
                safety="unsafe",
                readback=self._unknown,
            )
        except SocialCommerceError as error:
            unknown = isinstance(error, OutcomeUnknown)
            row = {"unknown": True} if unknown else {"code": _code_of(error), "message": str(error)}
            return [row for _ in part]
        failed = {(row.get("detail") or {}).get("buyer_email"): row for row in answer.get("errors") or ()}
        return [_kept(failed.get(email)) for email in emails]

    def _unknown(self) -> Flow[Undecided]:
        """Performances count buyers of a task, and name none: nobody can say who got it."""
        yield from ()
        return Undecided(_UNSENT, "look at the task in the Seller Center")


class EngagementTemplates(TikTokShopNoun, Templates):
    """``messaging.templates`` of TikTok Shop: those that TikTok has written."""

    @supports(
        "native",
        params=native("language", "cursor") | emulated("status", "category"),
        requires=("shop", "scope: customer engagement"),
        when="United States",
        cost="1 call",
        confidence="official schema, not exercised",
    )
    def list(
        self,
        *,
        status: TemplateStatus | None = None,
        language: str | None = None,
        category: TemplateCategory | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[MessageTemplate]]:
        """GET /customer_engagement/202412/message_templates; all are approved, all are for marketing."""
        if status not in (None, "approved") or category not in (None, "marketing"):
            return Page(())
        locale = (language or "en-US").replace("_", "-")
        answer = yield from self.ask("GET", f"{_PATH}/message_templates", query={"locale": locale})
        return Page([_template(row, locale) for row in answer.get("message_templates") or ()])


def _template(row: Json, locale: str) -> MessageTemplate:
    return MessageTemplate.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        native_ids={"template_id": str(row["id"])},
        name=str(row["id"]),
        language=locale,
        category="marketing",
        status="approved",
        body=row.get("message_body"),
        header=row.get("message_title"),
        raw=row,
    )


def _recipients(to: Any) -> list[Recipient]:
    if isinstance(to, str):
        raise Unsupported(
            "messaging.broadcast:audience",
            "tiktok_shop",
            "TikTok Shop keeps no audiences for messages",
            "a list of Identity(kind='email', value=order.buyer.email)",
        )
    found = [each if isinstance(each, Recipient) else Recipient(to=each) for each in to]
    if not found:
        raise invalid(to="is empty; give recipients")
    for each in found:
        _email(each)
        if each.variables:
            raise invalid(variables="the messages of a task are alike for all: it takes no variables")
    return found


def _email(recipient: Recipient) -> str:
    who = recipient.to
    if not isinstance(who, Identity) or who.kind != "email":
        raise invalid(to="buyers are known by the anonymised e-mail of their orders: Identity(kind='email')")
    return who.value


def _check_consent(recipients: Sequence[Recipient], consent: Consent | None) -> None:
    for each in recipients:
        given = each.consent or consent
        if given is None or "messaging" not in given.purposes:
            raise PolicyViolation(
                "every recipient must have agreed to messages: give consent=Consent(...)",
                reason="consent",
                platform="tiktok_shop",
                sent="no",
            )


def _task_body(contents: Sequence[Content]) -> dict[str, Any]:
    """What the task holds: a template or words of one's own, and cards."""
    body: dict[str, Any] = {}
    for content in contents:
        match content:
            case Template():
                body["template_id"] = content.name
            case Text():
                body["custom_message"] = _custom(content)
            case ProductCard():
                ids = [product.id for product in content.products if product.id]
                body["product_ids"] = [*body.get("product_ids", []), *ids]
            case Coupon():
                body["coupon_ids"] = [*body.get("coupon_ids", []), str(content.id or "")]
            case _:
                raise invalid(contents="a task takes a Template or a Text, with ProductCards and a Coupon")
    if ("template_id" in body) == ("custom_message" in body):
        raise invalid(contents="a task takes either one Template or one Text")
    return body


def _custom(content: Text) -> dict[str, str]:
    title, _, words = content.text.partition("\n")
    if not (0 < len(title) <= _TITLE and 0 < len(words.strip()) <= _BODY):
        raise invalid(
            text=f"its first line is the title (1 to {_TITLE} characters), the rest the body (1 to {_BODY})"
        )
    return {"title": title, "body": words.strip()}


def _code_of(error: SocialCommerceError) -> str | None:
    """The platform's code of an error, where it has one."""
    return error.code if isinstance(error, PlatformError) else None


def _kept(row: Json | None) -> Json:
    return {} if row is None else {"code": row.get("code"), "message": row.get("message")}


def _result(recipients: Sequence[Recipient], state: Json) -> BulkResult[Recipient, SendReceipt]:
    return BulkResult(
        Outcome.of(each, _outcome(row, str(state["task"])))
        for each, row in zip(recipients, state["outcomes"], strict=True)
    )


def _outcome(row: Json, task_id: str) -> SendReceipt | SocialCommerceError:
    if row.get("unknown"):
        return OutcomeUnknown(
            _UNSENT, platform="tiktok_shop", evidence={"task_id": task_id}, how_to_find_out="Seller Center"
        )
    if "message" in row:
        return row_error(row)
    return SendReceipt.build(ids=(task_id,), via="customer_engagement", billable=None)
