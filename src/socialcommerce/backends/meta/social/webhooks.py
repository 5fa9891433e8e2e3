"""``client.webhooks`` on Facebook and Instagram: pushes, the forms of people, subscriptions on two levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

from attrs import frozen

from socialcommerce.backends.meta import forms
from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.signature import (
    handshake_event,
    handshake_reply,
    is_handshake,
    open_signed_request,
    seal_signed_request,
    sign,
    signed_request_of,
    verify_handshake,
    verify_push,
)
from socialcommerce.backends.meta.social.codes import webhooks as codes
from socialcommerce.backends.meta.social.pushes import events_of
from socialcommerce.backends.meta.words import word
from socialcommerce.backends.shared import Json
from socialcommerce.errors import (
    ConfigurationError,
    PartiallyApplied,
    SocialCommerceError,
    Unsupported,
    WebhookError,
)
from socialcommerce.models.event import Event
from socialcommerce.models.message import Message
from socialcommerce.resources import inbox
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.webhooks import Webhooks
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.text import write_query
from socialcommerce.runtime.transport import Response
from socialcommerce.webhooks.delivery import Assurance, Delivery
from socialcommerce.webhooks.receiver import Received
from socialcommerce.webhooks.subscription import Subscription, WebhookHealth

__all__ = ["MetaWebhooks"]

_DELIVERED = ("method", "headers", "body", "query", "endpoint", "now", "minimum")
_PARTS = ("verify", "reply", "handshake", "dedupe", "assurance")
_EMPTY = Response(200)
_JSON = {"content-type": "application/json"}
_FORMS = (forms.DEAUTHORIZE, forms.DELETION)
_OPENS = ("message.received", "message.window_opened")


@frozen(repr=False)
class _Step:
    """One call that changes a subscription, and what it is called where it fails; holds the verify token."""

    label: str
    method: str
    path: str
    fields: Mapping[str, Any]


class MetaWebhooks(GraphNoun, Webhooks):
    """``client.webhooks`` of an app, its pages and their Instagram accounts.

    The forms of people who remove the app and of people who want their data deleted look alike: what
    comes to the endpoint ``deletion`` is a request of deletion, and at every other one a removal.
    """

    service: ClassVar[str] = "app"

    @supports("native", params=native(*_DELIVERED, *_PARTS) | codes.EVENTS, cost="no call")
    def receive(self, **delivered: Any) -> Received:
        """A push, a form or the trial of an address; Messenger wants the answer within 5 s.

        Nothing signs the time, so that a repeat is told by its key. After an hour of failures the app is
        cut off from the page: see ``health``.
        """
        return self.received(**delivered)

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        """Check by the app secrets; the trial by the verify token."""
        if is_handshake(delivery):
            return verify_handshake(delivery, (self.backend.verify_token,))
        if self._form(delivery) is not None:
            return "signed"
        return verify_push(delivery, self.backend.webhook_keys, now)

    def _form(self, delivery: Delivery) -> Json | None:
        """What a signed form says; None where the delivery is none."""
        request = signed_request_of(delivery)
        if request is None:
            return None
        return open_signed_request(request, self.backend.webhook_keys)

    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """Every event of a push: up to 1000, of several accounts."""
        if is_handshake(delivery):
            return (handshake_event(delivery, "meta"),)
        try:
            said = self._form(delivery)
            if said is not None:
                return (forms.form_event(said, delivery.endpoint, "meta"),)
            return events_of(delivery.body, self.backend.app.id)
        except RecursionError:
            raise WebhookError("the body is nested too deep", reason="malformed") from None

    def reply(self, delivery: Delivery) -> Response:
        """200 without a body; the challenge of a trial; for a deletion, where it can be followed."""
        if is_handshake(delivery):
            return handshake_reply(delivery)
        if delivery.endpoint == forms.DELETION:
            return self.respond(delivery, self.backend.callback_urls.get(forms.DELETION_STATUS, ""))
        return _EMPTY

    def respond(self, delivery: Delivery, content: Any) -> Response:
        """The answer to a request of deletion: the address of its state, or both fields of the answer."""
        said = self._form(delivery) if delivery.endpoint == forms.DELETION else None
        if said is None:
            self.refuse("respond")
        return forms.form_answer(said, content)

    def absorb(self, event: Event) -> Flow[None]:
        """Keep what opens a person's window: what they wrote, pressed or clicked, comments apart."""
        state = event.state
        if event.type in _OPENS and isinstance(state, Message) and state.conversation.peer and _speaks(state):
            yield from inbox.keep(state)

    def subject_of(self, event: Event) -> Subject | None:
        """The page, Instagram account or ad account that an entry is about."""
        kind = codes.ACCOUNT_KINDS.get(event.key.partition(":")[0])
        return Subject(kind, event.account) if kind and event.account else None

    @supports("native", params=native("endpoint", "now"), cost="no call")
    def sign(self, body: bytes, *, endpoint: str = "default", now: datetime | None = None) -> Delivery:
        """A push as Meta signs it; for the endpoints of forms, ``body`` is what the form shall say."""
        if not self.backend.webhook_keys:
            raise ConfigurationError("signing needs app_secret: name it in the settings")
        key = self.backend.webhook_keys[0]
        if endpoint in _FORMS:
            form = write_query({"signed_request": seal_signed_request(body, key)}).encode()
            kind = {"content-type": "application/x-www-form-urlencoded"}
            return Delivery("POST", kind, form, endpoint=endpoint)
        return sign(Delivery("POST", _JSON, body, endpoint=endpoint), key)

    # subscriptions: the app's, and each page's

    @supports(
        "native",
        params=native("level", "endpoint"),
        requires=("app", "page", "pages_manage_metadata"),
        cost="1 call an object, 2 a page, and 2",
    )
    def subscribe(
        self,
        events: Sequence[str],
        *,
        level: Literal["app", "account"] | None = None,
        endpoint: str = "default",
    ) -> Flow[Sequence[Subscription]]:
        """POST /{app-id}/subscriptions, then POST /{page-id}/subscribed_apps; without a level, both."""
        wanted = self._wanted(events, level)
        steps = [] if level == "account" else [self._told_app(one, wanted[one], endpoint) for one in wanted]
        fields = _page_fields(wanted)
        if level != "app" and fields:
            known = yield from self._page_has()
            steps.append(self._page_step(known + [one for one in fields if one not in known]))
        return (yield from self._apply(steps))

    def _told_app(self, family: str, fields: Sequence[str], endpoint: str) -> _Step:
        url = self.backend.callback_urls.get(endpoint)
        if url is None or not self.backend.verify_token:
            raise ConfigurationError(
                f"to subscribe, give Meta(..., callback_urls={{{endpoint!r}: 'https://…'}}, verify_token=…)"
            )
        body = {
            "object": family,
            "callback_url": url,
            "fields": ",".join(fields),
            "verify_token": self.backend.verify_token,
        }
        return _Step(f"app {family}", "POST", f"/{self.own('app')}/subscriptions", {"body": body})

    def _page_step(self, fields: Sequence[str]) -> _Step:
        page = self.own("page")
        where = {"query": {"subscribed_fields": ",".join(fields)}, "service": "page"}
        return _Step(f"page {page}", "POST", f"/{page}/subscribed_apps", where)

    def _page_has(self) -> Flow[list[str]]:
        """The fields of the page that our app is told of now."""
        return [
            field for row in (yield from self._page_rows()) for field in _names(row.get("subscribed_fields"))
        ]

    def _page_rows(self) -> Flow[list[Json]]:
        """GET /{page-id}/subscribed_apps: our app's row; other apps have theirs."""
        found = yield from self.edge_all(f"/{self.own('page')}/subscribed_apps", service="page")
        ours = self.backend.app.id
        return [row for row in found if not ours or word(row.get("id")) == ours]

    def _app_rows(self) -> Flow[list[Json]]:
        """GET /{app-id}/subscriptions."""
        return self.edge_all(f"/{self.own('app')}/subscriptions")

    @supports(
        "native",
        params=native("level"),
        requires=("app", "page", "pages_manage_metadata"),
        cost="1 call an object, 2 a page, and 2",
    )
    def unsubscribe(
        self, events: Sequence[str], *, level: Literal["app", "account"] | None = None
    ) -> Flow[Sequence[Subscription]]:
        """DELETE /{app-id}/subscriptions with the fields; the page keeps what is left, or is let go."""
        wanted = self._wanted(events, level)
        steps: list[_Step] = []
        fields = _page_fields(wanted)
        if level != "app" and fields:
            left = [field for field in (yield from self._page_has()) if field not in fields]
            page = self.own("page")
            gone = _Step(f"page {page}", "DELETE", f"/{page}/subscribed_apps", {"service": "page"})
            steps.append(self._page_step(left) if left else gone)
        if level != "account":
            path = f"/{self.own('app')}/subscriptions"
            for family, names in wanted.items():
                query = {"object": family, "fields": ",".join(names)}
                steps.append(_Step(f"app {family}", "DELETE", path, {"query": query}))
        return (yield from self._apply(steps))

    def _apply(self, steps: Sequence[_Step]) -> Flow[Sequence[Subscription]]:
        """Step by step, then what is subscribed to; what fails after the first says how far it came."""
        done: list[str] = []
        try:
            for step in steps:
                yield from self.ask(step.method, step.path, safety="absolute", **step.fields)
                done.append(step.label)
            return (yield from self.subscriptions())
        except SocialCommerceError as error:
            if not done:
                raise
            failed = [step.label for step in steps[len(done) :]] or ["subscriptions"]
            raise PartiallyApplied(
                f"{', '.join(done)} took effect, and then: {error}", done=done, failed=failed
            ) from error

    def _wanted(self, events: Sequence[str], level: str | None) -> dict[str, list[str]]:
        """The fields of each object that events come of, by their own name or by the type of event."""
        families = [
            one for one in codes.FIELDS if one != "instagram" or "instagram" in self.backend.identities
        ]
        if level == "account":
            families = [one for one in families if one in codes.PAGE_FIELDS]
        wanted: dict[str, list[str]] = {}
        for event in events:
            found = [
                (family, field)
                for family in families
                for field, kinds in codes.FIELDS[family].items()
                if event in (field, f"{family}:{field}") or event in kinds
            ]
            if not found:
                raise _not_subscribed(event, level)
            for family, field in found:
                names = wanted.setdefault(family, [])
                names += [field] if field not in names else []
        return wanted

    @supports("native", requires=("app", "page"), cost="2 calls")
    def subscriptions(self) -> Flow[Sequence[Subscription]]:
        """GET /{app-id}/subscriptions and GET /{page-id}/subscribed_apps, each where the settings name it."""
        found: list[Subscription] = []
        if self.backend.app.id and self.backend.app.secret:
            for row in (yield from self._app_rows()):
                found += _of_app(row)
        if self._has_page() or not found:
            page = self.own("page")
            for row in (yield from self._page_rows()):
                found += _of_page(row, page)
        return tuple(found)

    def _has_page(self) -> bool:
        chosen = self.subject is not None and self.subject.kind == "page"
        return chosen or "page" in self.backend.identities

    @supports("emulated", requires=("app", "page"), cost="2 calls")
    def health(self) -> Flow[WebhookHealth]:
        """Whether app and page are subscribed: after an hour of failures Meta cuts the page off."""
        apps = yield from self._app_rows()
        pages = yield from self._page_rows()
        page = self.own("page")
        raw = {"subscriptions": apps, "subscribed_apps": pages}
        if not any(word(row.get("object")) in codes.PAGE_FIELDS for row in apps):
            return WebhookHealth.build(status="down", message="the app is subscribed to nothing", raw=raw)
        if not pages:
            message = (
                "the page is cut off: subscribe again, and read what was missed with messaging.conversations"
            )
            return WebhookHealth.build(status="down", blocked=(page,), message=message, raw=raw)
        if any(row.get("active") is False for row in apps):
            message = "a subscription of the app is switched off"
            return WebhookHealth.build(status="warning", message=message, raw=raw)
        return WebhookHealth.build(status="ok", message="presence only: deliveries are not told", raw=raw)


