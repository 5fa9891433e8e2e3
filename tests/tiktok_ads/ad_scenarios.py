"""Every write of TikTok Ads as data: what is there before, and how often its effect is there after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attrs import evolve
from tests.faults.scenarios import Scenario

from socialcommerce import Client, Money
from socialcommerce.errors import PartiallyApplied
from socialcommerce.models import (
    AdGroupInput,
    AdInput,
    AudienceInput,
    AudienceMember,
    Budget,
    Built,
    CampaignInput,
    Consent,
    ConversionEvent,
    Delivery,
    LaunchPlan,
    Media,
    Targeting,
)
from socialcommerce.simulators.market import Market, png

__all__ = ["SCENARIOS", "ad", "auto", "built", "by_hand", "event", "gmv", "group", "usd"]

PICTURE = Media.from_bytes(png(b"\x10\x20\x30"), "image/png", name="mug.png")
PEOPLE = [AudienceMember(email="ann@example.com"), AudienceMember(email="bob@example.com")]
CONSENT = Consent(source="checkout", obtained_at=datetime(2025, 1, 1, tzinfo=UTC), purposes=["ads"])


def usd(amount: str) -> Money:
    return Money(amount, "USD")


def daily(amount: str) -> Budget:
    return Budget(kind="daily", amount=usd(amount))


def by_hand(**fields: Any) -> CampaignInput:
    given: dict[str, Any] = {"name": "Sale", "budget": daily("50"), "delivery": Delivery(objective="traffic")}
    return CampaignInput(**given | fields)


def auto(**fields: Any) -> CampaignInput:
    return by_hand(**{"kind": "auto", "delivery": Delivery(objective="conversions")} | fields)


def gmv(**fields: Any) -> CampaignInput:
    given: dict[str, Any] = {"kind": "shop_gmv_max", "delivery": None, "target_roas": Decimal("3.5")}
    return by_hand(**given | fields)


def group(campaign: str | None = None, **fields: Any) -> AdGroupInput:
    reach = Delivery(goal="clicks", targeting=Targeting(countries=["US"]))
    given: dict[str, Any] = {"name": "Group", "budget": daily("20"), "delivery": reach}
    return AdGroupInput(**given | fields, campaign_id=campaign)


def auto_group(campaign: str | None = None) -> AdGroupInput:
    reach = Delivery(
        goal="purchases",
        targeting=Targeting(countries=["US"]),
        native={"pixel_id": "7", "optimization_event": "SHOPPING"},
    )
    return group(campaign, budget=None, delivery=reach)


def built(shop: Client) -> Built:
    who = shop.market.default.identities[0]["identity_id"]
    return Built(PICTURE, "Buy a mug", "shop_now", "https://shop.example.com", identity=who)


def ad(shop: Client, ad_group: str | None = None, **fields: Any) -> AdInput:
    given: dict[str, Any] = {"name": "Ad", "creative": built(shop)}
    return AdInput(**given | fields, ad_group_id=ad_group)


def event(**fields: Any) -> ConversionEvent:
    given: dict[str, Any] = {
        "type": "purchase",
        "event_id": "e-1",
        "source": "PIXEL",
        "action_source": "website",
        "person": PEOPLE[0],
        "value": usd("12.50"),
        "url": "https://shop.example.com/thanks",
    }
    return ConversionEvent(**given | fields)


# -- the world before, and what of it is counted


def campaign(plan: CampaignInput) -> Callable[[Client], str]:
    return lambda shop: str(shop.ads.campaigns.create(plan, may_spend=True).id)


def ad_group(plan: CampaignInput, below: Callable[[str], AdGroupInput]) -> Callable[[Client], str]:
    return lambda shop: str(shop.ads.ad_groups.create(below(campaign(plan)(shop))).id)


def single_ad(plan: CampaignInput, below: Callable[[str], AdGroupInput]) -> Callable[[Client], str]:
    def arrange(shop: Client) -> str:
        return str(shop.ads.ads.create(ad(shop, ad_group(plan, below)(shop))).id)

    return arrange


def nodes(level: str, before: int = 0) -> Callable[[Market, Any], int]:
    def count(market: Market, _: Any) -> int:
        held = market.default.nodes.values()  # type: ignore[attr-defined]  # an advertiser's account
        return sum(one.level == level and one.operation != "DELETE" for one in held) - before

    return count


def node(wanted: Callable[[Any], bool]) -> Callable[[Market, Any], int]:
    return lambda market, key: int(wanted(market.default.nodes[key]))  # type: ignore[attr-defined]  # an advertiser's account


def switched(word: str) -> Callable[[Market, Any], int]:
    return node(lambda one: one.operation == word)


KINDS: list[tuple[str, CampaignInput, Callable[[str], AdGroupInput], str]] = [
    ("", by_hand(), group, ""),
    (", Smart+", auto(), auto_group, "smart_plus/"),
]


def _campaigns() -> Iterator[Scenario]:
    create = {"": "*/v1.3/campaign/create/", ", Smart+": "*/smart_plus/campaign/create/"}
    for name, plan, _, path in [*KINDS, (", GMV Max", gmv(), group, "")]:
        where = create.get(name, "*/campaign/gmv_max/create/")
        yield Scenario(
            f"ads.campaigns.create{name}",
            where,
            lambda shop, _, plan=plan: shop.ads.campaigns.create(plan, may_spend=True),
            nodes("campaign"),
        )
        yield Scenario(
            f"ads.campaigns.create{name}, of two alike",
            where,
            lambda shop, _, plan=plan: shop.ads.campaigns.create(plan, may_spend=True),
            nodes("campaign", 1),
            campaign(plan),
        )
        update = where.replace("create", "update")
        yield Scenario(
            f"ads.campaigns.update{name}",
            update,
            lambda shop, one: shop.ads.campaigns.update(one, budget=daily("75")),
            node(lambda one: Decimal(str(one.row["budget"])) == 75),
            campaign(plan),
        )
        for verb, act, word in (
            ("set_status", lambda shop, one: shop.ads.campaigns.set_status(one, "active"), "ENABLE"),
            ("delete", lambda shop, one: shop.ads.campaigns.delete(one), "DELETE"),
        ):
            yield Scenario(
                f"ads.campaigns.{verb}{name}", f"*/{path}campaign/status/update/", act, switched(word),
                campaign(plan),
            )  # fmt: skip
    yield Scenario(
        "ads.campaigns.create, GMV Max, at the exclusive right",
        "*/exclusive_authorization/create/",
        lambda shop, _: shop.ads.campaigns.create(gmv(), may_spend=True),
        nodes("campaign"),
    )


def _groups() -> Iterator[Scenario]:
    for name, plan, below, path in KINDS:
        yield Scenario(
            f"ads.ad_groups.create{name}",
            f"*/{path}adgroup/create/",
            lambda shop, one, below=below: shop.ads.ad_groups.create(below(one)),
            nodes("adgroup"),
            campaign(plan),
        )
        yield Scenario(
            f"ads.ad_groups.update{name}",
            f"*/{path}adgroup/update/",
            lambda shop, one: shop.ads.ad_groups.update(one, name="Other"),
            node(lambda one: one.name == "Other"),
            ad_group(plan, below),
        )
        for verb, act, word in (
            ("set_status", lambda shop, one: shop.ads.ad_groups.set_status(one, "active"), "ENABLE"),
            ("delete", lambda shop, one: shop.ads.ad_groups.delete(one), "DELETE"),
        ):
            yield Scenario(
                f"ads.ad_groups.{verb}{name}", f"*/{path}adgroup/status/update/", act, switched(word),
                ad_group(plan, below),
            )  # fmt: skip
    yield Scenario(
        "ads.ad_groups.update, budget alone",
        "*/adgroup/budget/update/",
        lambda shop, one: shop.ads.ad_groups.update(one, budget=daily("35")),
        node(lambda one: Decimal(str(one.row["budget"])) == 35),
        ad_group(by_hand(), group),
    )


def _single_ads() -> Iterator[Scenario]:
    for name, plan, below, path in KINDS:
        yield Scenario(
            f"ads.ads.create{name}",
            f"*/{path}ad/create/" if path else "*/v1.3/ad/create/",
            lambda shop, one: shop.ads.ads.create(ad(shop, one)),
            nodes("ad"),
            ad_group(plan, below),
        )
        yield Scenario(
            f"ads.ads.create{name}, of two alike",
            f"*/{path}ad/create/" if path else "*/v1.3/ad/create/",
            lambda shop, one: shop.ads.ads.create(ad(shop, one)),
            nodes("ad", 1),
            lambda shop, plan=plan, below=below: shop.ads.ads.get(single_ad(plan, below)(shop)).ad_group_id,
        )
        yield Scenario(
            f"ads.ads.update{name}",
            f"*/{path}ad/update/" if path else "*/v1.3/ad/update/",
            lambda shop, one: shop.ads.ads.update(one, name="Other"),
            node(lambda one: one.name == "Other"),
            single_ad(plan, below),
        )
        for verb, act, word in (
            ("set_status", lambda shop, one: shop.ads.ads.set_status(one, "active"), "ENABLE"),
            ("delete", lambda shop, one: shop.ads.ads.delete(one), "DELETE"),
        ):
            yield Scenario(
                f"ads.ads.{verb}{name}", f"*/{path}ad/status/update/" if path else "*/v1.3/ad/status/update/",
                act, switched(word), single_ad(plan, below),
            )  # fmt: skip


def _launch(level: str) -> Callable[[Client, Any], Any]:
    """Launch a tree; where it stops after the level was made, that is known."""

    def act(shop: Client, _: Any) -> Any:
        plan = LaunchPlan(campaign=by_hand(), ad_groups=[group()], ads=[ad(shop)])
        try:
            return shop.ads.launch(plan, may_spend=True)
        except PartiallyApplied as error:
            if level in [one.rpartition(" ")[0] for one in error.done] or error.__cause__ is None:
                return error
            raise error.__cause__ from None

    return act


def _launches() -> Iterator[Scenario]:
    for level, path in (("campaign", "campaign"), ("ad group", "adgroup"), ("ad", "ad")):
        yield Scenario(
            f"ads.launch, at {path}", f"*/v1.3/{path}/create/", _launch(level), nodes(path),
        )  # fmt: skip


# -- people and messages


def audience(shop: Client) -> str:
    plan = AudienceInput(name="Friends", members=PEOPLE[:1], consent=CONSENT)
    return str(shop.ads.audiences.create(plan).id)


def people(number: int, action: str = "") -> Callable[[Market, Any], int]:
    def count(market: Market, key: Any) -> int:
        row = market.default.audiences[key]  # type: ignore[attr-defined]  # an advertiser's account
        return int(len(row["people"]) == number)

    return count


def audiences(before: int = 0) -> Callable[[Market, Any], int]:
    return lambda market, _: len(market.default.audiences) - before  # type: ignore[attr-defined]  # an advertiser's account


def _people() -> Iterator[Scenario]:
    plan = AudienceInput(name="Friends", members=PEOPLE, consent=CONSENT)
    for step in ("file/upload", "create"):
        yield Scenario(
            f"ads.audiences.create, at {step}",
            f"*/custom_audience/{step}/",
            lambda shop, _: shop.ads.audiences.create(plan),
            audiences(),
        )
    yield Scenario(
        "ads.audiences.create, of two alike",
        "*/custom_audience/create/",
        lambda shop, _: shop.ads.audiences.create(plan),
        audiences(1),
        audience,
    )
    yield Scenario(
        "ads.audiences.create, lookalike",
        "*/custom_audience/lookalike/create/",
        lambda shop, one: shop.ads.audiences.create(
            AudienceInput(name="Alike", kind="lookalike", seed_id=one, countries=["US"])
        ),
        audiences(1),
        audience,
    )
    for verb, act, number in (
        ("add", lambda shop, one: shop.ads.audiences.add(one, PEOPLE[1:], consent=CONSENT), 2),
        ("remove", lambda shop, one: shop.ads.audiences.remove(one, PEOPLE[:1]), 0),
        ("replace", lambda shop, one: shop.ads.audiences.replace(one, PEOPLE, consent=CONSENT), 2),
    ):
        yield Scenario(
            f"ads.audiences.{verb}", "*/custom_audience/update/", act, people(number), audience,
        )  # fmt: skip
    yield Scenario(
        "ads.audiences.delete",
        "*/custom_audience/delete/",
        lambda shop, one: shop.ads.audiences.delete(one),
        lambda market, one: int(one not in market.default.audiences),  # type: ignore[attr-defined]  # an advertiser's account
        audience,
    )
    yield Scenario(
        "ads.conversions.send",
        "*/event/track/",
        lambda shop, source: shop.ads.conversions.send(event(source=source, occurred_at=shop.market.now())),
        lambda market, _: len(market.default.events),  # type: ignore[attr-defined]  # an advertiser's account
        pixel,
    )


def pixel(shop: Client) -> str:
    made = shop.call(
        "POST",
        "/pixel/create/",
        body={"pixel_name": "Shop", "advertiser_id": shop.market.default.id},
        safety="unsafe",
    )
    return str(made["data"]["pixel_code"])


def ours(market: Market, conversation: str) -> int:
    talk = market.default.conversations[conversation]
    return sum(one.author != "buyer" for one in talk.messages)


def _messages() -> Iterator[Scenario]:
    send = "*/business/message/send/"
    yield Scenario(
        "messaging.send", send, lambda shop, one: shop.messaging.send(one, "Hello"), ours,
        lambda shop: shop.market.say("Hi"),
    )  # fmt: skip
    yield Scenario(
        "messaging.send, the same again",
        send,
        lambda shop, one: shop.messaging.send(one, "Hello"),
        lambda market, one: ours(market, one) - 1,
        _said,
    )
    yield Scenario(
        "messaging.mark_read",
        send,
        lambda shop, one: shop.messaging.mark_read(one),
        lambda market, one: int(market.default.conversations[one].unread == 0),
        lambda shop: shop.market.say("Hi"),
    )


def _said(shop: Client) -> str:
    conversation = str(shop.market.say("Hi"))
    shop.messaging.send(conversation, "Hello")
    return conversation


_WRITES = (*_campaigns(), *_groups(), *_single_ads(), *_launches(), *_people(), *_messages())
SCENARIOS = tuple(
    evolve(one, platform="tiktok_ads", currency="USD", lasting=one.name.startswith("ads.")) for one in _WRITES
)
"""An advertiser's token never ends: one that does is revoked, and nothing renews it."""
