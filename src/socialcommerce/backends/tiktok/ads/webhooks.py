"""Two families of webhooks: of TikTok accounts (messages), and of ad accounts (reviews, leads)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from attrs import evolve

from socialcommerce.backends.tiktok.ads.chat import message_of, moment
from socialcommerce.backends.tiktok.ads.codes import webhooks as codes
from socialcommerce.backends.tiktok.ads.noun import TikTokNoun
from socialcommerce.errors import ConfigurationError, Unsupported, WebhookError
from socialcommerce.models.event import Event, EventRef
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.webhooks import Webhooks
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.text import read_json
from socialcommerce.webhooks.delivery import Assurance, Delivery
from socialcommerce.webhooks.receiver import Received
from socialcommerce.webhooks.signature import Hmac, Window, escaped
from socialcommerce.webhooks.subscription import Subscription, WebhookHealth

__all__ = ["ACCOUNT_SCHEME", "SUBSCRIPTION_SCHEME", "TikTokWebhooks"]

_DELIVERED = ("method", "headers", "body", "query", "endpoint", "now", "minimum")
_PARTS = ("verify", "reply", "dedupe", "assurance")
_ACCOUNT_HEADER, _SUBSCRIPTION_HEADER = "Tiktok-Signature", "X-Open-Signature"
_PAGE = 100


def _stamp(delivery: Delivery) -> str:
    return _signature_parts(delivery).get("t", "")


def _signature_parts(delivery: Delivery) -> dict[str, str]:
    """The parts of ``t=…,s=…``, in whatever order they come."""
    parts = (one.strip().partition("=") for one in (delivery.header(_ACCOUNT_HEADER) or "").split(","))
    return {name: value for name, _, value in parts}


ACCOUNT_SCHEME = Hmac(
    _ACCOUNT_HEADER,
    message=lambda delivery: _stamp(delivery).encode("utf-8", "surrogatepass") + b"." + delivery.body,
    window=Window(_stamp),
)
"""HMAC-SHA256 over the time, a point and the raw body; the time may be five minutes off."""


SUBSCRIPTION_SCHEME = Hmac(_SUBSCRIPTION_HEADER, message=escaped)
"""One source tells it so; what is signed over the raw bytes is taken too. Nothing signs the time."""
_RAW_SCHEME = Hmac(_SUBSCRIPTION_HEADER)


class TikTokWebhooks(TikTokNoun, Webhooks):
    """``client.webhooks`` on TikTok."""

    @supports("native", params=native(*_DELIVERED, *_PARTS), cost="no call")
    def receive(self, **delivered: Any) -> Received:
        """A push of either family, told apart by its signature's header; 200 is wanted at once."""
        return self.received(**delivered)

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        """Check by the app's secret, and those of the settings."""
        keys = self.backend.webhook_keys
        if delivery.header(_SUBSCRIPTION_HEADER):
            try:
                return SUBSCRIPTION_SCHEME.verify(delivery, keys, now)
            except WebhookError:
                return _RAW_SCHEME.verify(delivery, keys, now)
        if not delivery.header(_ACCOUNT_HEADER):
            raise WebhookError("the delivery has no signature header", reason="signature")
        hash_alone = _signature_parts(delivery).get("s", "")
        plain = {_ACCOUNT_HEADER.lower(): hash_alone}
        _stamped = evolve(ACCOUNT_SCHEME, message=lambda _: ACCOUNT_SCHEME.message(delivery), window=None)
        proven = _stamped.verify(evolve(delivery, headers=plain), keys, now)
        Window(_stamp).check(delivery, now)
        return proven

    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """Every event of a push: one of an account, or one an entry of a subscription."""
        try:
            body = read_json(delivery.body)
            if not isinstance(body, dict):
                raise TypeError
            return tuple(_entries(body)) if "object" in body else (_account_event(body),)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError, OSError):
            raise WebhookError("the body is not a push of TikTok's", reason="malformed") from None

    def subject_of(self, event: Event) -> Subject | None:
        """The TikTok account of a message, the ad account of everything else."""
        if event.account is None:
            return None
        kind = "ad" if event.native_type in codes.ENTITIES else "page"
        return Subject(kind, event.account)

    @supports("native", params=native("endpoint", "now"), cost="no call")
    def sign(self, body: bytes, *, endpoint: str = "default", now: datetime | None = None) -> Delivery:
        """A push as TikTok signs it: by its body, of an account or of a subscription."""
        delivery = Delivery("POST", {"content-type": "application/json"}, body, endpoint=endpoint)
        key = self.backend.webhook_keys[0]
        if b'"object"' in body and b'"client_key"' not in body:
            signed = SUBSCRIPTION_SCHEME.sign(delivery, key)
        else:
            stamp = f"t={int((now or self.now()).timestamp())}"
            stamped = evolve(delivery, headers={_ACCOUNT_HEADER.lower(): stamp})
            made = ACCOUNT_SCHEME.sign(stamped, key)[_ACCOUNT_HEADER]
            signed = {_ACCOUNT_HEADER: f"{stamp},s={made}"}
        names = {name.lower(): value for name, value in signed.items()}
        return evolve(delivery, headers={**delivery.headers, **names})

    @supports("native", params=native("level", "endpoint"), cost="1 call an event, and 4")
    def subscribe(
        self,
        events: Sequence[str],
        *,
        level: Literal["app", "account"] | None = None,
        endpoint: str = "default",
    ) -> Flow[Sequence[Subscription]]:
        """POST /business/webhook/update/ for all accounts, /subscription/subscribe/ for one ad account."""
        url = self._url(endpoint)
        topics, entities = _named(events, level)
        for topic in topics:
            body = {"event_type": topic, "callback_url": url}
            yield from self._app("POST", "/business/webhook/update/", body)
        if entities:
            detail = yield from self._detail()
            for entity in entities:
                wanted: dict[str, Any] = {"subscribe_entity": entity, "subscription_detail": detail}
                yield from self._app("POST", "/subscription/subscribe/", {**wanted, "callback_url": url})
        return (yield from self.subscriptions())

    def _detail(self) -> Flow[dict[str, str]]:
        """Of which ad account, with the token that a subscription lives and dies with."""
        advertiser = yield from self.ad_subject()
        service = self.backend.services["advertiser"]
        record = yield from tokens.usable(self.session, service, Subject("ad", advertiser))
        return {"access_token": record.access_token, "advertiser_id": advertiser}

    def _app(self, method: str, path: str, fields: Mapping[str, Any]) -> Flow[Any]:
        where = {"query": dict(fields)} if method == "GET" else {"body": dict(fields)}
        safety = "read" if method == "GET" else "absolute"
        return self.ask(method, path, account="none", safety=safety, **where)

    def _url(self, endpoint: str) -> str:
        url = self.backend.callback_urls.get(endpoint)
        if url is None:
            raise ConfigurationError(f"give TikTokAds(..., callback_urls={{{endpoint!r}: 'https://…'}})")
        return url

    @supports("native", params=native("level"), cost="1 call an event, and 4")
    def unsubscribe(
        self, events: Sequence[str], *, level: Literal["app", "account"] | None = None
    ) -> Flow[Sequence[Subscription]]:
        """POST /business/webhook/delete/, /subscription/unsubscribe/."""
        topics, entities = _named(events, level)
        for topic in topics:
            yield from self._app("POST", "/business/webhook/delete/", {"event_type": topic})
        for entity in entities:
            for row in (yield from self._subscribed(entity)):
                body = {"subscription_id": row["subscription_id"]}
                yield from self._app("POST", "/subscription/unsubscribe/", body)
        return (yield from self.subscriptions())

    @supports("native", cost="4 calls or more")
    def subscriptions(self) -> Flow[Sequence[Subscription]]:
        """GET /business/webhook/list/ and /subscription/get/."""
        found: list[Subscription] = []
        for topic, kinds in codes.TOPICS.items():
            data = yield from self._app("GET", "/business/webhook/list/", {"event_type": topic})
            if data and data.get("callback_url"):
                found.append(
                    Subscription.build(topic=topic, events=kinds, url=data["callback_url"], raw=data)
                )
        for entity, kinds in codes.ENTITIES.items():
            for row in (yield from self._subscribed(entity)):
                detail = row.get("subscription_detail") or {}
                found.append(
                    Subscription.build(
                        topic=entity,
                        events=kinds,
                        url=row.get("callback_url"),
                        level="account",
                        account=detail.get("advertiser_id"),
                        raw={name: value for name, value in row.items() if name != "subscription_detail"},
                    )
                )
        return tuple(found)

    def _subscribed(self, entity: str) -> Flow[Sequence[Mapping[str, Any]]]:
        fields = {"subscribe_entity": entity, "page": 1, "page_size": _PAGE}
        data = yield from self._app("GET", "/subscription/get/", fields)
        rows: Sequence[Mapping[str, Any]] = (data or {}).get("subscriptions") or ()
        return rows

    @supports("emulated", cost="4 calls or more", confidence="2+ sources")
    def health(self) -> Flow[WebhookHealth]:
        """Whether anything is subscribed to at all: TikTok tells nothing of deliveries."""
        found = yield from self.subscriptions()
        if found:
            return WebhookHealth.build(status="unknown", message="presence only: deliveries are not told")
        return WebhookHealth.build(status="down", message="nothing is subscribed to")


