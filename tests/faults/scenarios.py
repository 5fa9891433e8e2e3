"""Every write of Shopee as data: what is there before, the write, and how often its effect is there after.

``arrange`` furnishes the pretend world through a client and answers what the write is about.
``act`` writes, through either client. ``count`` looks into the world, not at what a client was told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from socialcommerce import Client
from socialcommerce.models import (
    AcceptReturn,
    AdInput,
    Bid,
    Budget,
    CampaignInput,
    Delivery,
    Dispute,
    Image,
    Keyword,
    LaunchPlan,
    LineRef,
    Media,
    Money,
    OfferPartial,
    OwnCarrier,
    Pickup,
    PriceChange,
    ProductCard,
    ProductInput,
    ProductRef,
    Received,
    Ref,
    RefundOnly,
    Reject,
    StockChange,
    Targeting,
    VariantInput,
)
from socialcommerce.simulators.entities import Campaign, Order, Product, Return
from socialcommerce.simulators.market import Market, png
from socialcommerce.simulators.shopee import return_cases
from socialcommerce.simulators.shopee.push import CODES

__all__ = ["SCENARIOS", "Scenario"]

PACKAGE: Any = {"weight_g": 250, "length_mm": 300, "width_mm": 200, "height_mm": 100}
PICTURE = Media.from_bytes(png(b"\x10\x20\x30"), "image/png", name="mug.png")
EMAIL = "seller@example.com"


@frozen
class Scenario:
    """One write of a ``platform``; ``currency`` is the shop's.

    ``write`` is the request that meets the fault, as a pattern over "METHOD path"; ``step`` is its name
    among what ``PartiallyApplied`` says was done, where that is no part of the path.
    ``harmless``: asking for it again makes one and the same. ``lasting``: its token never expires.
    """

    name: str
    write: str
    act: Callable[[Any, Any], Any]
    count: Callable[[Market, Any], int]
    arrange: Callable[[Client], Any] = field(default=lambda shop: None)
    currency: str = "SGD"
    harmless: bool = False
    platform: str = "shopee"
    step: str = ""
    lasting: bool = False

    @property
    def done(self) -> str:
        """What holds the name of its step, where ``PartiallyApplied`` says that it was done."""
        return f"{self.write} {self.step}"

    @property
    def label(self) -> str:
        """Its name among the writes of all platforms."""
        return f"{self.platform}: {self.name}"


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


# -- catalog


def mug(sku: str | None = "MUG", **fields: Any) -> ProductInput:
    given: dict[str, Any] = {
        "title": "A plain white mug",
        "description": "A mug, plain and white, for tea and for coffee.",
        "categories": ["100636"],
        "media": [PICTURE],
        "package": PACKAGE,
        "variants": [VariantInput(sku=sku, quantity=5, price=sgd("10"))],
    }
    return ProductInput(**given | fields)


def shirt(*colours: str) -> ProductInput:
    variants = [
        VariantInput(sku=f"T-{colour}", quantity=3, price=sgd("10"), options={"Colour": colour})
        for colour in colours
    ]
    return mug(title="A plain cotton shirt", variants=variants)


def live(market: Market) -> list[Product]:
    return [one for one in market.default.products.values() if one.status != "deleted"]


def product(shop: Client) -> Product:
    made: Product = shop.market.add_product("MUG", 10)
    return made


def sized() -> list[VariantInput]:
    """Two colours in two sizes."""
    return [
        VariantInput(
            sku=f"T-{colour}-{size}", quantity=3, price=sgd("10"), options={"Colour": colour, "Size": size}
        )
        for colour in ("red", "blue")
        for size in ("S", "M")
    ]


def _made(shop: Client, wanted: ProductInput) -> Product:
    found: Product = shop.market.default.products[shop.catalog.create(wanted).id]
    return found


def shirt_of_two(shop: Client) -> Product:
    return _made(shop, shirt("red", "blue"))


def variants(names: set[str]) -> Callable[[Market, Product], int]:
    def count(market: Market, made: Product) -> int:
        return int({variant.sku for variant in made.variants} == names)

    return count


def _catalog() -> Iterator[Scenario]:
    yield Scenario(
        "catalog.create", "*/product/add_item", lambda shop, _: shop.catalog.create(mug()), _listed
    )
    yield Scenario(
        "catalog.create, of two inputs alike",
        "*/product/add_item",
        lambda shop, _: shop.catalog.create(mug(None)),
        lambda market, _: len(live(market)) - 1,
        arrange=lambda shop: shop.catalog.create(mug(None)),
    )
    for step in ("add_item", "init_tier_variation"):
        yield Scenario(
            f"catalog.create with variants, at {step}",
            f"*/product/{step}",
            lambda shop, _: shop.catalog.create(shirt("red", "blue")),
            _whole if step == "init_tier_variation" else _listed,
        )
    yield Scenario(
        "catalog.update",
        "*/product/update_item",
        lambda shop, one: shop.catalog.update(one.id, title="A new name for it"),
        lambda market, one: int(one.title == "A new name for it"),
        product,
    )
    for step, colours in (("add_model", ("red", "blue", "green")), ("update_tier_variation", ("red",))):
        wanted = shirt(*colours).variants
        yield Scenario(
            f"catalog.update of variants, at {step}",
            f"*/product/{step}",
            lambda shop, one, wanted=wanted: shop.catalog.update(one.id, variants=wanted),
            variants({f"T-{colour}" for colour in colours}),
            shirt_of_two,
        )
    yield Scenario(
        "catalog.update of variants, at delete_model",
        "*/product/delete_model",
        lambda shop, one: shop.catalog.update(one.id, variants=sized()[:3]),
        lambda market, one: 4 - len(one.variants),
        lambda shop: _made(shop, mug(title="A shirt in sizes", variants=sized())),
    )
    yield Scenario(
        "catalog.delete",
        "*/product/delete_item",
        lambda shop, one: shop.catalog.delete(one.id),
        lambda market, one: int(one.status == "deleted"),
        product,
    )
    yield Scenario(
        "catalog.publish",
        "*/product/unlist_item",
        lambda shop, one: shop.catalog.publish(one.id),
        lambda market, one: int(one.status == "active"),
        _unlisted,
    )
    yield Scenario(
        "catalog.unpublish",
        "*/product/unlist_item",
        lambda shop, one: shop.catalog.unpublish(one.id),
        lambda market, one: int(one.status == "unlisted"),
        product,
    )
    yield Scenario(
        "catalog.set_stock",
        "*/product/update_stock",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=25)]),
        lambda market, one: int(one.variants[0].available == 25),
        product,
    )
    yield Scenario(
        "catalog.set_stock, adding",
        "*/product/update_stock",
        lambda shop, _: shop.catalog.set_stock([StockChange(sku="MUG", quantity=5, mode="add", expected=10)]),
        lambda market, one: (one.variants[0].available - 10) // 5,
        product,
    )
    yield Scenario(
        "catalog.set_prices",
        "*/product/update_price",
        lambda shop, _: shop.catalog.set_prices([PriceChange(sku="MUG", base_price=sgd("12.50"))]),
        lambda market, one: int(one.variants[0].price == Decimal("12.5")),
        product,
    )
    yield Scenario(
        "catalog.upsert, making",
        "*/product/add_item",
        lambda shop, _: shop.catalog.upsert([mug()]),
        _listed,
    )
    yield Scenario(
        "catalog.upsert, changing",
        "*/product/update_item",
        lambda shop, _: shop.catalog.upsert([mug()]),
        lambda market, one: int(one.title == "A plain white mug"),
        product,
    )
    yield Scenario(
        "catalog.upload_media",
        "*/media_space/upload_image",
        lambda shop, _: shop.catalog.upload_media(PICTURE),
        lambda market, _: min(1, len(market.twins["shopee"].images)),  # type: ignore[attr-defined]  # a picture that nobody names is harmless
    )


def _listed(market: Market, _: Any) -> int:
    return len(live(market))


def _whole(market: Market, _: Any) -> int:
    return sum(len(one.variants) == 2 for one in live(market))


def _unlisted(shop: Client) -> Product:
    one = product(shop)
    one.status = "unlisted"
    return one


# -- orders


def order(shop: Client) -> Order:
    shop.market.add_product("MUG", 10)
    found: Order = shop.market.default.orders[shop.market.buy("MUG", 2)]
    return found


def order_of_two(shop: Client) -> Order:
    """An order of two lines: a second purchase put into the first one's parcel."""
    first = order(shop)
    shop.market.add_product("POT", 10)
    second = shop.market.default.orders.pop(shop.market.buy("POT"))
    first.lines += second.lines
    first.packages[0].contents |= {line.id: line.quantity for line in second.lines}
    return first


