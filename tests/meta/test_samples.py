"""Every published sample of Meta's is read by a test; here are those that belong to no noun."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.meta.wire import AD, Wire, answer

from socialcommerce.errors import (
    AuthorizationRevoked,
    PlatformUnavailable,
    RateLimited,
    SocialCommerceError,
    Unsupported,
)

SHARED = shared_path()
SAMPLES = SHARED / "samples" / "meta" if SHARED else Path()
FILES = sorted(file.stem for file in SAMPLES.glob("*.json")) if SHARED else []
pytestmark = pytest.mark.skipif(SHARED is None, reason="needs ../shared/samples/meta")
ELSEWHERE = {
    "test_auth.py": ("debug_token",),
    "test_batch.py": ("batch_response",),
    "test_conversions.py": ("capi_response",),
    "test_limits.py": ("rate_limit_headers",),
    "test_platform.py": ("error_100_blame",),
    "test_reports.py": ("insights_page",),
    "test_reports_jobs.py": ("insights_async_started", "insights_async_status"),
    "test_samples_ads.py": ("ad", "adset", "campaigns_list"),
    "test_samples_catalog.py": (
        "check_batch_status_finished",
        "check_batch_status_in_progress",
        "error_80014_catalog_batch",
        "feed_upload",
        "items_batch_request",
        "items_batch_response_nothing_accepted",
        "items_batch_response_ok",
        "items_batch_response_validation",
        "product_item_with_group",
        "product_sets_list",
    ),
    "test_samples_messaging.py": (
        "conversation_messages",
        "conversations_list",
        "error_10_2018278_outside_window",
        "error_80001_page_throttle",
        "send_message_response",
        "webhook_instagram_comment",
        "webhook_instagram_message",
        "webhook_page_echo_and_read",
        "webhook_page_feed_comment",
        "webhook_page_message",
    ),
}
"""The samples that a noun's own tests read, by their file."""
PAGES = ("catalog_products_page_first", "catalog_products_page_middle", "catalog_products_page_last")
REFUSALS: dict[str, tuple[type[SocialCommerceError], str]] = {
    "error_190_460": (AuthorizationRevoked, "190/460"),
    "error_2_transient": (PlatformUnavailable, "2"),
    "error_80004_ads_throttle": (RateLimited, "80004/2446079"),
}
HERE = (*REFUSALS, *PAGES, "token_exchange", "ig_container_status", "order_RETIRED_historical")


def decoded(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def test_no_sample_is_forgotten() -> None:
    elsewhere = [name for names in ELSEWHERE.values() for name in names]
    assert sorted([*elsewhere, *HERE]) == FILES


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file, names in ELSEWHERE.items() for name in names]
)
def test_the_named_test_reads_it(file: str, name: str) -> None:
    assert f'"{name}' in (told := (Path(__file__).parent / file).read_text()) or f"{name}.json" in told


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_the_error_that_the_sheet_names(name: str) -> None:
    kind, code = REFUSALS[name]
    wire = Wire()
    wire[f"/{AD}"] = answer(decoded(name), 400)
    with pytest.raises(kind) as caught:
        wire.meta().call("GET", f"/{AD}")
    error = caught.value
    assert (error.code, error.request_id) == (code, decoded(name)["error"]["fbtrace_id"])
    assert error.raw == decoded(name)
    assert decoded(name)["error"].get("error_user_msg", decoded(name)["error"]["message"]) in error.message


def test_the_renewed_token_is_used_from_then_on() -> None:
    wire = Wire()
    wire["/debug_token"] = decoded("debug_token")
    wire["/oauth/access_token"] = decoded("token_exchange")
    wire[f"/{AD}"] = {}
    client = wire.meta()
    token = client.auth.refresh()
    assert token.access_token.get_secret_value() == decoded("token_exchange")["access_token"]
    assert token.access_expires_at is not None
    assert token.access_expires_at.timestamp() == wire.now + decoded("token_exchange")["expires_in"]
    client.call("GET", f"/{AD}")
    assert wire.bearer(f"/{AD}") == decoded("token_exchange")["access_token"]


def test_three_pages_of_products_are_one_list() -> None:
    wire = Wire()
    wire["/2002/products"] = [decoded(name) for name in PAGES]
    found = wire.meta().catalog.list().collect()
    rows = [row for name in PAGES for row in decoded(name)["data"]]
    assert [one.id for one in found] == [row["id"] for row in rows]
    assert [one.raw for one in found] == json.loads(json.dumps(rows), parse_float=Decimal)


def test_a_container_is_read_by_call_alone_since_nothing_is_published() -> None:
    wire = Wire()
    wire["/17889615691921648"] = decoded("ig_container_status")
    answer = wire.meta().call("GET", "/17889615691921648", query={"fields": "status_code,status"})
    assert dict(answer) == decoded("ig_container_status")


def test_an_order_of_old_is_no_longer_asked_for() -> None:
    wire = Wire()
    with pytest.raises(Unsupported, match=r"orders\.get"):
        wire.meta().orders.get(decoded("order_RETIRED_historical")["id"])
    assert not wire.sent