def _speaks(message: Message) -> bool:
    return any(content.type != "reaction" for content in message.contents)


def _not_subscribed(event: str, level: str | None) -> SocialCommerceError:
    refused = codes.NOT_PUSHED.get(event) or codes.DASHBOARD.get(event)
    if refused is not None:
        return Unsupported(f"webhooks.subscribe:{event}", "meta", refused.reason, refused.instead)
    if level == "account" and any(
        event in (name, *kinds) for name, kinds in codes.FIELDS["ad_account"].items()
    ):
        return invalid(level=f"{event} is told to the app as a whole: level='app'")
    return invalid(events=f"{event!r} is neither an event type nor a field of Meta's")


def _page_fields(wanted: Mapping[str, Sequence[str]]) -> list[str]:
    """What a page is subscribed to for the fields of its objects."""
    named = (codes.PAGE_FIELDS[one][field] for one in codes.PAGE_FIELDS for field in wanted.get(one, ()))
    return list(dict.fromkeys(named))


def _names(fields: Any) -> Iterator[str]:
    """Names of fields, which come as text or as objects with a version."""
    for field in fields if isinstance(fields, list) else ():
        name = word(field.get("name")) if isinstance(field, Mapping) else word(field)
        if name:
            yield name


def _of_app(row: Json) -> Iterator[Subscription]:
    family = word(row.get("object"))
    for field in _names(row.get("fields")):
        yield Subscription.build(
            topic=f"{family}:{field}",
            events=codes.FIELDS.get(family, {}).get(field, ("unknown",)),
            url=word(row.get("callback_url")) or None,
            raw=row,
        )


def _of_page(row: Json, page: str) -> Iterator[Subscription]:
    for field in _names(row.get("subscribed_fields")):
        yield Subscription.build(
            topic=field,
            events=codes.FIELDS["page"].get(field, ("unknown",)),
            level="account",
            account=page,
            raw=row,
        )