def two_orders(shop: Client) -> list[Order]:
    first = order(shop)
    return [first, shop.market.default.orders[shop.market.buy("MUG")]]


def on(channel: int, furnished: Callable[[Client], Order] = order) -> Callable[[Client], Order]:
    def arrange(shop: Client) -> Order:
        made = furnished(shop)
        for package in made.packages:
            package.native["channel"] = channel
        return made

    return arrange


def missed(shop: Client) -> Order:
    made = order(shop)
    shop.orders.ship(made.id)
    shop.market.default.miss_pickup(made.id)
    return made


def shipped(shop: Client) -> Order:
    made = order(shop)
    shop.orders.ship(made.id)
    shop.market.advance(timedelta(minutes=10))
    return made


def wishing_to_cancel(shop: Client) -> Order:
    made = order(shop)
    shop.market.request_cancellation(made.id)
    return made


def arranged(_: Market, one: Order) -> int:
    return sum(package.arranged is not None for package in one.packages)


def _first_line(shop: Client, one: Order) -> LineRef:
    line = shop.orders.get(one.id).lines[0]
    return LineRef(line.key, 1)


def _orders() -> Iterator[Scenario]:
    ship = "*/logistics/ship_order"
    yield Scenario("orders.ship", ship, lambda shop, one: shop.orders.ship(one.id), arranged, order)
    yield Scenario(
        "orders.ship, collected", ship, lambda shop, one: shop.orders.ship(one.id, Pickup()), arranged, order
    )
    yield Scenario(
        "orders.ship, own fleet",
        ship,
        lambda shop, one: shop.orders.ship(one.id, OwnCarrier("80015", "MY-1")),
        arranged,
        on(80015),
    )
    yield Scenario(
        "orders.ship, several",
        "*/logistics/mass_ship_order",
        lambda shop, both: shop.orders.ship([one.id for one in both]),
        lambda market, both: sum(arranged(market, one) for one in both) // 2,
        two_orders,
    )
    for step, count in (
        ("order/split_order", lambda market, found: len(found[0].packages) - 1),
        ("logistics/ship_order", lambda market, found: arranged(market, found[0])),
    ):
        yield Scenario(
            f"orders.ship of lines, at {step.partition('/')[2]}",
            f"*/{step}",
            lambda shop, found: shop.orders.ship(found[0].id, lines=[found[1]]),
            count,
            _with_first_line,
        )
    yield Scenario(
        "orders.split",
        "*/order/split_order",
        lambda shop, found: shop.orders.split(found[0].id, [[key] for key in found[1]]),
        lambda market, found: len(found[0].packages) - 1,
        _with_keys,
    )
    yield Scenario(
        "orders.split, joined again",
        "*/order/unsplit_order",
        lambda shop, found: shop.orders.split(found[0].id, [found[1]]),
        lambda market, found: 2 - len(found[0].packages),
        _split,
    )
    yield Scenario(
        "orders.label",
        "*/logistics/create_shipping_document",
        lambda shop, one: shop.orders.label(one.id),
        lambda market, one: int("document" in one.packages[0].native),
        shipped,
        harmless=True,
    )
    yield Scenario(
        "orders.cancel",
        "*/order/cancel_order",
        lambda shop, one: shop.orders.cancel(one.id, "out_of_stock"),
        lambda market, one: int(one.status == "cancelled"),
        order,
    )
    yield Scenario(
        "orders.cancel of lines",
        "*/order/cancel_order",
        lambda shop, found: shop.orders.cancel(found[0].id, "out_of_stock", lines=[found[2]]),
        lambda market, found: sum(line.cancelled + line.cancel_requested for line in found[0].lines),
        _with_first_line,
    )
    for accept, status in ((True, "cancelled"), (False, "ready")):
        yield Scenario(
            f"orders.cancellations.answer, {'accept' if accept else 'reject'}",
            "*/order/handle_buyer_cancellation",
            lambda shop, one, accept=accept: shop.orders.cancellations.answer(one.id, accept=accept),
            lambda market, one, status=status: int(one.status == status),
            wishing_to_cancel,
        )
    yield Scenario(
        "orders.note",
        "*/order/set_note",
        lambda shop, one: shop.orders.note(one.id, "fragile"),
        lambda market, one: int(one.note == "fragile"),
        order,
    )
    yield Scenario(
        "orders.update_tracking, another collection",
        "*/logistics/update_shipping_order",
        lambda shop, one: shop.orders.update_tracking(one.id, Pickup()),
        lambda market, one: int(one.packages[0].status == "arranged"),
        missed,
    )
    yield Scenario(
        "orders.update_tracking, own number",
        "*/logistics/update_tracking_status",
        lambda shop, one: shop.orders.update_tracking(one.id, OwnCarrier("90021", "BR-1")),
        lambda market, one: int(one.packages[0].tracking_number == "BR-1"),
        on(90021),
        "BRL",
    )


