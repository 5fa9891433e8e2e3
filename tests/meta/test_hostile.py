"""Whatever Meta sends, pushes or answers: what it means, or one of the library's errors; never another."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.meta.ads_scenarios import group, plan
from tests.meta.wire import AD, BUSINESS, CATALOG, PAGE, WABA, Wire, answer

from socialcommerce import Client, simulate
from socialcommerce.backends import Request, Response
from socialcommerce.errors import SocialCommerceError, WebhookError
from socialcommerce.models.base import Model

MANY = settings(max_examples=int(os.environ.get("WEBHOOK_EXAMPLES", "150")), deadline=None)
SOME = settings(max_examples=60, deadline=None)
CLIENTS = {"meta": Wire().meta(instagram_id="7007"), "whatsapp": Wire().whatsapp()}
OBJECTS = {
    "meta": ["page", "instagram", "ad_account", "product_catalog", "user", "application"],
    "whatsapp": ["whatsapp_business_account"],
}
platforms = pytest.mark.parametrize("platform", CLIENTS)

text = st.text(max_size=8)
wild = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | text
    | st.sampled_from(["0", "9" * 400, 10**400, -(10**18), "\ud800", "{}", "[]", "null", "$1", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=10,
)


# -- pushes

PUSHED = st.dictionaries(
    st.sampled_from(
        ["sender", "recipient", "timestamp", "message", "mid", "text", "attachments", "payload", "postback",
         "referral", "read", "delivery", "watermark", "reaction", "optin", "pass_thread_control", "item",
         "verb", "comment_id", "post_id", "from", "id", "value", "field", "is_echo", "app_id", "reply_to",
         "quick_reply", "is_deleted", "mids", "metadata", "messages", "statuses", "contacts", "type"]
    ),
    wild,
    max_size=6,
)  # fmt: skip
WHO = st.fixed_dictionaries({"id": st.sampled_from(["1", PAGE, "7007"]) | wild})
TOLD = st.fixed_dictionaries(
    {"sender": WHO, "recipient": WHO, "timestamp": st.integers(0, 10**13) | wild},
    optional={"message": PUSHED, "postback": PUSHED, "referral": PUSHED, "read": PUSHED, "reaction": PUSHED},
)
CHANGES = st.fixed_dictionaries(
    {
        "field": st.sampled_from(
            ["feed", "comments", "messages", "mentions", "leadgen", "ad_recommendations"]
        )
        | text,
        "value": PUSHED | wild,
    }
)
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from([PAGE, "7007", WABA]) | wild},
        optional={
            "time": wild,
            "messaging": st.lists(TOLD | PUSHED | wild, max_size=3) | wild,
            "standby": st.lists(TOLD, max_size=2),
            "changes": st.lists(CHANGES | wild, max_size=3) | wild,
        },
    )
    | wild,
    max_size=3,
)


def received(platform: str, headers: Any, body: Any) -> Any:
    try:
        return CLIENTS[platform].webhooks.receive(method="POST", headers=headers, body=body)
    except WebhookError:
        return None


def pushed(platform: str) -> st.SearchStrategy[bytes]:
    kinds = st.sampled_from(OBJECTS[platform])
    return st.fixed_dictionaries({"object": kinds, "entry": ENTRIES | wild}).map(
        lambda push: json.dumps(push).encode()
    )


@platforms
@MANY
@given(data=st.data())
def test_a_signed_push_is_events_that_can_be_handled_or_is_malformed(platform: str, data: Any) -> None:
    body = data.draw(pushed(platform))
    signed = CLIENTS[platform].webhooks.sign(body)
    receipt = received(platform, signed.headers, body)
    if receipt is None:
        return
    with receipt:
        for event in receipt.events:
            assert event.key.encode()
            assert event.model_dump_json()


@platforms
@MANY
@given(
    headers=st.dictionaries(
        st.sampled_from(["X-Hub-Signature-256", "X-Hub-Signature", "content-type"]), text | st.binary()
    ),
    body=st.binary() | text,
)
def test_unsigned_bytes_are_never_events(platform: str, headers: dict[str, Any], body: Any) -> None:
    assert received(platform, headers, body) is None


@platforms
@MANY
@given(data=st.data(), place=st.integers(0, 10**6), by=st.integers(1, 255))
def test_one_changed_byte_of_a_signed_push_is_refused(platform: str, data: Any, place: int, by: int) -> None:
    body = data.draw(pushed(platform))
    changed = bytearray(body)
    changed[place % len(body)] ^= by
    assert received(platform, CLIENTS[platform].webhooks.sign(body).headers, bytes(changed)) is None


# -- answers

WORDS = """
    id name retailer_id price sale_price currency inventory availability status effective_status
    daily_budget created_time updated_time objective targeting creative participants messages from
    message attachments unread_count components language category access_token product_group
    products errors spend impressions date_start actions fields object subscribed_fields data
    image_url url timezone_name account_status vertical scopes expires_at is_valid
