"""Envelope, errors, token header, limits: what every call of the Business API has in common."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.tiktok_ads.wire import ADVERTISER, BUSINESS, Wire, campaign, page, refusal

from socialcommerce import Response, errors
from socialcommerce.backends import Call, TikTokAds
from socialcommerce.backends.tiktok.ads.codes.errors import error_for


def test_the_token_goes_into_its_header_and_never_into_the_address() -> None:
    request = TikTokAds("7", "s", advertiser_id=ADVERTISER).authorize(
        Call("GET", "/campaign/get", query={"fields": ["campaign_id"], "flag": True}), "secret-token", 0
    )
    assert request.headers["Access-Token"] == "secret-token"
    assert request.url == (
        "https://business-api.tiktok.com/open_api/v1.3/campaign/get/"
        f"?advertiser_id={ADVERTISER}&fields=%5B%22campaign_id%22%5D&flag=true"
    )


def test_a_conversation_id_keeps_its_plus() -> None:
    backend = TikTokAds("7", "s", business_id=BUSINESS)
    call = Call("GET", "/business/message/content/list/", query={"conversation_id": "c+A/1=="})
    assert "conversation_id=c%2BA%2F1%3D%3D" in backend.authorize(call, "t", 0).url
    assert f"business_id={BUSINESS}" in backend.authorize(call, "t", 0).url


def test_client_call_speaks_for_the_ad_account_with_or_without_the_version() -> None:
    wire = Wire()
    wire["/comment/list/"] = page()
    client = wire.client()
    reply = client.call(
        "GET",
        "/open_api/v1.3/comment/list",
        query={
            "search_field": "ADGROUP_ID",
            "search_value": "1",
            "start_time": "2025-11-01",
            "end_time": "2025-11-02",
        },
    )
    assert reply["data"]["list"] == []
    assert wire.query("/comment/list/")["advertiser_id"] == ADVERTISER


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (40001, errors.PermissionDenied),
        (40002, errors.InvalidRequest),
        (40050, errors.Conflict),
        (40100, errors.RateLimited),
        (40102, errors.TokenExpired),
        (40105, errors.AuthorizationRevoked),
        (40202, errors.NotReady),
        (40300, errors.NotFound),
        (40502, errors.QuotaExhausted),
        (41000, errors.PermissionDenied),
        (45678, errors.InvalidRequest),
        (50000, errors.PlatformUnavailable),
        (59999, errors.PlatformUnavailable),
    ],
)
def test_a_code_is_its_error_although_the_status_is_200(code: int, kind: type[Exception]) -> None:
    error = error_for({"code": code, "message": "why", "request_id": "r"}, 200)
    assert type(error) is kind
    assert (error.code, error.request_id, error.message) == (str(code), "r", "why")


def test_the_statuses_of_http_are_read_where_there_is_no_code() -> None:
    kinds = {status: type(error_for({}, status)) for status in (404, 429, 400, 503)}
    assert kinds == {
        404: errors.NotFound,
        429: errors.RateLimited,
        400: errors.InvalidRequest,
        503: errors.PlatformUnavailable,
    }


def test_the_caps_of_a_minute_and_a_day_say_when_they_end() -> None:
    minute = error_for({"code": 40100, "message": "Too many requests per minute"}, 200)
    assert minute.retry_after == timedelta(minutes=5)
    day = error_for({"code": 40100, "message": "daily cap"}, 200, datetime(2025, 11, 21, 9, tzinfo=UTC))
    assert isinstance(day, errors.QuotaExhausted)
    assert day.resets_at == datetime(2025, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "name",
    [
        "40001_permission",
        "40002_param",
        "40100_rate_limit",
        "40104_no_token",
        "40105_bad_token",
        "50000_system",
    ],
)
def test_every_published_refusal_is_read(shared: Path, name: str) -> None:
    body = json.loads((shared / f"samples/tiktok_ads/error_{name}.json").read_text())
    error = error_for(body, 200)
    assert error.code == str(body["code"])
    assert error.message == body["message"]


def test_throttling_waits_and_goes_on() -> None:
    wire = Wire()
    wire["/campaign/get/"] = [refusal(40100, "Too many requests."), page(campaign())]
    assert [one.id for one in wire.client().ads.campaigns.list(kind="standard")] == ["1"]
    assert len(wire.requests("/campaign/get/")) == 2


@pytest.mark.parametrize("content", [b"[]", b"<html>", b"{}"])
def test_a_reply_that_is_no_envelope_is_said_to_be_unreadable(content: bytes) -> None:
    wire = Wire()
    wire["/campaign/get/"] = Response(200, {}, content)
    with pytest.raises(errors.DecodeError):
        wire.client().ads.campaigns.list(kind="standard").collect()


def test_a_failing_gateway_is_the_platforms_fault() -> None:
    wire = Wire()
    wire["/campaign/get/"] = Response(502, {}, b"bad gateway")
    with pytest.raises(errors.PlatformUnavailable):
        wire.client().ads.campaigns.list(kind="standard").collect()


def test_what_counts_apart_draws_from_buckets_of_its_own() -> None:
    backend = TikTokAds("7", "s")
    limits = backend.services["advertiser"].limits
    assert [one.key for one in limits(Call("GET", "/campaign/get/"), None)] == ["tiktok_ads:7"]
    assert [one.rate for one in limits(Call("POST", "/ad/create/"), None)] == [2.5, 10.0]
    assert len(limits(Call("POST", "/event/track/"), None)) == 1
    smart = Call("POST", "/smart_plus/ad/update/", body={"smart_plus_ad_id": "5"})
    assert limits(smart, None)[0].rate == 0.2


def test_settings_are_held() -> None:
    with pytest.raises(errors.ConfigurationError, match="level"):
        TikTokAds("7", "s", level="gold")
    backend = TikTokAds("7", "top-secret", access_token="hidden")
    assert "secret" not in repr(backend) + repr(backend.app)
    for thing in (backend, backend.app):
        with pytest.raises(TypeError, match="pickled"):
            thing.__reduce__()
    assert TikTokAds("7", "s", host="sandbox").host == "https://sandbox-ads.tiktok.com"


def capability(name: str) -> Any:
    return TikTokAds.capabilities()[name]


def test_what_is_refused_says_why() -> None:
    for name in (
        "auth.acquire",
        "webhooks.recover",
        "messaging.broadcast",
        "messaging.handover",
        "ads.budget at ad level",
        "ads.campaigns.create:validate_only",
    ):
        assert not capability(name)
        assert capability(name).reason