def _with_first_line(shop: Client) -> Any:
    made = order_of_two(shop)
    key = shop.orders.get(made.id).lines[0].key
    return made, key, LineRef(key, 1)


def _with_keys(shop: Client) -> Any:
    made = order_of_two(shop)
    return made, [line.key for line in shop.orders.get(made.id).lines]


def _split(shop: Client) -> Any:
    made, keys = _with_keys(shop)
    shop.orders.split(made.id, [[key] for key in keys])
    return made, keys


# -- returns


def request(shop: Client) -> Return:
    made = order(shop)
    shop.market.default.ship(made.id)
    found: Return = shop.market.default.returns[shop.market.request_return(made.id)]
    return found


def countered(shop: Client) -> Return:
    found = request(shop)
    return_cases.buyer_counters(shop.market.default, found, "5")
    return found


def coming_back(shop: Client) -> Return:
    found = request(shop)
    return_cases.buyer_sends_back(shop.market.twins["shopee"], shop.market.default, found)
    return found


def accepted(_: Market, found: Return) -> int:
    return int(found.status == "accepted")


def offered(_: Market, found: Return) -> int:
    return int(found.native["negotiation"]["negotiation_status"] == "PENDING_BUYER_RESPOND")


def disputed(_: Market, found: Return) -> int:
    return int(found.native["dispute"] is not None)


