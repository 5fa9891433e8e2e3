"""WhatsApp's webhooks: messages, orders, statuses, templates, and the endpoint of Flows.

They are all there is: messages and orders that were not received are lost, so what comes is kept in
``State.inbox`` as soon as it is handled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from typing_extensions import override

from socialcommerce.backends.meta import forms, signature
from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.whatsapp import flows
from socialcommerce.backends.meta.whatsapp.backend import WhatsApp
from socialcommerce.backends.meta.whatsapp.book import Book, reference_of
from socialcommerce.backends.meta.whatsapp.codes import webhooks as codes
from socialcommerce.backends.meta.whatsapp.incoming import came_by_ad
from socialcommerce.backends.meta.whatsapp.pushes import events_of
from socialcommerce.backends.meta.words import rows, table, word
from socialcommerce.errors import ConfigurationError, PlatformError, Unsupported, WebhookError
from socialcommerce.models.event import Event
from socialcommerce.models.message import ConversationRef, Message
from socialcommerce.models.order import Order
from socialcommerce.resources.capability import Refusal, native, no, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.webhooks import Webhooks
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.text import read_json
from socialcommerce.runtime.transport import Response
from socialcommerce.webhooks.delivery import Assurance, Delivery
from socialcommerce.webhooks.receiver import Received
from socialcommerce.webhooks.subscription import Subscription, WebhookHealth

__all__ = ["WhatsAppWebhooks"]

_DELIVERED = ("method", "headers", "body", "query", "endpoint", "now", "minimum")
_PARTS = ("verify", "reply", "handshake", "dedupe", "assurance")
_EMPTY = Response(200)
_REQUIRES = ("business", "app", "scope: whatsapp_business_management")


class WhatsAppWebhooks(GraphNoun, Webhooks):
    """``client.webhooks`` on WhatsApp."""

    service: ClassVar[str] = "business"
    keeps_inbox: ClassVar[bool] = True
    max_body: ClassVar[int] = 3 << 20
    _opened: flows.FlowRequest | None = None
    """The request of this delivery, decrypted once: verifying, reading and answering each look into it."""
    _push: Delivery | None = None
    """The delivery that was found to be a push and nothing else, looked through once for the same three."""

    @property
    @override
    def backend(self) -> WhatsApp:
        """The backend; a noun of it is bound to nothing else."""
        return self.session.platform  # type: ignore[return-value]  # such a noun is only bound to this platform

    @supports("native", params=native(*_DELIVERED, *_PARTS) | codes.EVENTS, cost="no call")
    def receive(self, **delivered: Any) -> Received:
        """A push, the trial of an address, a request to a Flow's endpoint, or a form that a person sent.

        Answer within a second; what is not answered 200 is repeated for up to 7 days. A Flow's request is
        answered with ``receipt.respond({...})``; a ping is answered by itself. Forms come to the endpoints
        ``deauthorize`` and ``deletion``.
        """
        return self.received(**delivered)

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        """By the secret of the app that owns the subscription; a Flow's request must be encrypted too."""
        if self._is_push(delivery):
            return signature.verify_push(delivery, self.backend.webhook_keys, now)
        if signature.is_handshake(delivery):
            return signature.verify_handshake(delivery, [self.backend.verify_token])
        form = signature.signed_request_of(delivery)
        if form is not None:
            signature.open_signed_request(form, self.backend.webhook_keys)
            return "signed"
        flow = _may_be_flow(delivery)
        try:
            assurance = signature.verify_push(delivery, self.backend.webhook_keys, now)
        except WebhookError as error:
            if flow and error.reason == "signature":
                raise WebhookError(error.message, reason="flow_signature") from None
            raise
        return "encrypted" if self._flow(delivery) is not None else assurance

    def _is_push(self, delivery: Delivery) -> bool:
        """Whether it can be nothing but a push, as most can: no trial, no form, no request of a Flow."""
        if delivery is not self._push:
            if signature.is_handshake(delivery) or _may_be_flow(delivery) or delivery.body[:1] != b"{":
                return False
            self._push = delivery
        return True

    def _flow(self, delivery: Delivery) -> flows.FlowRequest | None:
        if not _may_be_flow(delivery):
            return None
        if self._opened is None:
            body = _body(delivery.body)
            if not flows.is_flow(body):
                return None
            self._opened = flows.decrypt(body, self.backend.flow_private_key)
        return self._opened

    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """Every event of a delivery; several where it is about several messages."""
        if self._is_push(delivery):
            return _pushed(delivery)
        if signature.is_handshake(delivery):
            return (signature.handshake_event(delivery, "whatsapp"),)
        form = signature.signed_request_of(delivery)
        if form is not None:
            said = signature.open_signed_request(form, self.backend.webhook_keys)
            return (forms.form_event(said, delivery.endpoint, "whatsapp"),)
        flow = self._flow(delivery)
        if flow is not None:
            return (_asked(flow),)
        return _pushed(delivery)

    def reply(self, delivery: Delivery) -> Response:
        """200 at once: the bare challenge, the encrypted answer to a ping, or nothing."""
        if self._is_push(delivery):
            return _EMPTY
        if signature.is_handshake(delivery):
            return signature.handshake_reply(delivery)
        form = signature.signed_request_of(delivery)
        if form is not None:
            said = signature.open_signed_request(form, self.backend.webhook_keys)
            return forms.form_reply(said, delivery.endpoint, self.backend.callback_urls)
        flow = self._flow(delivery)
        if flow is not None and flow.action == "ping":
            return _encrypted(flow, {"data": {"status": "active"}})
        return _EMPTY

    def respond(self, delivery: Delivery, content: Any) -> Response:
        """The screen that a Flow shows next, encrypted; pushes take no content."""
        flow = self._flow(delivery)
        if flow is None:
            reason = "only the endpoint of a Flow takes content in its answer"
            raise Unsupported("webhooks.respond", "whatsapp", reason, "messaging.send(event.state, ...)")
        return _encrypted(flow, content)

    def absorb(self, event: Event) -> Flow[None]:
        """Keep messages, orders and payments, who is who, and what became of what was sent."""
        phone = event.account or ""
        if isinstance(event.state, Message) and phone:
            yield from _known(Book(phone), event)
        yield from super().absorb(event)
        if isinstance(event.state, Order):
            yield from Book(phone).note_order(event.data["order"])
        elif event.native_type is not None and event.native_type.startswith("statuses.payment."):
            yield from _pay(Book(phone), event.data["payment"])
        elif event.native_type is not None and event.native_type.startswith("statuses."):
            yield from _echoed(Book(phone), event.data)
        elif event.native_type == "user_id_update":
            ids = table(event.data.get("user_id"))
            yield from Book(phone).moved(word(ids.get("previous")), word(ids.get("current")))

    def subject_of(self, event: Event) -> Subject | None:
        """The number of a message or an order; the account of anything else."""
        if event.account is None:
            return None
        about_account = event.ref is not None and event.ref.kind in ("account", "template")
        return Subject("waba" if about_account else "phone", event.account)

    @supports("native", params=native("endpoint", "now"), cost="no call")
    def sign(self, body: bytes, *, endpoint: str = "default", now: datetime | None = None) -> Delivery:
        """A push as Meta signs it with the app secret."""
        if not self.backend.webhook_keys:
            raise ConfigurationError("app_secret is not set: it signs the pushes")
        delivery = Delivery("POST", {"content-type": "application/json"}, body, endpoint=endpoint)
        return signature.sign(delivery, self.backend.webhook_keys[0])

    @supports("native", params=native("level", "endpoint"), requires=_REQUIRES, cost="3 to 4 calls")
    def subscribe(
        self,
        events: Sequence[str],
        *,
        level: Literal["app", "account"] | None = None,
        endpoint: str = "default",
    ) -> Flow[Sequence[Subscription]]:
        """POST /{app-id}/subscriptions (which fields), then POST /{waba-id}/subscribed_apps (whose).

        ``level="account"`` has the account's pushes sent to this endpoint instead of the app's own; the
        fields are those of the app in either case.
        """
        url, fields = self._url(endpoint), _fields(events)
        if level != "account":
            now = yield from self._app_fields()
            both = sorted({*fields, *now})
            body = {
                "object": codes.OBJECT,
                "callback_url": url,
                "verify_token": self._token(),
                "fields": ",".join(both),
            }
            yield from self.ask("POST", self._app_path(), body=body, service="app", safety="absolute")
        own = {"override_callback_uri": url, "verify_token": self._token()} if level == "account" else {}
        if level != "app":
            yield from self.ask("POST", self._account_path(), body=own, safety="absolute")
        return (yield from self.told_after(self.subscriptions(), ()))

    def _token(self) -> str:
        if not self.backend.verify_token:
            raise ConfigurationError("verify_token is not set: Meta tries the address with it")
        return self.backend.verify_token

    def _url(self, endpoint: str) -> str:
        url = self.backend.callback_urls.get(endpoint)
        if url is None:
            raise ConfigurationError(f"give WhatsApp(..., callback_urls={{{endpoint!r}: 'https://…'}})")
        return url

    def _app_path(self) -> str:
        return f"/{self.own('app')}/subscriptions"

    def _account_path(self) -> str:
        return f"/{self.own('waba')}/subscribed_apps"

    def _app_rows(self) -> Flow[Sequence[Mapping[str, Any]]]:
        answer = yield from self.ask("GET", self._app_path(), service="app")
        return [row for row in rows(answer) if row.get("object") == codes.OBJECT]

    def _app_fields(self) -> Flow[list[str]]:
        found = yield from self._app_rows()
        return [word(field.get("name")) for row in found for field in rows(row.get("fields"))]

    @supports("native", params=native("level"), requires=_REQUIRES, cost="2 to 5 calls")
    def unsubscribe(
        self, events: Sequence[str], *, level: Literal["app", "account"] | None = None
    ) -> Flow[Sequence[Subscription]]:
        """DELETE /{app-id}/subscriptions for these fields; /{waba-id}/subscribed_apps when none is left.

        Other events of the same fields stop with them. ``level="account"`` ends the account's pushes as a
        whole, whatever the app is subscribed to: ``events`` must then name all of its fields.
        """
        now = yield from self._app_fields()
        fields = [name for event in events for name in ([event] if event in now else _fields([event]))]
        left = sorted(set(now) - set(fields))
        if level == "account" and left:
            raise invalid(events=f"an account's pushes end as a whole: name {', '.join(left)} too")
        if level != "account":
            query = {"object": codes.OBJECT, "fields": ",".join(fields)}
            yield from self.ask("DELETE", self._app_path(), query=query, service="app", safety="absolute")
        if level != "app" and not left:
            yield from self.ask("DELETE", self._account_path(), safety="absolute")
        return (yield from self.told_after(self.subscriptions(), ()))

    @supports("native", requires=_REQUIRES, cost="2 calls")
    def subscriptions(self) -> Flow[Sequence[Subscription]]:
        """GET /{app-id}/subscriptions and /{waba-id}/subscribed_apps; nothing that was lost is kept."""
        found = [one for row in (yield from self._app_rows()) for one in _of_app(row)]
        answer = yield from self.ask("GET", self._account_path())
        own = self.backend.app.id
        for row in rows(answer):
            app = table(row.get("whatsapp_business_api_data"))
            if own in ("", word(app.get("id"))):
                found.append(self._of_account(row))
        return tuple(found)

    def _of_account(self, row: Mapping[str, Any]) -> Subscription:
        return Subscription.build(
            topic="subscribed_apps",
            url=word(row.get("override_callback_uri")) or None,
            level="account",
            account=self.own("waba"),
            raw=row,
        )

    @supports("emulated", requires=_REQUIRES, cost="2 calls")
    def health(self) -> Flow[WebhookHealth]:
        """GET /{waba-id}/subscribed_apps and /{phone-number-id}: presence only, no delivery is told of."""
        answer = yield from self.ask("GET", self._account_path())
        apps = [table(row.get("whatsapp_business_api_data")) for row in rows(answer)]
        own = self.backend.app.id
        ours = [app for app in apps if own in ("", word(app.get("id")))]
        if not ours:
            return WebhookHealth.build(
                status="down", message="the account is not subscribed to", raw={"subscribed_apps": answer}
            )
        number = yield from self._number()
        return WebhookHealth.build(
            status="unknown",
            message="presence only: nothing tells of failed deliveries",
            raw={"subscribed_apps": answer, "phone": number},
        )

    def _number(self) -> Flow[Any]:
        try:
            path = f"/{self.own('phone')}"
            return (yield from self.ask("GET", path, query={"fields": "webhook_configuration"}))
        except (ConfigurationError, PlatformError):
            return None