def _named(events: Sequence[str], level: str | None) -> tuple[list[str], list[str]]:
    """The topics and entities that events come of; by their own name, or by the type of event."""
    topics: dict[str, None] = {}
    entities: dict[str, None] = {}
    for event in events:
        found = False
        for table, names, of in ((codes.TOPICS, topics, "app"), (codes.ENTITIES, entities, "account")):
            for name, kinds in table.items():
                if (event == name or event in kinds) and level in (None, of):
                    names[name] = None
                    found = True
        if not found and "." not in event:
            raise invalid(events=f"{event!r} is neither an event type nor a name of TikTok's")
        if not found:
            refusal = codes.REFUSALS["webhooks.subscribe:event"]
            raise Unsupported(f"webhooks.subscribe:{event}", "tiktok_ads", refusal.reason, refusal.instead)
    return list(topics), list(entities)


def _id(told: Any) -> str:
    """An id as text; empty where there is none."""
    if isinstance(told, bool) or not isinstance(told, str | int | None):
        raise TypeError
    return str(told or "")


def _account_event(body: Mapping[str, Any]) -> Event:
    """One event of a TikTok account; its content is JSON within JSON."""
    name, account = str(body["event"]), str(body.get("user_openid") or "")
    told = body.get("content")
    content = read_json(told.encode()) if isinstance(told, str) and told else told or {}
    if not isinstance(content, dict):
        raise TypeError
    kind = codes.ACCOUNT_EVENTS.get(name, "unknown")
    about, key = _about(content, str(body.get("create_time")))
    message = kind in ("message.received", "message.sent") and content.get("message_id")
    return Event.build(
        key=f"{name}:{key}",
        type=kind,
        native_type=name,
        platform="tiktok_ads",
        account=account or None,
        ref=about,
        occurred_at=moment(content.get("timestamp")) or _seconds(body.get("create_time")),
        state=message_of(content, account) if message else None,
        data=content,
        raw=body,
    )