def _returns() -> Iterator[Scenario]:
    evidence = [PICTURE]
    reason = "50"
    decisions: list[tuple[str, str, Any, Callable[[Market, Return], int], Callable[[Client], Return]]] = [
        ("accept the return", "confirm", AcceptReturn(), accepted, request),
        ("refund only", "offer", RefundOnly(), offered, request),
        ("refund only, as the buyer offers", "accept_offer", RefundOnly(), accepted, countered),
        ("offer a part", "offer", OfferPartial(sgd("4")), offered, request),
        ("received", "confirm", Received(), accepted, coming_back),
        ("dispute", "dispute", Dispute(reason, email=EMAIL, evidence=evidence), disputed, request),
        ("reject", "dispute", Reject(reason, evidence=evidence, native={"email": EMAIL}), disputed, request),
    ]
    for name, step, decision, count, arrange in decisions:
        yield Scenario(
            f"orders.returns.decide, {name}",
            f"*/returns/{step}",
            lambda shop, found, decision=decision: shop.orders.returns.decide(found.id, decision),
            count,
            arrange,
        )


# -- ads


def plan(**changes: Any) -> CampaignInput:
    fields: dict[str, Any] = {
        "products": [Ref(sku="MUG")],
        "budget": Budget(kind="daily", amount=sgd("20")),
        "status": "active",
    }
    return CampaignInput(**fields | changes)


def whole_shop() -> CampaignInput:
    return plan(kind="shop_gmv_max", products=[])