def _may_be_flow(delivery: Delivery) -> bool:
    return b'"encrypted_flow_data"' in delivery.body


def _pushed(delivery: Delivery) -> Sequence[Event]:
    try:
        return events_of(_body(delivery.body))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, ArithmeticError):
        raise WebhookError("the body is not a push of WhatsApp's", reason="malformed") from None


def _body(content: bytes) -> Any:
    """A body decoded; what is no JSON object is ``malformed``."""
    try:
        body = read_json(content)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise WebhookError("the body is not a push of WhatsApp's", reason="malformed")
    return body


def _asked(flow: flows.FlowRequest) -> Event:
    said = dict(flow.content)
    return Event.build(
        key=f"flow:{flow.vector.hex()}",
        type="verification" if flow.action == "ping" else "unknown",
        native_type=f"flow.{flow.action or 'none'}",
        platform="whatsapp",
        data=said,
        raw=said,
    )


def _encrypted(flow: flows.FlowRequest, content: Any) -> Response:
    return Response(200, {"content-type": "text/plain"}, flow.answer(content))


def _known(book: Book, event: Event) -> Flow[None]:
    """Who wrote: number and id, name, and whether one of them is another from now on."""
    ref: ConversationRef = event.state.conversation
    person = ref.native_id or ""
    yield from book.know(ref)
    yield from book.note_name(
        person, word(table(table(event.data.get("contact")).get("profile")).get("name"))
    )
    said = table(table(event.data.get("message")).get("system"))
    for name in ("wa_id", "user_id"):
        yield from book.moved(person, word(said.get(name)))
    if came_by_ad(event.state) and event.state.sent_at is not None:
        yield from book.note_entry(person, event.state.sent_at.timestamp())


