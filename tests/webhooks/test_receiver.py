"""Receipts: events are handled at least once, seen once, and answered exactly as the platform expects."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import anyio
import pytest
from tests.webhooks.toy import NOW, THREAD, async_toy, delivery, toy

from socialcommerce import State, webhooks
from socialcommerce.backends import Webhooks
from socialcommerce.errors import ConfigurationError, InvalidRequest, Unsupported, WebhookError
from socialcommerce.resources import inbox
from socialcommerce.runtime.drivers import SyncDriver
from socialcommerce.webhooks import Delivery

A, B = {"key": "a"}, {"key": "b"}


def keys(events: Any) -> list[str]:
    return [event.key for event in events]


def test_what_was_handled_is_not_handed_out_again() -> None:
    shop = toy()
    with shop.webhooks.receive(**delivery(A, B)) as receipt:
        assert keys(receipt.events) == ["a", "b"]
    with shop.webhooks.receive(**delivery(B, {"key": "c"})) as again:
        assert keys(again.events) == ["c"]
        assert keys(again.duplicates) == ["b"]
        assert again.response.status == 200


def test_a_handler_that_fails_gets_the_event_again() -> None:
    shop = toy()
    with pytest.raises(LookupError), shop.webhooks.receive(**delivery(A)):
        raise LookupError
    with shop.webhooks.receive(**delivery(A)) as receipt:
        assert keys(receipt.events) == ["a"]


def test_what_somebody_else_handles_just_now_is_asked_for_again() -> None:
    shop = toy()
    with shop.webhooks.receive(**delivery(A)), shop.webhooks.receive(**delivery(A, B)) as second:
        assert keys(second.events) == ["b"]
        assert keys(second.busy) == ["a"]
        assert second.response.status == 503
    with shop.webhooks.receive(**delivery(A)) as third:
        assert keys(third.duplicates) == ["a"]


def test_the_claim_of_a_handler_that_died_lapses() -> None:
    moments = [NOW.timestamp()]
    state = State.memory(lambda: moments[0])
    shop = toy(state)
    object.__setattr__(shop._core.session, "clock", lambda: moments[0])
    shop.webhooks.receive(**delivery(A)).__enter__()
    moments[0] += 121
    with shop.webhooks.receive(**delivery(A)) as receipt:
        assert keys(receipt.events) == ["a"]


def test_one_event_twice_in_a_delivery_is_one() -> None:
    with toy().webhooks.receive(**delivery(A, A)) as receipt:
        assert (keys(receipt.events), keys(receipt.duplicates)) == (["a"], ["a"])


def test_endpoints_do_not_share_what_they_saw() -> None:
    shop = toy()
    for endpoint in ("default", "second"):
        with shop.webhooks.receive(**delivery(A), endpoint=endpoint) as receipt:
            assert keys(receipt.events) == ["a"]


def test_receiving_alone_remembers_nothing_and_is_repeatable() -> None:
    shop = toy()
    first, second = (shop.webhooks.receive(**delivery(A, B)) for _ in range(2))
    assert keys(first.events) == keys(second.events) == ["a", "b"]
    assert (first.response, first.assurance) == (second.response, second.assurance)
    assert repr(first) == "<Receipt 2 events, signed>"


def test_the_answer_may_carry_content() -> None:
    with toy().webhooks.receive(**delivery(A)) as receipt:
        receipt.respond("thank you")
    assert (receipt.response.status, receipt.response.content) == (200, b"thank you")


@pytest.mark.parametrize(
    ("headers", "proven"), [({}, "nothing"), ({"X-Secret": "shown"}, "shared_secret"), (None, "signed")]
)
@pytest.mark.parametrize("minimum", ["nothing", "shared_secret", "signed", "encrypted"])
def test_the_client_sets_the_least_that_must_be_proven(
    headers: dict[str, str] | None, proven: str, minimum: Any
) -> None:
    order = ["nothing", "shared_secret", "signed", "encrypted"]
    given = delivery(A) if headers is None else delivery(A) | {"headers": headers}
    if order.index(proven) >= order.index(minimum):
        assert toy().webhooks.receive(**given, minimum=minimum).assurance == proven
        return
    with pytest.raises(WebhookError) as caught:
        toy().webhooks.receive(**given, minimum=minimum)
    assert caught.value.reason == "assurance"


def test_signed_is_the_least_unless_told() -> None:
    with pytest.raises(WebhookError, match="at least signed"):
        toy().webhooks.receive(**delivery(A) | {"headers": {}})


def test_a_handshake_below_the_least_is_answered_without_an_event() -> None:
    given = delivery({"key": "v", "type": "verification"}) | {"headers": {}}
    receipt = toy().webhooks.receive(**given)
    assert (receipt.events, receipt.response.status, receipt.assurance) == ((), 200, "nothing")


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="time zone"):
        toy().webhooks.receive(**delivery(A), now=datetime(2026, 1, 1))  # noqa: DTZ001  # the point of it


def test_the_parts_of_a_delivery_may_be_given_in_order() -> None:
    given = delivery(A)
    receipt = toy().webhooks.receive(given["method"], given["headers"], given["body"])
    assert keys(receipt.events) == ["a"]


@pytest.mark.parametrize("more", [{"method": None}, {"colour": "red"}])
def test_what_no_delivery_has_and_what_each_has_are_type_errors(more: dict[str, Any]) -> None:
    given = {name: value for name, value in (delivery(A) | more).items() if value is not None}
    with pytest.raises(TypeError, match=next(iter(more))):
        toy().webhooks.receive(**given)


def test_what_is_given_twice_or_beyond_the_parts_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="method"):
        toy().webhooks.receive("POST", **delivery(A))
    with pytest.raises(TypeError):
        toy().webhooks.receive("POST", {}, b"", None, "default", NOW, "signed", "more")


def test_each_receipt_has_events_of_its_own() -> None:
    shop, other = toy(), toy()
    event = shop.webhooks.receive(**delivery(A)).events[0]
    elsewhere = event.attached(lambda: "elsewhere")
    assert (elsewhere, elsewhere.raw) == (event, event.raw)
    assert elsewhere.model_fields_set == event.model_fields_set
    assert elsewhere.fetch() == "elsewhere"
    assert event.model_copy(deep=True) == event
    with pytest.raises(Unsupported):  # it still asks through the client that handed it out
        event.fetch()
    assert other.webhooks.receive(**delivery(A)).events == (event,)


def test_messages_are_kept_where_the_platform_keeps_none() -> None:
    state = State.memory(lambda: 0.0)
    shop = toy(state)
    rows = [{"key": str(n), "type": "message.received", "text": f"hello {n}"} for n in range(2)]
    with shop.webhooks.receive(**delivery(*rows)):
        page = SyncDriver(None, state).run(inbox.messages(THREAD))  # type: ignore[arg-type]  # nothing is sent
    assert sorted(message.text for message in page.items) == ["hello 0", "hello 1"]


def test_credentials_are_kept() -> None:
    state = State.memory(lambda: 0.0)
    with toy(state).webhooks.receive(**delivery({"key": "c", "type": "authorization.credentials"})):
        assert state.tokens.load("toy")[0] == {"key": "c", "type": "authorization.credentials"}


def test_a_memory_that_fails_gives_the_events_back() -> None:
    shop = toy()
    broken = {"key": "x", "type": "account.updated"}
    with pytest.raises(LookupError), shop.webhooks.receive(**delivery(A, broken)):
        pytest.fail("the block must not begin")
    with shop.webhooks.receive(**delivery(A)) as receipt:
        assert keys(receipt.events) == ["a"]


@pytest.mark.parametrize(
    ("row", "fetched"),
    [
        ({"key": "1", "about": "order", "id": "o", "account": "s"}, "o of s"),
        ({"key": "1", "about": "order", "id": "o"}, "o of nobody"),
        ({"key": "1", "about": "shipment", "id": "p", "in": "o"}, "o of nobody"),
    ],
)
def test_an_event_fetches_what_it_is_about(row: dict[str, Any], fetched: str) -> None:
    (event,) = toy().webhooks.receive(**delivery(row)).events
    assert event.fetch().id == fetched


def test_an_event_about_nothing_says_so() -> None:
    (event,) = toy().webhooks.receive(**delivery(A)).events
    with pytest.raises(Unsupported, match="nothing"):
        event.fetch()
    with pytest.raises(ConfigurationError):
        event.model_copy(update={}).__class__.model_validate(event.model_dump()).fetch()


def test_what_a_platform_does_not_say_is_refused() -> None:
    shop = toy()
    for call in (
        lambda: shop.webhooks.subscribe(["order.paid"]),
        lambda: shop.webhooks.unsubscribe(["order.paid"]),
        shop.webhooks.subscriptions,
        shop.webhooks.health,
        shop.webhooks.recover,
    ):
        with pytest.raises(Unsupported):
            call()
    with pytest.raises(Unsupported, match="by hand"):
        shop.webhooks.sign(b"")


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("receive", {"method": "POST", "headers": {}, "body": b""}),
        ("verify", {"delivery": Delivery(), "now": NOW}),
        ("parse", {"delivery": Delivery()}),
        ("respond", {"delivery": Delivery(), "content": "x"}),
        ("sign", {"body": b""}),
        ("subscribe", {"events": []}),
        ("unsubscribe", {"events": []}),
        ("subscriptions", {}),
        ("health", {}),
        ("recover", {}),
    ],
)
def test_what_a_backend_leaves_out_refuses_itself(method: str, given: dict[str, Any]) -> None:
    with pytest.raises(Unsupported):
        getattr(Webhooks(toy()._core.session), method)(**given)


def test_most_platforms_are_content_with_200_and_name_no_account() -> None:
    reader = Webhooks(toy()._core.session)
    assert reader.reply(Delivery()).status == 200
    (event,) = toy().webhooks.receive(**delivery(A)).events
    assert reader.subject_of(event) is None


def test_the_package_names_its_parts() -> None:
    assert {"Delivery", "asgi_app", "wsgi_app"} <= set(dir(webhooks))
    assert all(getattr(webhooks, name) for name in webhooks.__all__ if name != "Assurance")
    with pytest.raises(AttributeError):
        webhooks.nothing  # noqa: B018  # the reading itself is tested


async def test_the_async_client_awaits_only_the_memory() -> None:
    shop = async_toy()
    async with shop.webhooks.receive(**delivery(A)) as receipt:
        assert keys(receipt.events) == ["a"]
    async with shop.webhooks.receive(**delivery(A, B)) as again:
        assert (keys(again.events), keys(again.duplicates)) == (["b"], ["a"])
    (event,) = shop.webhooks.receive(**delivery({"key": "1", "about": "order", "id": "o"})).events
    assert (await event.fetch()).id == "o of nobody"


async def test_a_cancelled_handler_gives_its_events_back() -> None:
    shop = async_toy()
    with anyio.CancelScope() as scope:
        async with shop.webhooks.receive(**delivery(A)):
            scope.cancel()
            await anyio.sleep(1)
    async with shop.webhooks.receive(**delivery(A)) as receipt:
        assert keys(receipt.events) == ["a"]