def by_hand(*words: str) -> Delivery:
    keywords = [Keyword(word, "exact", sgd("0.50")) for word in words]
    targeting = Targeting(keywords=keywords, placements=["search"])
    return Delivery(bid=Bid("manual", sgd("0.30")), targeting=targeting)


def campaigns(market: Market, _: Any) -> int:
    return sum(one.status != "deleted" for one in market.default.campaigns.values())


def campaign(*given: CampaignInput) -> Callable[[Client], Campaign]:
    def arrange(shop: Client) -> Campaign:
        product(shop)
        made = shop.ads.campaigns.create(given[0], may_spend=True)
        found: Campaign = shop.market.default.campaigns[made.id]
        return found

    return arrange


def _taken_out(shop: Client) -> Any:
    made, item = _with_item(shop)
    shop.ads.ads.delete(f"{made.id}:{item.id}")
    return made, item


def _with_item(shop: Client) -> Any:
    made = campaign(whole_shop())(shop)
    (item,) = shop.market.default.products.values()
    return made, item


def _out(market: Market, found: Any) -> int:
    return int(found[1].id in found[0].native["removed"])


def _in(market: Market, found: Any) -> int:
    return 1 - _out(market, found)


def _ads() -> Iterator[Scenario]:
    create, edit = "*/ads/create_manual_product_ads", "*/ads/edit_manual_product_ads"
    shop_edit, items = "*/ads/edit_gms_product_campaign", "*/ads/edit_gms_item_product_campaign"
    yield Scenario(
        "ads.campaigns.create",
        create,
        lambda shop, _: shop.ads.campaigns.create(plan(), may_spend=True),
        campaigns,
        product,
    )
    yield Scenario(
        "ads.campaigns.create, of two alike",
        create,
        lambda shop, _: shop.ads.campaigns.create(plan(), may_spend=True),
        lambda market, _: campaigns(market, _) - 1,
        campaign(plan()),
    )
    yield Scenario(
        "ads.campaigns.create, paused at once",
        edit,
        lambda shop, _: shop.ads.campaigns.create(plan(status="paused"), may_spend=True),
        lambda market, _: sum(one.status == "paused" for one in market.default.campaigns.values()),
        product,
    )
    yield Scenario(
        "ads.campaigns.create, GMV Max",
        "*/ads/create_gms_product_campaign",
        lambda shop, _: shop.ads.campaigns.create(whole_shop(), may_spend=True),
        campaigns,
        product,
    )
    yield Scenario(
        "ads.launch",
        create,
        lambda shop, _: shop.ads.launch(LaunchPlan(campaign=plan()), may_spend=True),
        campaigns,
        product,
    )
    budget = Budget(kind="daily", amount=sgd("35"))
    for name, step, given in (("", edit, plan()), (", GMV Max", shop_edit, whole_shop())):
        yield Scenario(
            f"ads.campaigns.update{name}",
            step,
            lambda shop, one: shop.ads.campaigns.update(one.id, budget=budget),
            lambda market, one: int(one.budget == 35),
            campaign(given),
        )
        yield Scenario(
            f"ads.campaigns.set_status{name}",
            step,
            lambda shop, one: shop.ads.campaigns.set_status(one.id, "paused"),
            lambda market, one: int(one.status == "paused"),
            campaign(given),
        )
    yield Scenario(
        "ads.campaigns.delete",
        edit,
        lambda shop, one: shop.ads.campaigns.delete(one.id),
        lambda market, one: int(one.status == "deleted"),
        campaign(plan()),
    )
    yield Scenario(
        "ads.ad_groups.update",
        "*/ads/edit_manual_product_ad_keywords",
        lambda shop, one: shop.ads.ad_groups.update(one.id, delivery=by_hand("mug", "cup")),
        _keywords,
        campaign(plan(delivery=by_hand("mug"))),
    )
    yield Scenario(
        "ads.ads.create",
        items,
        lambda shop, found: shop.ads.ads.create(
            AdInput(products=[Ref(product_id=found[1].id)], status="active"), may_spend=True
        ),
        _in,
        _taken_out,
    )
    yield Scenario(
        "ads.ads.set_status",
        items,
        lambda shop, found: shop.ads.ads.set_status(f"{found[0].id}:{found[1].id}", "paused"),
        _out,
        _with_item,
    )
    yield Scenario(
        "ads.ads.delete",
        items,
        lambda shop, found: shop.ads.ads.delete(f"{found[0].id}:{found[1].id}"),
        _out,
        _with_item,
    )


