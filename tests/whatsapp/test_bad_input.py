"""What is wrong with an input is said before anything is sent, and names the field and the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from tests.whatsapp.chat_scenarios import AGREED, READY, handled

from socialcommerce import Client, Consent, Media, Money, Recipient, connect, simulate
from socialcommerce.backends import WhatsApp
from socialcommerce.errors import (
    AuthenticationError,
    ConfigurationError,
    InvalidRequest,
    NotFound,
    PolicyViolation,
    SocialCommerceError,
    Unsupported,
)
from socialcommerce.models import Identity, LineRef, RefundInput
from socialcommerce.models.content import (
    Button,
    Coupon,
    Image,
    Interactive,
    OrderCard,
    ProductCard,
    ProductRef,
    QuickReplies,
    QuickReply,
    Section,
    Template,
)

Case: TypeAlias = tuple[Callable[[Any], Any], type[SocialCommerceError], str]

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # naive on purpose
WORDS = Template("order_ready", "en_US", variables={"1": "Bo"})


def shop_of() -> Client:
    """A number that somebody wrote to and ordered from."""
    shop = simulate("whatsapp")
    shop.market.add_product("TS-1", 5)
    shop.market.buy("TS-1", 2)
    handled(shop)
    return shop


def talk(shop: Any) -> str:
    return str(next(iter(shop.market.default.conversations)))


def order(shop: Any) -> str:
    return str(next(iter(shop.market.default.orders)))


def send(content: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda shop: shop.messaging.send(talk(shop), content, **options)


def made(**fields: Any) -> Callable[[Any], Any]:
    return lambda shop: shop.messaging.templates.create(READY.model_copy(update=fields))


def to_all(people: Any, words: Any = WORDS, **options: Any) -> Callable[[Any], Any]:
    given = {"consent": AGREED, "allow_paid": True} | options
    return lambda shop: shop.messaging.broadcast(people, words, **given)


def late(shop: Any) -> Any:
    shop.market.advance(timedelta(hours=25))
    return shop.messaging.send(talk(shop), "too late")


MESSAGES: dict[str, Case] = {
    "naive time": (
        lambda shop: shop.messaging.messages(talk(shop), since=NAIVE).collect(),
        InvalidRequest,
        "since",
    ),
    "nothing to say": (send([]), InvalidRequest, "contents"),
    "empty text": (send(""), InvalidRequest, "text"),
    "over-long text": (send("x" * 4097), InvalidRequest, "4096"),
    "over-long caption": (
        send(Image(Media.from_bytes(b"\x89PNG\r\n\x1a\n", "image/png"), caption="x" * 1025)),
        InvalidRequest,
        "1024",
    ),
    "a picture too large": (
        send(Image(Media.from_bytes(b"\x89PNG" + b"0" * 5_300_000, "image/png"))),
        InvalidRequest,
        "5 MB",
    ),
    "too many buttons": (
        send(QuickReplies("Size?", [QuickReply(str(one)) for one in range(11)])),
        InvalidRequest,
        "10",
    ),
    "an over-long button": (
        send(QuickReplies("Size?", [QuickReply("x" * 25)])),
        InvalidRequest,
        "2",
    ),
    "too many rows": (
        send(
            Interactive(
                "Pick",
                sections=[Section("Colours", [Button(f"Red {one}") for one in range(11)])],
                list_label="Open",
            )
        ),
        InvalidRequest,
        "10",
    ),
    "a product without SKU": (send(ProductCard([ProductRef("1")])), SocialCommerceError, "sku"),
    "a coupon of its own": (send(Coupon("SAVE10")), SocialCommerceError, "template"),
    "over-long key": (send("hi", idempotency_key="k" * 501), InvalidRequest, "idempotency_key"),
    "unknown purpose": (send("hi", purpose="fun"), InvalidRequest, "purpose"),
    "an answer to nothing": (send("hi", reply_to=7), SocialCommerceError, "reply_to"),
    "a number that is none": (
        lambda shop: shop.messaging.send("call me", "hi"),
        InvalidRequest,
        "phone number",
    ),
    "an address by mail": (
        lambda shop: shop.messaging.send(Identity(kind="email", value="a@b.example"), "hi"),
        InvalidRequest,
        "email",
    ),
    "None for a person": (lambda shop: shop.messaging.send(None, "hi"), InvalidRequest, "to"),
    "a message that was never received": (
        lambda shop: shop.messaging.send("wamid.none", "hi"),
        NotFound,
        "wamid.none",
    ),
    "a stranger": (
        lambda shop: shop.messaging.send("+1 650 555 9999", "hi"),
        PolicyViolation,
        "Template",
    ),
    "a closed window": (late, PolicyViolation, "Template"),
    "a template that may be billed": (send(WORDS), PolicyViolation, "allow_paid"),
    "a file that is not there": (
        lambda shop: shop.messaging.upload_media(Media.from_id("1")),
        InvalidRequest,
        "media",
    ),
}

TEMPLATES: dict[str, Case] = {
    "a name that is none": (made(name="Order Ready"), InvalidRequest, "name"),
    "a category that is none": (made(category="other"), InvalidRequest, "category"),
    "a variable without an example": (made(body="Hi {{2}}"), InvalidRequest, "variables"),
    "a header from this machine": (
        made(header=Media.from_bytes(b"\x89PNG", "image/png")),
        InvalidRequest,
        "header",
    ),
    "nothing to change": (
        lambda shop: shop.messaging.templates.update("1"),
        SocialCommerceError,
        "1",
    ),
    "unknown status": (
        lambda shop: shop.messaging.templates.list(status="fresh").collect(),
        InvalidRequest,
        "status",
    ),
    "a crowd that was not asked": (
        to_all([Recipient(to="16505551234")], consent=None),
        PolicyViolation,
        "consent",
    ),
    "a crowd asked for something else": (
        to_all(
            [Recipient(to="16505551234")],
            consent=Consent("shop", datetime(2026, 1, 1, tzinfo=UTC), ["ads"]),
        ),
        PolicyViolation,
        "agreed to messages",
    ),
    "a crowd that may be billed": (
        to_all([Recipient(to="16505551234")], allow_paid=False),
        PolicyViolation,
        "allow_paid",
    ),
    "plain words to many": (to_all([Recipient(to="16505551234")], "hi"), InvalidRequest, "Template"),
    "nobody to write to": (to_all([]), InvalidRequest, "give recipients"),
}

ORDERS: dict[str, Case] = {
    "naive time": (
        lambda shop: shop.orders.list(created_after=NAIVE).collect(),
        InvalidRequest,
        "created_after",
    ),
    "naive time, changes": (lambda shop: list(shop.orders.changes(since=NAIVE)), InvalidRequest, "since"),
    "unknown status": (lambda shop: shop.orders.list(status="fresh").collect(), InvalidRequest, "status"),
    "an order that was not received": (lambda shop: shop.orders.accept("wamid.9"), NotFound, "wamid.9"),
    "None for an order": (lambda shop: shop.orders.ship(None), InvalidRequest, "id"),
    "some lines alone": (
        lambda shop: shop.orders.ship(order(shop), lines=[LineRef("0", 1)]),
        SocialCommerceError,
        "lines",
    ),
    "a parcel in two": (
        lambda shop: shop.orders.split(order(shop), [["1"], ["2"]]),
        Unsupported,
        "orders.split",
    ),
    "a label": (lambda shop: shop.orders.label(order(shop)), Unsupported, "orders.label"),
    "a refund": (
        lambda shop: shop.orders.refund(
            order(shop), RefundInput(move_money=True, amount=Money("1", "USD"), reason="other")
        ),
        Unsupported,
        "refund",
    ),
    "an order card without a status": (send(OrderCard("wamid.9")), InvalidRequest, "status"),
    "ads": (lambda shop: shop.ads.campaigns.list().collect(), Unsupported, "ads"),
    "no cursor at all": (lambda shop: shop.orders.list(cursor="page 2").collect(), InvalidRequest, "cursor"),
    "unknown event": (
        lambda shop: shop.webhooks.subscribe(["order.exploded"]),
        SocialCommerceError,
        "exploded",
    ),
    "an event without an address": (
        lambda shop: shop.webhooks.subscribe(["message.received"], endpoint="nowhere"),
        ConfigurationError,
        "callback_urls",
    ),
}


def nothing_goes_out(request: Any) -> Any:
    raise AssertionError(f"{request} was sent")


def alone(**settings: Any) -> Client:
    return Client(WhatsApp(**settings), transport=nothing_goes_out)


CREDENTIALS: dict[str, Case] = {
    "unknown setting": (lambda _: connect("whatsapp", key="1"), ConfigurationError, "app_id"),
    "a version that is none": (lambda _: WhatsApp(api_version="v26"), ConfigurationError, "api_version"),
    "no token": (
        lambda _: alone(waba_id="1").messaging.templates.list().collect(),
        AuthenticationError,
        "authorize_url",
    ),
    "no account": (
        lambda _: alone(access_token="t").messaging.templates.list().collect(),
        ConfigurationError,
        "waba_id",
    ),
    "no number": (
        lambda _: alone(access_token="t").messaging.send("16505551234", "hi"),
        ConfigurationError,
        "phone_number_id",
    ),
    "no catalogue, and nothing that has one": (
        lambda _: alone(access_token="t").catalog.list().collect(),
        ConfigurationError,
        "waba_id",
    ),
    "a login without its configuration": (
        lambda shop: shop.auth.authorize_url("https://a.example.com"),
        InvalidRequest,
        "config_id",
    ),
    "permissions of a login": (
        lambda shop: shop.auth.authorize_url("https://a.example.com", scopes=["x"]),
        Unsupported,
        "config_id",
    ),
    "a return that is forged": (
        lambda shop: shop.auth.exchange({"code": "c", "state": "theirs"}, state="ours"),
        AuthenticationError,
        "forged",
    ),
    "a return without a code": (lambda shop: shop.auth.exchange({}), AuthenticationError, "no code"),
}

CASES: dict[str, Case] = {
    f"{part}: {name}": case
    for part, table in (
        ("messages", MESSAGES),
        ("templates", TEMPLATES),
        ("orders", ORDERS),
        ("credentials", CREDENTIALS),
    )
    for name, case in table.items()
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_field_and_remedy_and_nothing_is_written(name: str) -> None:
    act, kind, words = CASES[name]
    with shop_of() as shop:
        with pytest.raises(kind) as caught:
            act(shop)
        assert words in str(caught.value)
        assert not [seen for seen in shop.market.requests if seen.method != "GET"]
        assert not shop.market.outbox


def test_an_empty_list_is_an_empty_result() -> None:
    with shop_of() as shop:
        for answer in (shop.orders.get([]), shop.orders.accept([]), shop.orders.ship([])):
            assert list(answer) == []
        assert shop.market.requests == []
