"""Every published sample is read through the backend, none is forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.tiktok_ads.ad_scenarios import by_hand, event
from tests.tiktok_ads.wire import Wire, page
from tests.tiktok_ads.wire import campaign as campaign_row
from tests.tiktok_ads.wire import group as group_row

from socialcommerce import Client, Money
from socialcommerce.errors import (
    AuthenticationError,
    AuthorizationRevoked,
    InvalidRequest,
    PermissionDenied,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from socialcommerce.models import AdInput, Built, ExistingPost, Media

SHARED = shared_path()
SAMPLES = SHARED / "samples" / "tiktok_ads" if SHARED else Path()
FILES = sorted(file.stem for file in SAMPLES.glob("*.json")) if SHARED else []
pytestmark = pytest.mark.skipif(SHARED is None, reason="needs ../shared/samples/tiktok_ads")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAYS = (date(2026, 11, 19), date(2026, 11, 20))


def content(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def decoded(name: str) -> Any:
    return json.loads(content(name))


def played(**replies: str | list[str]) -> Wire:
    """A wire on which paths (``__`` for each slash) answer samples, several one after the other."""
    wire = Wire()
    for path, names in replies.items():
        many = [names] if isinstance(names, str) else names
        wire[f"/{path.replace('__', '/')}/"] = [decoded(name) for name in many]
    return wire


def asking(**replies: str | list[str]) -> Client:
    return played(**replies).client()


# -- campaigns, ad groups, ads


def campaigns() -> None:
    names = ["campaign_get_page1", "campaign_get_page2", "campaign_get_last"]
    found = asking(campaign__get=names).ads.campaigns.list(kind="standard").collect()
    rows = [row for name in names for row in decoded(name)["data"]["list"]]
    assert [(one.id, one.name, one.native_status) for one in found] == [
        (row["campaign_id"], row["campaign_name"], row["operation_status"]) for row in rows
    ]
    assert [one.raw for one in found] == json.loads(json.dumps(rows), parse_float=Decimal)


def no_campaigns() -> None:
    assert asking(campaign__get="campaign_get_empty").ads.campaigns.list(kind="standard").collect() == []


def campaign_made() -> None:
    made = decoded("campaign_create")["data"]
    wire = played(campaign__create="campaign_create")
    wire["/campaign/get/"] = page(made)
    found = wire.client().ads.campaigns.create(by_hand())
    assert (found.id, found.name, found.status) == ("1700000000000006", made["campaign_name"], "active")


def campaigns_switched() -> None:
    wire = played(campaign__status__update="campaign_status_update")
    ids = ["1700000000000001", "1700000000000002"]
    before = page(*(campaign_row(one, operation_status="ENABLE") for one in ids))
    wire["/campaign/get/"] = [before, page(*(campaign_row(one) for one in ids))]
    assert [one.value.status for one in wire.client().ads.campaigns.set_status(ids, "paused")] == [
        "paused"
    ] * 2


def ad_groups() -> None:
    found = asking(adgroup__get="adgroup_get").ads.ad_groups.get("1700000000001001")
    row = decoded("adgroup_get")["data"]["list"][0]
    assert (found.name, found.campaign_id) == (row["adgroup_name"], row["campaign_id"])
    assert found.settings is not None


def partly_done() -> None:
    ids = ["1700000000001001", "1700000000001002"]
    wire = played(adgroup__status__update="partial_success_20001")
    wire["/adgroup/get/"] = page(*(group_row(one, operation_status="ENABLE") for one in ids))
    done, failed = wire.client().ads.ad_groups.set_status(ids, "paused")
    assert (done.ok, failed.ok) == (True, False)
    assert isinstance(failed.error, PlatformError)


def ads() -> None:
    found = asking(ad__get="ad_get").ads.ads.get("1700000000002001")
    assert (found.name, found.ad_group_id, found.delivery) == ("Video A", "1700000000001001", "delivering")
    assert isinstance(found.creative, ExistingPost)
    assert found.creative.post_id == "7500000000000000003"


def ad_made() -> None:
    wire = played(ad__create="ad_create")
    wire["/adgroup/get/"] = page(group_row("11"))
    wire["/ad/get/"] = page()
    wire["/identity/get/"] = page(
        {"identity_id": "i", "identity_type": "CUSTOMIZED_USER"}, key="identity_list"
    )
    film = Built(Media.from_id("v1", kind="video"), "Tea", "shop_now", "https://x.example")
    plan = AdInput(name="Video B", creative=film, ad_group_id="11")
    assert wire.client().ads.ads.create(plan).id == "1700000000002002"


# -- reports


def report() -> None:
    names = ["report_integrated_page1", "report_integrated_last"]
    rows = asking(report__integrated__get=names, gmv_max__store__list="campaign_get_empty").ads.report(
        "campaign", *DAYS
    )
    told = [row for name in names for row in decoded(name)["data"]["list"]]
    assert sorted(str(row.spend.amount) for row in rows if row.spend is not None) == sorted(
        one["metrics"]["spend"] for one in told
    )


def report_without_figures() -> None:
    wire = played(gmv_max__store__list="campaign_get_empty")
    sample = decoded("report_integrated_total_metrics")
    sample["data"]["page_info"]["total_page"] = 1
    wire["/report/integrated/get/"] = sample
    (row,) = wire.client().ads.report("campaign", *DAYS)
    assert (row.spend, row.conversions) == (Money("12.34", "USD"), None)


def gmv_report() -> None:
    wire = played(gmv_max__store__list="gmv_max_store_list", gmv_max__report__get="gmv_max_report")
    wire["/report/integrated/get/"] = page()
    (row,) = wire.client().ads.report("campaign", *DAYS)
    assert (row.campaign_id, row.spend, row.orders) == ("1800000000000001", Money("120.50", "USD"), 42)
    assert row.conversion_value == Money("1560.00", "USD")


# -- consent and accounts


def login() -> None:
    grants = asking(oauth2__access_token="oauth_access_token").auth.exchange(
        "https://x.example?auth_code=abc"
    )
    assert [one.subject for one in grants] == decoded("oauth_access_token")["data"]["advertiser_ids"]


def reached() -> None:
    found = asking(oauth2__advertiser__get="oauth_advertiser_get").accounts(kind="ad")
    rows = decoded("oauth_advertiser_get")["data"]["list"]
    told = [(row["advertiser_id"], row["advertiser_name"]) for row in rows]
    assert [(one.id, one.name) for one in found] == told


def account_login() -> None:
    shop = asking(tt_user__oauth2__token="tt_user_token")
    (grant,) = shop.auth.exchange("https://x.example?code=abc", slot="account")
    assert grant.subject == "_000abcDEF-business-id"
    assert "message.list.send" in grant.token.scopes


# -- messages


def conversations() -> None:
    wire = Wire()
    last = decoded("message_conversation_list") | {"data": {"conversations": [], "has_more": False}}
    wire["/business/message/conversation/list/"] = [decoded("message_conversation_list"), last]
    found = wire.client().messaging.conversations().collect()
    assert {one.id for one in found} == {"c+AbC/1==", "c+AbC/2=="}


def messages() -> None:
    found = asking(business__message__content__list="message_content_list").messaging.messages("c+AbC/1==")
    rows = decoded("message_content_list")["data"]["messages"]
    assert {one.id for one in found} == {row["message_id"] for row in rows}
    oldest = min(found, key=lambda one: one.sent_at)
    assert (oldest.text, oldest.echo) == (rows[0]["text"]["body"], False)


def sent() -> None:
    receipt = asking(
        business__message__send="message_send", business__message__content__list="message_content_list"
    ).messaging.send("c+AbC/1==", "Hi")
    assert receipt.ids == ("7500000000000000012",)


def told() -> None:
    shop = asking(event__track="event_track")
    (only,) = shop.ads.conversions.send([event(occurred_at=NOON)])
    assert only.ok


# -- what no operation of ours reads: the raw door does


def raw(path: str, name: str) -> Callable[[], None]:
    def read() -> None:
        wire = Wire()
        wire[path] = decoded(name)
        method = "POST" if path.endswith("upload/") else "GET"
        found = wire.client().call(method, path, safety="absolute")
        assert found["data"] == json.loads(content(name), parse_float=Decimal)["data"]

    return read


# -- errors and pushes


ERRORS: dict[str, type[PlatformError]] = {
    "error_40001_permission": PermissionDenied,
    "error_40002_param": InvalidRequest,
    "error_40100_rate_limit": RateLimited,
    "error_40104_no_token": AuthenticationError,
    "error_40105_bad_token": AuthorizationRevoked,
    "error_50000_system": PlatformUnavailable,
}


def refused(name: str) -> Callable[[], None]:
    def read() -> None:
        with pytest.raises(ERRORS[name]) as caught:
            asking(campaign__get=name).with_options(on_limit="raise").ads.campaigns.list(
                kind="standard"
            ).collect()
        body = decoded(name)
        assert (caught.value.code, caught.value.request_id) == (str(body["code"]), body["request_id"])

    return read


PUSHES = {
    "webhook_comment_update": ("unknown", "comment", "7500000000000000002"),
    "webhook_im_mark_read": ("message.read", "conversation", "c+AbC/1=="),
    "webhook_im_receive_image": ("message.received", "message", "7500000000000000004"),
    "webhook_im_receive_msg": ("message.received", "message", "7500000000000000001"),
    "webhook_im_send_msg_echo": ("message.sent", "message", None),
    "webhook_subscription_ad_review": ("ad.reviewed", "ad", "1700000000002001"),
    "webhook_subscription_lead": ("unknown", "lead", "7012345678901234567"),
}


def pushed(name: str) -> Callable[[], None]:
    def read() -> None:
        shop = Wire().client()
        signed = shop.webhooks.sign(content(name))
        (one,) = shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body).events
        kind, about, number = PUSHES[name]
        assert (one.type, one.ref.kind, number or one.ref.id) == (kind, about, one.ref.id)

    return read


READERS: dict[str, Callable[[], None]] = {
    **dict.fromkeys(("campaign_get_page1", "campaign_get_page2", "campaign_get_last"), campaigns),
    "campaign_get_empty": no_campaigns,
    "campaign_create": campaign_made,
    "campaign_status_update": campaigns_switched,
    "adgroup_get": ad_groups,
    "partial_success_20001": partly_done,
    "ad_get": ads,
    "ad_create": ad_made,
    **dict.fromkeys(("report_integrated_page1", "report_integrated_last"), report),
    "report_integrated_total_metrics": report_without_figures,
    **dict.fromkeys(("gmv_max_report", "gmv_max_store_list"), gmv_report),
    "oauth_access_token": login,
    "oauth_advertiser_get": reached,
    "tt_user_token": account_login,
    "message_conversation_list": conversations,
    "message_content_list": messages,
    "message_send": sent,
    "event_track": told,
    "business_comment_list": raw("/business/comment/list/", "business_comment_list"),
    "catalog_product_get": raw("/catalog/product/get/", "catalog_product_get"),
    "catalog_product_upload": raw("/catalog/product/upload/", "catalog_product_upload"),
    **{name: refused(name) for name in ERRORS},
    **{name: pushed(name) for name in PUSHES},
}


def test_no_sample_is_forgotten() -> None:
    assert sorted(READERS) == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_sample_is_read(name: str) -> None:
    READERS[name]()
