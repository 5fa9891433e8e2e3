"""The contract of ads: refused until a backend says otherwise; and nothing spends unasked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from socialcommerce import Client
from socialcommerce.backends import Request, Response
from socialcommerce.backends.base import Backend
from socialcommerce.errors import InvalidRequest, PolicyViolation, Unsupported
from socialcommerce.models import (
    AdInput,
    AudienceInput,
    AudienceMember,
    CampaignInput,
    Consent,
    ConversionEvent,
    LaunchPlan,
    Media,
    Ref,
)
from socialcommerce.models.ads import AdGroupInput
from socialcommerce.resources.ads import Ads, SyncAds
from socialcommerce.resources.ads_levels import confirm_spending
from socialcommerce.runtime.session import Session

DAY = date(2025, 11, 1)
MOMENT = datetime(2025, 11, 1, tzinfo=UTC)
CONSENT = Consent(source="checkout", obtained_at=MOMENT, purposes=["ads"])
MEMBER = AudienceMember(email="a@example.com")
EVENT = ConversionEvent(
    type="lead", event_id="1", occurred_at=MOMENT, source="p", action_source="website", person=MEMBER
)


class Nothing(Backend):
    """A platform that offers nothing."""

    name = "nothing"


def never(request: Request) -> Response:
    raise AssertionError("a refused operation sent something")


OPERATIONS: dict[str, Callable[[SyncAds], Any]] = {
    "check": lambda ads: ads.check(CampaignInput()),
    "launch": lambda ads: ads.launch(LaunchPlan(campaign=CampaignInput())),
    "creatives": lambda ads: ads.creatives().collect(),
    "upload_media": lambda ads: ads.upload_media(Media.from_id("1")),
    "report": lambda ads: ads.report("account", DAY, DAY),
    "suggest": lambda ads: ads.suggest("bid"),
    "products": lambda ads: ads.products("1").collect(),
    "campaigns.list": lambda ads: ads.campaigns.list().collect(),
    "campaigns.get": lambda ads: ads.campaigns.get("1"),
    "campaigns.create": lambda ads: ads.campaigns.create(CampaignInput()),
    "campaigns.update": lambda ads: ads.campaigns.update("1", budget=None),
    "campaigns.set_status": lambda ads: ads.campaigns.set_status("1", "paused"),
    "campaigns.delete": lambda ads: ads.campaigns.delete("1"),
    "ad_groups.list": lambda ads: ads.ad_groups.list().collect(),
    "ad_groups.get": lambda ads: ads.ad_groups.get("1"),
    "ad_groups.create": lambda ads: ads.ad_groups.create(AdGroupInput(name="a")),
    "ad_groups.update": lambda ads: ads.ad_groups.update("1", name="a"),
    "ad_groups.set_status": lambda ads: ads.ad_groups.set_status("1", "paused"),
    "ad_groups.delete": lambda ads: ads.ad_groups.delete("1"),
    "ads.list": lambda ads: ads.ads.list().collect(),
    "ads.get": lambda ads: ads.ads.get("1"),
    "ads.create": lambda ads: ads.ads.create(AdInput(products=[Ref(product_id="1")])),
    "ads.update": lambda ads: ads.ads.update("1", name="a"),
    "ads.set_status": lambda ads: ads.ads.set_status("1", "paused"),
    "ads.delete": lambda ads: ads.ads.delete("1"),
    "audiences.list": lambda ads: ads.audiences.list().collect(),
    "audiences.create": lambda ads: ads.audiences.create(AudienceInput(name="a", consent=CONSENT)),
    "audiences.add": lambda ads: ads.audiences.add("1", [MEMBER], consent=CONSENT),
    "audiences.remove": lambda ads: ads.audiences.remove("1", [MEMBER]),
    "audiences.replace": lambda ads: ads.audiences.replace("1", [MEMBER], consent=CONSENT),
    "audiences.delete": lambda ads: ads.audiences.delete("1"),
    "conversions.send": lambda ads: ads.conversions.send(EVENT),
    "targeting.search": lambda ads: ads.targeting.search("mugs", kind="interests").collect(),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_no_backend_claims_is_refused_before_sending(name: str) -> None:
    client = Client(Nothing(), transport=never)
    with pytest.raises(Unsupported, match=f"nothing does not support ads.{name}") as caught:
        OPERATIONS[name](client.ads)
    assert caught.value.sent == "no"


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_contract_itself_refuses_and_documents_each_operation(name: str) -> None:
    contract: Any = Ads
    *inside, method = name.split(".")
    for step in inside:
        contract = getattr(contract, step)
    assert getattr(contract, method).__doc__
    noun = contract(Session(Nothing()))
    arguments = [None] * (getattr(contract, method).__code__.co_argcount - 1)
    options = {"consent": None} if method in ("add", "replace") else {}
    with pytest.raises(Unsupported, match=f"ads.{name}"):
        getattr(noun, method)(*arguments, **options)


def test_every_operation_of_the_face_stands_here() -> None:
    listed = {name for name in Nothing().capabilities() if name.startswith("ads.")}
    assert listed == {f"ads.{name}" for name in OPERATIONS}


def test_a_create_that_spends_needs_the_word() -> None:
    noun = Ads(Session(Nothing()), "ads.launch")
    confirm_spending(noun, may_spend=True)
    with pytest.raises(PolicyViolation, match="may_spend=True") as caught:
        confirm_spending(noun, may_spend=False)
    assert (caught.value.reason, caught.value.sent, caught.value.platform) == ("may_spend", "no", "nothing")


def test_an_ad_shows_something() -> None:
    with pytest.raises(InvalidRequest, match="give a creative, or the products"):
        AdInput()
