"""Webhooks: verified, read, subscribed to (guide 'TikTok Shop webhooks overview', module ``event``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from attrs import evolve

from socialcommerce.backends.tiktok.shop.codes import webhooks as codes
from socialcommerce.backends.tiktok.shop.noun import Json, TikTokShopNoun
from socialcommerce.backends.tiktok.shop.pushes import events_of, read_push
from socialcommerce.errors import (
    ConfigurationError,
    PartiallyApplied,
    SocialCommerceError,
    Unsupported,
    WebhookError,
)
from socialcommerce.models.event import Event
from socialcommerce.resources.capability import Refusal, native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.webhooks import Webhooks
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.transport import Response
from socialcommerce.webhooks.delivery import Assurance, Delivery
from socialcommerce.webhooks.receiver import Received
from socialcommerce.webhooks.signature import Hmac
from socialcommerce.webhooks.subscription import Subscription, WebhookHealth

__all__ = ["TikTokShopWebhooks"]

_PATH = "/event/202309/webhooks"
_EMPTY = Response(200)
_DELIVERED = ("method", "headers", "body", "query", "endpoint", "now", "minimum")
_PARTS = ("verify", "reply", "dedupe", "assurance")
_LONGEST = 255
_BLIND = (
    "TikTok Shop tells no delivery state, nor topics switched on in the Partner Center: "
    "poll with orders.changes(since) as well"
)


@lru_cache(maxsize=64)
def _scheme(app_key: str) -> Hmac:
    """HMAC-SHA256 in lower-case hex over the app key and the raw body, keyed with the app secret."""
    begin = app_key.encode()
    return Hmac("Authorization", message=lambda delivery: begin + delivery.body)


class TikTokShopWebhooks(TikTokShopNoun, Webhooks):
    """``client.webhooks`` on TikTok Shop."""

    @supports("native", params=native(*_DELIVERED, *_PARTS) | codes.EVENTS, cost="no call")
    def receive(self, **delivered: Any) -> Received:
        """A webhook: signed over app key and body; the answer is empty and wanted within about 3 s.

        Nothing signs the time, so that a repeat is told by its ``tts_notification_id`` alone.
        """
        return self.received(**delivered)

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        """Check by the webhook secrets, then the app's."""
        return self._hmac().verify(delivery, self.backend.webhook_secrets, now)

    def _hmac(self) -> Hmac:
        return _scheme(self.backend.app.app_key)

    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """Every event of a webhook, several where it is about several things."""
        try:
            return events_of(read_push(delivery.body))
        except RecursionError:
            raise WebhookError("the body is nested too deep", reason="malformed") from None

    def reply(self, delivery: Delivery) -> Response:
        """200 without a body."""
        return _EMPTY

    def subject_of(self, event: Event) -> Subject | None:
        """The shop of an event."""
        return Subject("shop", event.account) if event.account else None

    @supports("native", params=native("endpoint", "now"), cost="no call")
    def sign(self, body: bytes, *, endpoint: str = "default", now: datetime | None = None) -> Delivery:
        """A webhook as TikTok Shop signs it with the first of the secrets."""
        delivery = Delivery("POST", {"content-type": "application/json"}, body, endpoint=endpoint)
        signed = self._hmac().sign(delivery, self.backend.webhook_secrets[0])
        names = {name.lower(): value for name, value in signed.items()}
        return evolve(delivery, headers={**delivery.headers, **names})

    @supports(
        "native",
        params=native("level", "endpoint") | {"level.app": codes.REFUSALS["webhooks.subscribe:level.app"]},
        requires=("shop",),
        cost="1 call a topic, and 1",
    )
    def subscribe(
        self,
        events: Sequence[str],
        *,
        level: Literal["app", "account"] | None = None,
        endpoint: str = "default",
    ) -> Flow[Sequence[Subscription]]:
        """PUT /event/202309/webhooks for each topic; other events of the same topic come with it."""
        topics = self._topics(events, level)
        address = self._address(endpoint)
        bodies = [{"event_type": topic, "address": address} for topic in topics]
        return (yield from self._switch("PUT", bodies))

    def _switch(self, method: str, bodies: Sequence[Json]) -> Flow[Sequence[Subscription]]:
        """Topic by topic, then what is subscribed to; what fails after the first says how far it came."""
        done: list[str] = []
        try:
            for body in bodies:
                yield from self.ask(method, _PATH, body=body, safety="absolute")
                done.append(f"{method} {body['event_type']}")
            return (yield from self.subscriptions())
        except SocialCommerceError as error:
            if not done:
                raise
            rest = [str(body["event_type"]) for body in bodies[len(done) :]]
            raise PartiallyApplied(
                f"{', '.join(done)} took effect, and then: {error}",
                done=done,
                failed=rest or ["subscriptions"],
                resume={"events": rest},
            ) from error

    def _address(self, endpoint: str) -> str:
        url = self.backend.callback_urls.get(endpoint)
        if url is None:
            raise ConfigurationError(
                f"where to push is not known: give TikTokShop(..., callback_urls={{{endpoint!r}: ...}})"
            )
        if len(url) > _LONGEST:
            raise invalid(endpoint=f"the address has {len(url)} characters; at most {_LONGEST}")
        return url

    @supports(
        "native",
        params=native("level") | {"level.app": codes.REFUSALS["webhooks.subscribe:level.app"]},
        requires=("shop",),
        cost="1 call a topic, and 1",
    )
    def unsubscribe(
        self, events: Sequence[str], *, level: Literal["app", "account"] | None = None
    ) -> Flow[Sequence[Subscription]]:
        """DELETE /event/202309/webhooks for each topic; other events of the same topic stop with it."""
        bodies = [{"event_type": topic} for topic in self._topics(events, level)]
        return (yield from self._switch("DELETE", bodies))

    def _topics(self, events: Sequence[str], level: str | None) -> list[str]:
        if level == "app":
            self.refuse("subscribe:level.app")
        return sorted({topic for event in events for topic in self._known(event)})

    def _known(self, event: str) -> Sequence[str]:
        topics = codes.topics_of(event)
        refused = codes.EVENTS.get(event)
        if not topics and isinstance(refused, Refusal):
            raise Unsupported(f"webhooks.subscribe:{event}", "tiktok_shop", refused.reason, refused.instead)
        if not topics:
            raise invalid(events=f"{event!r} is neither an event type nor a topic of TikTok Shop's")
        offered = [topic for topic in topics if topic in codes.TOPICS]
        if not offered:
            refusal = codes.CONSOLE_ONLY
            raise Unsupported(f"webhooks.subscribe:{event}", "tiktok_shop", refusal.reason, refusal.instead)
        return offered

    @supports("native", requires=("shop",), cost="1 call")
    def subscriptions(self) -> Flow[Sequence[Subscription]]:
        """GET /event/202309/webhooks: the topics of this shop, not those of the whole app."""
        answer = yield from self.ask("GET", _PATH)
        return tuple(self._subscription(row) for row in answer.get("webhooks") or ())

    def _subscription(self, row: Any) -> Subscription:
        topic = row["event_type"]
        number = next((number for number, name in codes.NAMES.items() if name == topic), 0)
        return Subscription.build(
            topic=topic,
            events=codes.TYPES.get(number, ("unknown",)),
            url=row.get("address") or None,
            level="account",
            account=self.account or None,
            raw=row,
        )

    @supports("emulated", requires=("shop",), cost="1 call")
    def health(self) -> Flow[WebhookHealth]:
        """GET /event/202309/webhooks: only whether the shop is subscribed to anything."""
        found = yield from self.subscriptions()
        return WebhookHealth.build(
            status="ok" if found else "unknown",
            message=_BLIND,
            raw=[each.raw for each in found],
        )