def _about(content: Mapping[str, Any], time: str) -> tuple[EventRef | None, str]:
    """What an event is about, and what makes it the same when it comes again."""
    conversation = _id(content.get("conversation_id"))
    if content.get("message_id"):
        number = _id(content["message_id"])
        return EventRef.build(kind="message", id=number, parent_id=conversation or None), number
    if content.get("comment_id"):
        number = _id(content["comment_id"])
        ref = EventRef.build(kind="comment", id=number, parent_id=_id(content.get("video_id")) or None)
        return ref, f"{number}:{content.get('comment_action')}:{content.get('timestamp')}"
    if conversation:
        read = (content.get("read") or {}).get("last_read_timestamp")
        return EventRef.build(kind="conversation", id=conversation), f"{conversation}:{read or time}"
    number = _id(content.get("share_id") or content.get("publish_id"))
    return (EventRef.build(kind="post", id=number) if number else None), f"{number}:{time}"


def _entries(body: Mapping[str, Any]) -> Iterator[Event]:
    """The events of a subscription, one an entry; ids are numbers of up to 19 digits."""
    kind, entity = codes.OBJECTS.get(int(body["object"]), ("unknown", str(body["object"])))
    for index, entry in enumerate(body.get("entry") or ()):
        ref = _subject(entry, entity)
        account = entry.get("advertiser_id") or entry.get("adv_id")
        once = entry.get("log_id") or (ref.id if ref else index)
        yield Event.build(
            key=f"{entity}:{once}:{body.get('time')}",
            type=kind,
            native_type=entity,
            platform="tiktok_ads",
            account=str(account) if account else None,
            ref=ref,
            occurred_at=_seconds(body.get("time")),
            data=dict(entry),
            raw=body,
        )


_REFS = (("ad_id", "ad"), ("adgroup_id", "ad_group"), ("campaign_id", "campaign"))


def _subject(entry: Mapping[str, Any], entity: str) -> EventRef | None:
    if entity == "LEAD":
        return EventRef.build(kind="lead", id=_id(entry["id"]))
    for name, kind in _REFS:
        if entry.get(name):
            return EventRef.build(kind=kind, id=_id(entry[name]))
    return None


def _seconds(told: Any) -> datetime | None:
    return datetime.fromtimestamp(int(told), UTC) if told else None
