"""Pushes: verified, read, subscribed to, and recovered when lost (push guide 18, module ``push``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from attrs import evolve

from socialcommerce.backends.shopee.chat import instant, word
from socialcommerce.backends.shopee.codes import webhooks as codes
from socialcommerce.backends.shopee.noun import ShopeeNoun
from socialcommerce.backends.shopee.pushes import Push, events_of, is_verification, push_of, read_push
from socialcommerce.errors import PartiallyApplied, SocialCommerceError, Unsupported, WebhookError
from socialcommerce.models.event import Event
from socialcommerce.resources.capability import Refusal, native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.resources.webhooks import Webhooks
from socialcommerce.runtime import memory
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow, Store
from socialcommerce.runtime.paging import Page, position, read_position
from socialcommerce.runtime.text import read_json
from socialcommerce.runtime.transport import Response
from socialcommerce.webhooks.delivery import Assurance, Delivery
from socialcommerce.webhooks.receiver import Received, seen_key
from socialcommerce.webhooks.signature import Hmac
from socialcommerce.webhooks.subscription import Subscription, WebhookHealth

__all__ = ["ShopeeWebhooks"]

_PUSH = "/api/v2/push/"
_EMPTY = Response(200)
_DELIVERED = ("method", "headers", "body", "query", "endpoint", "now", "minimum")
_PARTS = ("verify", "reply", "handshake", "dedupe", "assurance")


@lru_cache(maxsize=64)
def _scheme(url: str) -> Hmac:
    """HMAC-SHA256 over the callback URL as the console has it, a bar, and the raw body."""
    begin = url.encode() + b"|"
    return Hmac("Authorization", message=lambda delivery: begin + delivery.body)


class ShopeeWebhooks(ShopeeNoun, Webhooks):
    """``client.webhooks`` on Shopee."""

    @supports(
        "native",
        params=native(*_DELIVERED, *_PARTS) | codes.EVENTS,
        requires=("seller",),
        cost="no call",
    )
    def receive(self, **delivered: Any) -> Received:
        """A push: signed over URL and body; the answer is empty and wanted within 3 s (chat: 2 s)."""
        return self.received(**delivered)

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        """Check by the push keys, then the partner key.

        The console's trial of an address may be signed otherwise: it proves nothing, and is let through.
        """
        try:
            return _scheme(self._url(delivery.endpoint)).verify(delivery, self.backend.push_keys, now)
        except WebhookError as error:
            if error.reason == "signature" and is_verification(delivery.body):
                return "nothing"
            raise

    def _url(self, endpoint: str) -> str:
        url = self.backend.callback_urls.get(endpoint)
        if url is None:
            raise WebhookError(
                f"Shopee signs the address it calls: give Shopee(..., callback_urls={{{endpoint!r}: ...}})",
                reason="configuration",
            )
        return url

    def parse(self, delivery: Delivery) -> Sequence[Event]:
        """Every event of a push, several where it is about several things or accounts."""
        try:
            return events_of(read_push(delivery.body))
        except RecursionError:
            raise WebhookError("the body is nested too deep", reason="malformed") from None

    def reply(self, delivery: Delivery) -> Response:
        """200 without a body: anything else counts as failed."""
        return _EMPTY

    def subject_of(self, event: Event) -> Subject | None:
        """The shop of an event, or the merchant or user it is about."""
        if event.account is None:
            return None
        about = event.ref.kind if event.ref else ""
        return Subject(about if about in ("merchant", "user") else "shop", event.account)

    @supports("native", params=native("endpoint", "now"), cost="no call")
    def sign(self, body: bytes, *, endpoint: str = "default", now: datetime | None = None) -> Delivery:
        """A push as Shopee signs it with the first of the push keys."""
        delivery = Delivery("POST", {"content-type": "application/json"}, body, endpoint=endpoint)
        signed = _scheme(self._url(endpoint)).sign(delivery, self.backend.push_keys[0])
        names = {name.lower(): value for name, value in signed.items()}
        return evolve(delivery, headers={**delivery.headers, **names})

    @supports(
        "native",
        params=native("level", "endpoint")
        | {"level.account": codes.REFUSALS["webhooks.subscribe:level.account"]},
        requires=("seller",),
        cost="2 calls",
    )
    def subscribe(
        self,
        events: Sequence[str],
        *,
        level: Literal["app", "account"] | None = None,
        endpoint: str = "default",
    ) -> Flow[Sequence[Subscription]]:
        """POST push/set_app_push_config; other events of the same code come with it."""
        on = self._switched(events, level)
        body = {"callback_url": self._url(endpoint), "set_push_config_on": on}
        yield from self.ask("POST", _PUSH + "set_app_push_config", body=body, safety="absolute")
        return (yield from self._switched_to())

    @supports(
        "native",
        params=native("level") | {"level.account": codes.REFUSALS["webhooks.subscribe:level.account"]},
        requires=("seller",),
        cost="2 calls",
    )
    def unsubscribe(
        self, events: Sequence[str], *, level: Literal["app", "account"] | None = None
    ) -> Flow[Sequence[Subscription]]:
        """POST push/set_app_push_config; other events of the same code stop with it."""
        off = self._switched(events, level)
        yield from self.ask(
            "POST", _PUSH + "set_app_push_config", body={"set_push_config_off": off}, safety="absolute"
        )
        return (yield from self._switched_to())

    def _switched_to(self) -> Flow[Sequence[Subscription]]:
        try:
            return (yield from self.subscriptions())
        except SocialCommerceError as error:
            raise PartiallyApplied(
                f"the change took effect; what is subscribed to now could not be read: {error}",
                done=("set_app_push_config",),
                failed=("subscriptions",),
            ) from error

    def _switched(self, events: Sequence[str], level: str | None) -> list[int]:
        if level == "account":
            self.refuse("subscribe:level.account")
        return sorted({code for event in events for code in self._codes(event)})

    def _codes(self, event: str) -> list[int]:
        known = codes.codes_of(event)
        if not known:
            refused = codes.EVENTS.get(event)
            if isinstance(refused, Refusal):
                raise Unsupported(f"webhooks.subscribe:{event}", "shopee", refused.reason, refused.instead)
            raise invalid(events=f"{event!r} is neither an event type nor a push of Shopee's")
        documented = [code for code in known if 0 < code <= codes.LAST_DOCUMENTED]
        if not documented:
            refusal = codes.CONSOLE_ONLY
            raise Unsupported(f"webhooks.subscribe:{event}", "shopee", refusal.reason, refusal.instead)
        return documented

    @supports("native", requires=("seller",), cost="1 call")
    def subscriptions(self) -> Flow[Sequence[Subscription]]:
        """GET push/get_app_push_config."""
        config = yield from self.ask("GET", _PUSH + "get_app_push_config")
        return tuple(
            Subscription.build(
                topic=codes.NAMES.get(code, str(code)),
                events=codes.TYPES.get(code, ("unknown",)),
                url=config.get("callback_url") or None,
                raw=code,
            )
            for code in config.get("push_config_on_list") or ()
        )

    @supports("native", requires=("seller",), cost="1 call")
    def health(self) -> Flow[WebhookHealth]:
        """GET push/get_app_push_config: Shopee stops pushing to an app of which too few arrive."""
        config = yield from self.ask("GET", _PUSH + "get_app_push_config")
        native_status = word(config.get("live_push_status"))
        status = codes.HEALTH.get(native_status.lower(), "unknown")
        return WebhookHealth.build(
            status=status,
            native_status=native_status or None,
            since=instant(config.get("suspended_time")) if status == "down" else None,
            blocked=tuple(word(shop) for shop in config.get("blocked_shop_id") or ()),
            message="pushes missed since then are not sent again: poll" if status == "down" else None,
            raw=config,
        )

    @supports("native", requires=("seller",), cost="2 calls for 100 events")
    def recover(self, *, cursor: str | None = None) -> Flow[Page[Event]]:
        """GET push/get_lost_push_message: the earliest 100 of the last 3 days.

        The watermark (POST push/confirm_consumed_lost_push_message) moves when the next page is asked
        for, so after the events of this one were handled.
        """
        at = read_position(cursor)
        if "through" in at:
            yield from self._handled(at["through"], at["keys"])
        if at.get("last"):
            return Page(())
        answer = yield from self.ask("GET", _PUSH + "get_lost_push_message")
        events = [event for row in answer.get("push_message_list") or () for event in _lost(row)]
        if not events:
            return Page(())
        scope = self.scope("default")
        fresh: list[Event] = []
        for event in events:
            seen, _ = yield Store("seen", "load", (seen_key(scope, event),))
            if seen is None or not seen["done"]:
                fresh.append(event)
        following = position(
            through=answer["last_message_id"],
            last=not answer.get("has_next_page"),
            keys=[seen_key(scope, event) for event in fresh],
        )
        return Page(fresh, following)

    def _handled(self, through: int, keys: Sequence[str]) -> Flow[None]:
        for key in keys:
            yield from memory.confirm(key)
        yield from self.ask(
            "POST",
            _PUSH + "confirm_consumed_lost_push_message",
            body={"last_message_id": through},
            safety="absolute",
        )


def _lost(row: Mapping[str, Any]) -> tuple[Event, ...]:
    """The events of a lost push, whose ``data`` is the text of the whole push."""
    data = row.get("data")
    try:
        push = push_of(read_json(data.encode()) if isinstance(data, str) else data)
    except (ValueError, RecursionError):
        push = Push(0, word(row.get("shop_id")), {}, f"lost:{row!r:.180}", instant(row.get("timestamp")), row)
        return (push.event("unknown"),)
    return events_of(push)