"""
"""Names that replies of the Graph API hold."""
ROW = st.dictionaries(st.sampled_from(WORDS.split()), wild, max_size=8)
PAGE_OF = st.fixed_dictionaries({"data": st.lists(ROW | wild, max_size=3) | ROW | wild})
ERROR = st.fixed_dictionaries(
    {
        "error": st.dictionaries(
            st.sampled_from(["code", "message", "error_subcode", "type", "error_data"]), wild
        )
    }
)
ANSWER = PAGE_OF | ROW | ERROR | wild
USAGE = st.dictionaries(
    st.sampled_from(["x-app-usage", "x-business-use-case-usage", "x-ad-account-usage", "retry-after"]),
    wild.map(json.dumps) | text,
    max_size=2,
)
DAYS = (date(2026, 11, 19), date(2026, 11, 20))
READS: dict[str, list[Callable[[Client], Any]]] = {
    "meta": [
        lambda shop: shop.ads.campaigns.list().collect(5),
        lambda shop: shop.ads.ad_groups.get("1"),
        lambda shop: shop.ads.ads.list().collect(5),
        lambda shop: shop.ads.report("campaign", *DAYS),
        lambda shop: shop.ads.audiences.list().collect(5),
        lambda shop: shop.ads.creatives().collect(5),
        lambda shop: shop.ads.targeting.search("tea", kind="interest"),
        lambda shop: shop.messaging.messages("t_1").collect(5),
        lambda shop: shop.messaging.profile("1"),
    ],
    "whatsapp": [],
}
BOTH: list[Callable[[Client], Any]] = [
    lambda shop: shop.catalog.list().collect(5),
    lambda shop: shop.catalog.get("1"),
    lambda shop: shop.catalog.find("TS-1"),
    lambda shop: shop.catalog.stock(["TS-1"]),
    lambda shop: shop.catalog.delete("1"),
    lambda shop: shop.messaging.templates.list().collect(5),
    lambda shop: shop.messaging.conversations().collect(5),
    lambda shop: shop.store.info(),
    lambda shop: shop.accounts(),
    lambda shop: shop.auth.status(),
    lambda shop: shop.auth.refresh(),
    lambda shop: shop.webhooks.subscriptions(),
    lambda shop: shop.webhooks.health(),
]


def looked_at(found: Any) -> None:
    """Read every field of what was found: some are mapped only then."""
    for one in found if isinstance(found, list | tuple) else [found]:
        repr(one)
        if isinstance(one, Model):
            one.model_dump(warnings=False)


class Hostile(Wire):
    """A Graph API that gives the same answer to everything, whatever was asked."""

    def __init__(self, reply: Response) -> None:
        super().__init__()
        self.reply = reply

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        return self.reply


@platforms
@SOME
@given(reply=ANSWER, status=st.sampled_from([200, 200, 200, 400, 403, 500]), headers=USAGE)
def test_whatever_is_answered_it_is_read_or_an_error_of_ours(
    platform: str, reply: Any, status: int, headers: dict[str, str]
) -> None:
    told = answer(reply, status)
    wire = Hostile(Response(status, {**told.headers, **headers}, told.content))
    kinds = {"business_id": BUSINESS, "catalog_id": CATALOG}
    shop = wire.meta(**kinds, ad_account_id=AD) if platform == "meta" else wire.whatsapp(**kinds)
    for read in (*BOTH, *READS[platform]):
        with suppress(SocialCommerceError):
            looked_at(read(shop))


@platforms
@pytest.mark.parametrize("given", [{"a": "token"}, ["token"], 7, True, None])
def test_a_token_that_is_no_text_is_not_kept(platform: str, given: Any) -> None:
    wire = Hostile(answer({"access_token": given, "data": {"is_valid": True}}))
    shop = wire.meta() if platform == "meta" else wire.whatsapp()
    for renewed in (
        shop.auth.refresh,
        lambda: shop.auth.exchange({"code": "c", "redirect_uri": "https://a.b"}),
    ):
        with pytest.raises(SocialCommerceError) as caught:
            renewed()
        assert "'a': 'token'" not in repr(caught.value)
    told = "user-token" if platform == "meta" else "business-token"
    wire.reply = answer({"id": "1"})
    shop.call("GET", "/1")
    assert wire.requests("/1")[-1].headers["Authorization"] == f"Bearer {told}"


# -- answers that are right but for one field


def odd(given: Any, place: int, value: Any) -> Any:
    """A reply in which one value, chosen by ``place``, is another."""
    leaves = list(_leaves(given))
    if not leaves:
        return value
    holder, key = leaves[place % len(leaves)]
    holder[key] = value
    return given


def _leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a reply: what holds it, and its name or number."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _leaves(inner)


def furnished(platform: str) -> Client:
    """A seller with something of everything that is read."""
    shop = simulate(platform, currency="USD")
    shop.market.add_product("TS-1", 5)
    shop.market.say("hello")
    for push in shop.market.pushes():
        with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body):
            pass
    if platform == "meta":
        made = shop.ads.campaigns.create(plan())
        shop.ads.ad_groups.create(group(made.id))
    return shop


@platforms
@SOME
@given(place=st.integers(0, 10**6), value=wild, number=st.integers(0, 10**6))
def test_one_odd_field_is_read_or_an_error_of_ours(
    platform: str, place: int, value: Any, number: int
) -> None:
    shop = furnished(platform)
    twin = shop.market.twins[platform]
    right = twin.answer

    def changed(request: Request) -> Response:
        told = right(request)
        try:
            reply = odd(json.loads(told.content), place, value)
        except ValueError:
            return told
        return Response(told.status, told.headers, json.dumps(reply).encode())

    reads = (*BOTH, *READS[platform])
    twin.answer = changed  # type: ignore[method-assign]  # of this world alone
    for read in (reads[number % len(reads)], reads[place % len(reads)]):
        with suppress(SocialCommerceError):
            looked_at(read(shop))