def _keywords(market: Market, one: Campaign) -> int:
    return int("cup" in one.native["keywords"])


# -- messaging


def talk(shop: Client) -> str:
    thread: str = shop.market.say("Is it in stock?")
    return thread


def said(market: Market, _: Any) -> int:
    return len(market.outbox)


def _messaging() -> Iterator[Scenario]:
    send = "*/sellerchat/send_message"
    yield Scenario(
        "messaging.send, text", send, lambda shop, thread: shop.messaging.send(thread, "It is!"), said, talk
    )
    yield Scenario(
        "messaging.send, the same text again",
        send,
        lambda shop, thread: shop.messaging.send(thread, "It is!"),
        lambda market, thread: said(market, thread) - 1,
        _answered,
    )
    yield Scenario(
        "messaging.send, picture",
        send,
        lambda shop, thread: shop.messaging.send(thread, Image(PICTURE)),
        said,
        talk,
    )
    yield Scenario(
        "messaging.send, product card",
        send,
        lambda shop, found: shop.messaging.send(found[0], ProductCard([ProductRef(found[1].id)])),
        said,
        lambda shop: (talk(shop), product(shop)),
    )
    yield Scenario(
        "messaging.mark_read",
        "*/sellerchat/read_conversation",
        lambda shop, thread: shop.messaging.mark_read(thread),
        lambda market, thread: int(market.default.conversations[thread].unread == 0),
        talk,
    )
    yield Scenario(
        "messaging.upload_media",
        "*/sellerchat/upload_image",
        lambda shop, _: shop.messaging.upload_media(PICTURE),
        lambda market, _: len(market.default.uploads),
    )


def _answered(shop: Client) -> str:
    thread = talk(shop)
    shop.messaging.send(thread, "It is!")
    return thread


# -- webhooks and consent


def _pushes(market: Market) -> set[int]:
    found: set[int] = market.twins["shopee"].apps[0].push_on  # type: ignore[attr-defined]  # the twin of Shopee has apps
    return found


def _silent(shop: Client) -> None:
    _pushes(shop.market).clear()


def _loud(shop: Client) -> None:
    _pushes(shop.market).update(CODES)


ORDER_STATUS = 3


def _pairs(market: Market) -> int:
    """How many pairs of tokens were ever given."""
    return len(market.twins["shopee"].authority._refresh)  # type: ignore[attr-defined]  # the twin of Shopee keeps such a book


def _consented(shop: Client) -> Any:
    url = shop.auth.authorize_url("https://seller.example.com/back")
    return shop.market.consent(url), _pairs(shop.market)


def _known_pairs(shop: Client) -> Any:
    return None, _pairs(shop.market)


def _new_pairs(market: Market, found: Any) -> int:
    return _pairs(market) - int(found[1])


def _the_rest() -> Iterator[Scenario]:
    config = "*/push/set_app_push_config"
    yield Scenario(
        "webhooks.subscribe",
        config,
        lambda shop, _: shop.webhooks.subscribe(["order.updated"]),
        lambda market, _: int(ORDER_STATUS in _pushes(market)),
        _silent,
    )
    yield Scenario(
        "webhooks.unsubscribe",
        config,
        lambda shop, _: shop.webhooks.unsubscribe(["order.updated"]),
        lambda market, _: int(ORDER_STATUS not in _pushes(market)),
        _loud,
    )
    yield Scenario(
        "auth.exchange",
        "*/auth/token/get",
        lambda shop, found: shop.auth.exchange(found[0]),
        _new_pairs,
        _consented,
    )
    yield Scenario(
        "auth.refresh",
        "*/auth/access_token/get",
        lambda shop, _: shop.auth.refresh(),
        _new_pairs,
        _known_pairs,
    )


SCENARIOS: tuple[Scenario, ...] = (
    *_catalog(),
    *_orders(),
    *_returns(),
    *_ads(),
    *_messaging(),
    *_the_rest(),
)
