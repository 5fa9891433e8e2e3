"""The usage headers drive the limiter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.meta.wire import AD, CATALOG, PAGE, PHONE, Wire, answer, noun, refusal, rows, run

from socialcommerce import Client, errors
from socialcommerce.backends import Call, Meta, Subject, WhatsApp
from socialcommerce.backends.meta.limits import family
from socialcommerce.runtime.retry import RateLimits


def ask(client: Client, path: str = f"/{CATALOG}/products", service: str = "catalog", **fields: Any) -> None:
    run(client, noun(client, service).ask(fields.pop("method", "GET"), path, **fields))


def used(percent: float) -> dict[str, float]:
    return {"call_count": percent, "total_time": 1, "total_cputime": 1}


@pytest.mark.parametrize(("percent", "seconds"), [(28, 0), (90, 0), (95, 7.5), (100, 60), (130, 60)])
def test_an_app_that_nears_its_limit_slows_down(wire: Wire, percent: float, seconds: float) -> None:
    wire["/1"] = [answer({}, x_app_usage=used(percent)), answer({})]
    client = wire.meta()
    ask(client, "/1")
    ask(client, "/1", service="ads")
    assert sum(wire.slept) == pytest.approx(seconds)


def business(kind: str, account: str, percent: float = 100, minutes: float = 0) -> dict[str, Any]:
    return {account: [{"type": kind, **used(percent), "estimated_time_to_regain_access": minutes}]}


def test_a_use_case_rests_until_it_regains_access_in_minutes(wire: Wire) -> None:
    usage = business("catalog_batch", CATALOG, minutes=19)
    wire[f"/{CATALOG}/items_batch"] = [answer({}, x_business_use_case_usage=usage), answer({})]
    wire[f"/{CATALOG}/products"] = rows()
    client = wire.meta()
    ask(client, f"/{CATALOG}/items_batch", method="POST", body={}, safety="absolute")
    ask(client)
    assert wire.slept == []  # managing the catalogue is another use case
    ask(client, f"/{CATALOG}/items_batch", method="POST", body={}, safety="absolute")
    assert sum(wire.slept) == pytest.approx(19 * 60)


def test_a_use_case_that_meta_counts_by_business_rests_too(wire: Wire) -> None:
    usage = business("catalog_management", "4004", minutes=2)
    wire[f"/{CATALOG}/products"] = [answer(rows(), x_business_use_case_usage=usage), rows()]
    client = wire.meta()
    ask(client)
    ask(client)
    assert sum(wire.slept) == pytest.approx(120)


@pytest.mark.parametrize(
    ("headers", "path", "seconds"),
    [
        ({"x_ad_account_usage": {"acc_id_util_pct": 100, "reset_time_duration": 100}}, f"/{AD}/ads", 100),
        ({"x_ad_account_usage": {"acc_id_util_pct": 9.67, "reset_time_duration": 100}}, f"/{AD}/ads", 0),
        ({"x_ad_account_usage": {"acc_id_util_pct": 100}}, f"/{AD}/ads", 60),
        ({"x_fb_ads_insights_throttle": {"app_id_util_pct": 1, "acc_id_util_pct": 100}}, f"/{AD}/ads", 0),
        ({"x_fb_ads_insights_throttle": {"app_id_util_pct": 100}}, f"/{AD}/insights", 60),
    ],
)
def test_ad_accounts_and_insights_have_headers_of_their_own(
    wire: Wire, headers: dict[str, Any], path: str, seconds: float
) -> None:
    wire[path] = [answer(rows(), **headers), rows()]
    client = wire.meta()
    ask(client, path, service="ads")
    ask(client, path, service="ads")
    assert sum(wire.slept) == pytest.approx(seconds)


def test_calm_headers_of_the_vendor_cost_nothing(wire: Wire, shared: Path) -> None:
    told = json.loads((shared / "samples/meta/rate_limit_headers.json").read_text())
    told.pop("X-Business-Use-Case-Usage")
    named = {name.lower().replace("-", "_"): value for name, value in told.items()}
    wire[f"/{CATALOG}/products"] = answer(rows(), **named)
    client = wire.meta()
    for _ in range(3):
        ask(client)
    assert wire.slept == []


@pytest.mark.parametrize(
    "value",
    ["", "not json", "[]", '{"1": 5}', '{"1": [5]}', '{"1": [{"call_count": "x", "type": null}]}'],
)
def test_headers_that_cannot_be_read_are_left_alone(wire: Wire, value: str) -> None:
    odd: dict[str, Any] = {"x_business_use_case_usage": value, "x_app_usage": value}
    wire[f"/{CATALOG}/products"] = answer(rows(), **odd)
    client = wire.meta()
    ask(client)
    ask(client)
    assert wire.slept == []


def test_a_throttle_waits_for_the_minutes_of_the_header(wire: Wire) -> None:
    usage = business("ads_management", "3003", minutes=1)
    wire[f"/{AD}/ads"] = [
        answer(refusal(80004, subcode=2446079), 400, x_business_use_case_usage=usage),
        rows(),
    ]
    ask(wire.meta(), f"/{AD}/ads", service="ads")
    assert sum(wire.slept) == pytest.approx(60)


def test_a_throttle_without_minutes_waits_one(wire: Wire) -> None:
    wire["/1"] = [refusal(4), {}]
    ask(wire.meta(), "/1")
    assert sum(wire.slept) == pytest.approx(60)


def test_a_throttle_longer_than_patience_is_told(wire: Wire) -> None:
    usage = business("catalog_management", CATALOG, minutes=45)
    wire[f"/{CATALOG}/products"] = answer(refusal(80009), 400, x_business_use_case_usage=usage)
    with pytest.raises(errors.RateLimited) as caught:
        ask(wire.meta())
    assert caught.value.retry_after is not None
    assert (caught.value.retry_after.total_seconds(), caught.value.scope) == (2700, "catalog_management")
    assert len(wire.sent) == 1


def test_who_does_not_wait_is_told_before_anything_is_sent(wire: Wire) -> None:
    wire["/1"] = answer({}, x_app_usage=used(100))
    client = wire.client(Meta("1", "s", "t"), limits=RateLimits(on_limit="raise"))
    ask(client, "/1")
    with pytest.raises(errors.RateLimited) as caught:
        ask(client, "/1")
    assert (caught.value.sent, len(wire.sent)) == ("no", 1)


def test_limits_that_are_off_are_off(wire: Wire) -> None:
    wire["/1"] = answer({}, x_app_usage=used(100))
    client = wire.client(Meta("1", "s", "t"), limits=RateLimits(enabled=False))
    ask(client, "/1")
    ask(client, "/1")
    assert wire.slept == []


@pytest.mark.parametrize(
    ("service", "path", "kind"),
    [
        ("catalog", "/1/products", "catalog_management"),
        ("catalog", "/1/items_batch", "catalog_batch"),
        ("catalog", "/1/localized_items_batch", "catalog_batch"),
        ("ads", "/act_1/campaigns", "ads_management"),
        ("ads", "/act_1/insights", "ads_insights"),
        ("ads", "/1/users", "custom_audience"),
        ("page", "/1/feed", "pages"),
        ("page", "/1/messages", "messenger"),
        ("business", "/1/message_templates", "whatsapp_business_management"),
        ("app", "/1/subscriptions", "app"),
    ],
)
def test_the_use_case_of_a_call(service: str, path: str, kind: str) -> None:
    assert family(Call("GET", path, service=service)) == kind


def test_a_batch_counts_what_it_holds() -> None:
    call = Call("POST", "/", body={"batch": [{}] * 30})
    assert [bucket.cost for bucket in Meta("1").limits(call, Subject("page", PAGE))] == [30, 30]
    call = Call("POST", "/1/products", body={"batch": [{}] * 30})
    assert [bucket.cost for bucket in Meta("1").limits(call, None)] == [1, 1]


def test_whatsapp_counts_messages_of_a_number_and_of_a_pair() -> None:
    backend = WhatsApp("1")
    send = Call("POST", f"/{PHONE}/messages", body={"to": "491"}, service="business")
    pair, number, *_ = backend.limits(send, None)
    assert pair.rate == pytest.approx(1 / 6)
    assert pair.burst == 45
    assert (number.rate, number.burst) == (80, 80)
    other, same, *_ = backend.limits(
        Call("POST", f"/{PHONE}/messages", body={"recipient": "US.1"}, service="business"), None
    )
    assert (other.key != pair.key, same.key) == (True, number.key)


@pytest.mark.parametrize(
    "call",
    [
        Call("POST", f"/{PHONE}/messages", body={"status": "read", "message_id": "wamid.1"}),
        Call("POST", f"/{PHONE}/media", body={"to": "1"}),
        Call("GET", f"/{PHONE}/messages"),
    ],
)
def test_what_is_no_message_is_not_counted_as_one(call: Call) -> None:
    assert len(WhatsApp("1").limits(call, None)) == 2