def _pay(book: Book, payment: Mapping[str, Any]) -> Flow[None]:
    reference = payment["reference"]
    if not reference:
        return
    order = (yield from book.order_id(reference)) or reference
    yield from book.note_payment(reference_of(order), order, payment)


def _echoed(book: Book, row: Mapping[str, Any]) -> Flow[None]:
    reference, number = word(row.get("biz_opaque_callback_data")), word(row.get("id"))
    if number:
        yield from book.note_delivery(number, word(row.get("status")))
    if not reference or not number:
        return
    errors = rows(row.get("errors"))
    pricing = table(row.get("pricing"))
    kept: dict[str, Any] = {"id": number, "status": word(row.get("status"))}
    if errors:
        kept |= {"code": word(errors[0].get("code")), "message": word(errors[0].get("title"))}
    if isinstance(pricing.get("billable"), bool):
        kept["billable"] = pricing["billable"]
    yield from book.note_echo(reference, kept)


def _fields(events: Sequence[str]) -> list[str]:
    """The fields that events come of; by their own name, or by the type of event."""
    return list(dict.fromkeys(field for event in events for field in _field(event)))


def _field(event: str) -> Iterator[str]:
    found = [name for name, kinds in codes.FIELDS.items() if event == name or event in kinds]
    if event.startswith(codes.GROUPS):
        found = [event]
    if found and event != "unknown":
        yield from found
        return
    refused = codes.EVENTS.get(event)
    if isinstance(refused, Refusal):
        raise Unsupported(f"webhooks.subscribe:{event}", "whatsapp", refused.reason, refused.instead)
    if event in ("privacy.requested", "verification"):
        refusal = no("its address is named in the app's dashboard", "callback_urls")
        raise Unsupported(f"webhooks.subscribe:{event}", "whatsapp", refusal.reason, refusal.instead)
    raise invalid(events=f"{event!r} is neither an event type that is pushed nor a field of WhatsApp's")


def _of_app(row: Mapping[str, Any]) -> Iterator[Subscription]:
    for field in rows(row.get("fields")):
        name = word(field.get("name"))
        yield Subscription.build(
            topic=name,
            events=codes.FIELDS.get(name, ("unknown",)),
            url=word(row.get("callback_url")) or None,
            raw=field,
        )
