"""What Meta is told of conversions, byte by byte, and what it answers."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.meta.ads_wire import AdsWire, refusal, spec
from tests.meta.wire import NOW

from socialcommerce import Money
from socialcommerce.backends import Response
from socialcommerce.errors import InvalidRequest, NotFound, RateLimited
from socialcommerce.models import Consent
from socialcommerce.models.audience import AudienceMember, ClickIds, ConversionEvent, ConversionItem

PIXEL = "7007"
EVENTS = f"/{PIXEL}/events"
AT = datetime.fromtimestamp(NOW, UTC)
ANN = AudienceMember(email="Ann@Example.com", phone="+44 20 7946 0958", external_id="c-1")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def event(number: int = 1, **fields: Any) -> ConversionEvent:
    given: dict[str, Any] = {
        "type": "lead",
        "event_id": f"e-{number}",
        "occurred_at": AT - timedelta(hours=1),
        "source": PIXEL,
        "action_source": "website",
        "person": ANN,
    }
    return ConversionEvent(**given | fields)


def taken(request: Any) -> dict[str, Any]:
    """Meta took all of them."""
    sent = json.loads(request.content)["data"]
    return {"events_received": len(sent), "messages": [], "fbtrace_id": "Ab1"}


def judge(bad: str) -> Any:
    """Meta refuses every call that holds one bad event."""

    def answer(request: Any) -> dict[str, Any]:
        ids = [one["event_id"] for one in json.loads(request.content)["data"]]
        return refusal(100, "Invalid parameter", 2804003) if bad in ids else taken(request)

    return answer


def wired(reply: Any = taken, **settings: Any) -> tuple[AdsWire, Any]:
    wire = AdsWire()
    wire[EVENTS] = reply
    return wire, wire.meta(**settings).ads.conversions


def test_a_purchase_is_told_with_hashes_its_click_and_what_was_bought() -> None:
    wire, conversions = wired()
    bought = event(
        type="purchase",
        value=Money("49.98", "USD"),
        order_id="O-1",
        items=[ConversionItem("SKU-1", 2, Money("24.99", "USD")), ConversionItem("SKU-2")],
        url="https://shop.example/thanks",
        click=ClickIds("IwAR0abc", "fb.1.1558571054389.1098115397", "2001:db8::1", "Mozilla/5.0"),
    )
    assert conversions.send(bought) is None
    assert json.loads(wire.requests(EVENTS)[0].content) == {
        "data": [
            {
                "event_name": "Purchase",
                "event_time": int(NOW) - 3600,
                "event_id": "e-1",
                "action_source": "website",
                "event_source_url": "https://shop.example/thanks",
                "user_data": {
                    "em": [sha("ann@example.com")],
                    "ph": [sha("442079460958")],
                    "external_id": ["c-1"],
                    "fbc": f"fb.1.{(int(NOW) - 3600) * 1000}.IwAR0abc",
                    "fbp": "fb.1.1558571054389.1098115397",
                    "client_ip_address": "2001:db8::1",
                    "client_user_agent": "Mozilla/5.0",
                },
                "custom_data": {
                    "order_id": "O-1",
                    "currency": "USD",
                    "value": 49.98,
                    "content_type": "product",
                    "content_ids": ["SKU-1", "SKU-2"],
                    "contents": [
                        {"id": "SKU-1", "quantity": 2, "item_price": 24.99},
                        {"id": "SKU-2", "quantity": 1},
                    ],
                },
            }
        ]
    }
    assert wire.requests(EVENTS)[0].method == "POST"
    assert wire.requests(EVENTS)[0].headers["Content-Type"] == "application/json"
    assert wire.query(EVENTS) == {}
    assert wire.bearer(EVENTS) == "user-token"


def test_the_call_holds_nothing_that_the_interface_does_not_know(shared: Path) -> None:
    assert shared
    wire, conversions = wired()
    conversions.send(event(test_code="TEST1"))
    (edge,) = [one for one in spec("AdsPixel")["apis"] if (one.get("endpoint") or "").strip("/") == "events"]
    assert wire.body(EVENTS).keys() <= {one["name"] for one in edge["params"]}


def test_a_pixel_has_its_own_token_where_one_is_set() -> None:
    wire, conversions = wired(pixel_token="pixel-token")
    conversions.send(event())
    assert wire.bearer(EVENTS) == "pixel-token"


def test_the_published_answer_means_that_all_arrived(shared: Path) -> None:
    reply = json.loads((shared / "samples/meta/capi_response.json").read_text(encoding="utf-8"))
    _, conversions = wired(reply)
    assert conversions.send([event(1), event(2)]).ok


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("app", "app"),
        ("physical_store", "physical_store"),
        ("messaging", "business_messaging"),
        ("email", "email"),
        ("phone_call", "phone_call"),
        ("system", "system_generated"),
        ("other", "other"),
    ],
)
def test_where_it_happened_is_told_in_metas_words(source: Any, word: str) -> None:
    wire, conversions = wired()
    conversions.send(event(action_source=source))
    assert wire.body(EVENTS)["data"][0]["action_source"] == word


def test_what_only_some_events_need_is_put_on_top() -> None:
    wire, conversions = wired()
    conversions.send(
        event(type="other", native_type="Refunded", native={"data_processing_options": [], "opt_out": True})
    )
    (sent,) = wire.body(EVENTS)["data"]
    assert (sent["event_name"], sent["data_processing_options"], sent["opt_out"]) == ("Refunded", [], True)


def test_calls_hold_a_thousand_events_of_one_pixel_and_one_test() -> None:
    wire, conversions = wired()
    wire["/8008/events"] = taken
    events = [event(number) for number in range(1001)]
    assert conversions.send([*events, event(1, source="8008"), event(1, test_code="TEST1")]).ok
    sizes = [len(json.loads(one.content)["data"]) for one in wire.requests(EVENTS)]
    assert sizes == [1000, 1, 1]
    assert wire.body(EVENTS)["test_event_code"] == "TEST1"
    assert "test_event_code" not in wire.body(EVENTS, 0)
    assert len(wire.requests("/8008/events")) == 1


def test_one_bad_event_does_not_sink_the_rest() -> None:
    wire, conversions = wired(judge("e-5"))
    result = conversions.send([event(number) for number in range(8)])
    assert [one.ok for one in result] == [True] * 5 + [False] + [True] * 2
    (failure,) = result.failures
    assert isinstance(failure.error, InvalidRequest)
    assert failure.error.code == "100/2804003"
    assert len(wire.requests(EVENTS)) == 7, "the whole, then halves of what was refused"


def test_fewer_events_received_than_sent_are_looked_for() -> None:
    def short(request: Any) -> dict[str, Any]:
        ids = [one["event_id"] for one in json.loads(request.content)["data"]]
        kept = [one for one in ids if one != "e-1"]
        return {"events_received": len(kept), "messages": ["one was dropped"], "fbtrace_id": "Ab1"}

    _, conversions = wired(short)
    result = conversions.send([event(number) for number in range(3)])
    assert [one.ok for one in result] == [True, False, True]
    error = result[1].error
    assert isinstance(error, InvalidRequest)
    assert error.request_id == "Ab1"
    assert "one was dropped" in str(error)


def test_a_refusal_of_the_whole_is_told_of_every_event() -> None:
    wire, conversions = wired(refusal(100, "Unsupported post request", 33))
    result = conversions.send([event(1), event(2)])
    assert [type(one.error) for one in result] == [NotFound, NotFound]
    assert len(wire.requests(EVENTS)) == 1


def test_a_throttle_is_waited_for_and_the_same_events_are_sent_again() -> None:
    wire, conversions = wired([refusal(4, "Application request limit reached"), taken])
    assert conversions.send(event()) is None
    first, second = wire.requests(EVENTS)
    assert first.content == second.content
    assert wire.slept


def test_a_throttle_that_does_not_end_is_told() -> None:
    _, conversions = wired(refusal(4, "Application request limit reached"))
    (one,) = conversions.send([event()])
    assert isinstance(one.error, RateLimited)


def test_a_cut_answer_is_asked_for_again_since_the_event_id_makes_it_harmless() -> None:
    wire, conversions = wired([Response(502, {}, b"<html>Bad Gateway</html>"), taken])
    assert conversions.send([event()]).ok
    assert len(wire.requests(EVENTS)) == 2


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"occurred_at": AT - timedelta(days=7, seconds=1)}, "occurred_at"),
        ({"occurred_at": AT - timedelta(days=63), "action_source": "physical_store"}, "occurred_at"),
        ({"type": "refund"}, "type"),
        ({"type": "other"}, "type"),
        ({"consent": Consent("shop", AT, ["messaging"])}, "consent"),
        ({"person": AudienceMember(phone="0171 555 0100")}, "person.phone"),
        ({"person": AudienceMember(platform_user_id="1")}, "person"),
    ],
)
def test_what_meta_would_refuse_is_not_sent(fields: dict[str, Any], blamed: str) -> None:
    wire, conversions = wired()
    good, bad = conversions.send([event(1), event(2, **fields)])
    assert good.ok
    assert isinstance(bad.error, InvalidRequest)
    assert bad.error.fields.keys() == {blamed}
    assert bad.error.sent == "no"
    assert [one["event_id"] for one in wire.body(EVENTS)["data"]] == ["e-1"]


def test_a_store_has_two_months_and_consent_to_ads_is_enough() -> None:
    _, conversions = wired()
    late = event(occurred_at=AT - timedelta(days=60), action_source="physical_store")
    assert conversions.send([late, event(consent=Consent("shop", AT, ["ads"]))]).ok
