"""A platform with webhooks in a few lines: whatever stands in the body as JSON is an event."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from socialcommerce import (
    AsyncClient,
    BulkResult,
    Client,
    ConversationRef,
    Event,
    EventRef,
    Identity,
    Message,
    Order,
    Outcome,
    State,
)
from socialcommerce.backends import Backend, Orders, Refusal, Response, Service, Webhooks, native, supports
from socialcommerce.models import Text
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow, Store, done
from socialcommerce.webhooks import Assurance, Delivery, Hmac, SharedSecret
from socialcommerce.webhooks.receiver import Received

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED = Hmac("X-Signature", prefix="sha256=")
SHOWN = SharedSecret(header="X-Secret")


class ToyOrders(Orders):
    @supports("native")
    def get(self, orders: Sequence[Any]) -> Flow[BulkResult[Any, Order]]:
        whose = self.subject.id if self.subject else "nobody"
        found = [Outcome.of(order, Order.build(id=f"{order} of {whose}")) for order in orders]
        return done(BulkResult(tuple(found)))


class ToyWebhooks(Webhooks):
    keeps_inbox = True

    @supports("native", params=native("query", "endpoint", "now", "minimum"))
    def receive(self, **delivered: Any) -> Received:
        return self.received(**delivered)

    def verify(self, delivery: Delivery, now: datetime) -> Assurance:
        if delivery.header("x-secret"):
            return SHOWN.verify(delivery, ["shown"], now)
        if not delivery.header("x-signature"):
            return "nothing"
        return SIGNED.verify(delivery, ["key"], now)

    def parse(self, delivery: Delivery) -> list[Event]:
        return [event_of(row) for row in json.loads(delivery.body)]

    def respond(self, delivery: Delivery, content: Any) -> Response:
        return Response(200, {"content-type": "text/plain"}, str(content).encode())

    def absorb(self, event: Event) -> Flow[None]:
        if event.type == "account.updated":
            raise LookupError("the memory is gone")
        yield from super().absorb(event)
        if event.type == "authorization.credentials":
            yield Store("tokens", "swap", ("toy", 0, dict(event.data)))

    def subject_of(self, event: Event) -> Subject | None:
        return Subject("shop", event.account) if event.account else None


def event_of(row: Mapping[str, Any]) -> Event:
    ref = EventRef(kind=row["about"], id=row["id"], parent_id=row.get("in")) if "about" in row else None
    return Event.build(
        key=row["key"],
        type=row.get("type", "order.paid"),
        platform="toy",
        account=row.get("account"),
        ref=ref,
        state=message(row["key"], row["text"]) if "text" in row else None,
        data=dict(row),
    )


def message(number: str, text: str, **more: Any) -> Message:
    fields: dict[str, Any] = {
        "id": number,
        "platform": "toy",
        "conversation": THREAD,
        "contents": (Text(text),),
        "sent_at": NOW,
    }
    return Message.build(**fields | more)


THREAD = ConversationRef(
    platform="toy", own_account="me", peer=Identity(kind="user_id", value="them"), native_id="t"
)


class Toy(Backend):
    name = "toy"
    orders = ToyOrders
    webhooks = ToyWebhooks
    refusals: ClassVar[Mapping[str, Refusal]] = {"webhooks.sign": Refusal("toys are signed by hand")}

    @property
    def services(self) -> Mapping[str, Service]:
        return {}


def toy(state: State | None = None, cls: type[Any] = Client, backend: Backend | None = None) -> Any:
    moment = NOW.timestamp()
    kept = state or State.memory(lambda: moment)
    return cls(backend or Toy(), state=kept, transport=lambda _: None, clock=lambda: moment)


def async_toy(state: State | None = None) -> Any:
    return toy(state, AsyncClient)


def delivery(*rows: Mapping[str, Any]) -> dict[str, Any]:
    body = json.dumps(rows).encode()
    return {"method": "POST", "headers": dict(SIGNED.sign(Delivery(body=body), "key")), "body": body}
