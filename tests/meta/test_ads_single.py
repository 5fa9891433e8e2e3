"""Ads on Meta: a creative in an ad group, gone on with where it stopped."""

from __future__ import annotations

from typing import Any

import pytest
from tests.meta.ads_wire import (
    CLICKS,
    CREATIVES,
    POST,
    SINGLE,
    AdsWire,
    ad,
    group,
    refusal,
    rows,
)

from socialcommerce import errors
from socialcommerce.models.ads import (
    AdInput,
)
from socialcommerce.models.creatives import CatalogCreative
from socialcommerce.runtime.transport import Interrupted


@pytest.fixture
def wire() -> AdsWire:
    return AdsWire()


def test_an_ad_is_a_creative_in_an_ad_group(wire: AdsWire) -> None:
    wire.nodes |= {"11": group("11"), "21": ad("21")}
    wire[CREATIVES], wire[SINGLE] = {"id": "31"}, {"id": "21"}
    wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="11", creative=POST))
    assert wire.sent_form(SINGLE) == {
        "name": "A",
        "adset_id": "11",
        "status": "PAUSED",
        "creative": {"creative_id": "31"},
    }
    assert wire.sent_form(CREATIVES)["object_story_id"] == "1001_77"
    assert wire.sent_form(CREATIVES)["name"].startswith("A ")


def test_an_ad_that_failed_goes_on_with_its_creative(wire: AdsWire) -> None:
    wire.nodes |= {"11": group("11"), "21": ad("21")}
    wire[CREATIVES] = {"id": "31"}
    wire[SINGLE] = [refusal(100, "no"), {"id": "21"}]
    plan = AdInput(name="A", ad_group_id="11", creative=POST)
    client = wire.meta()
    with pytest.raises(errors.PartiallyApplied) as failure:
        client.ads.ads.create(plan)
    assert (failure.value.done, failure.value.failed) == (("creative 31",), ("ad",))
    again = plan.model_copy(update={"native": failure.value.resume})
    assert client.ads.ads.create(again).id == "21"
    assert wire.writes().count(f"POST {CREATIVES}") == 1
    assert wire.sent_form(SINGLE)["creative"] == {"creative_id": "31"}


def test_a_lost_creative_is_found_by_a_name_that_no_other_has(wire: AdsWire) -> None:
    wire.nodes |= {"11": group("11"), "21": ad("21")}

    def creatives(request: Any) -> Any:
        if request.method == "POST":
            raise Interrupted("cut")
        return rows({"id": "30", "name": "A"}, {"id": "31", "name": wire.sent_form(CREATIVES)["name"]})

    wire[CREATIVES], wire[SINGLE] = creatives, {"id": "21"}
    wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="11", creative=POST))
    assert wire.sent_form(SINGLE)["creative"] == {"creative_id": "31"}


def test_a_lost_ad_whose_fate_nobody_can_tell_is_told_as_that(wire: AdsWire) -> None:
    wire.nodes["11"] = group("11")
    wire[CREATIVES] = {"id": "31"}
    wire[SINGLE], wire["/11/ads"] = Interrupted("cut"), Interrupted("cut")
    with pytest.raises(errors.OutcomeUnknown):
        wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="11", creative=POST))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"status": "draft"}, "ads.campaigns.create:status=draft"),
        ({"delivery": CLICKS}, "ads.ads.create:delivery"),
        ({"products": ["S"]}, "ads.ads.create:products"),
    ],
)
def test_what_an_ad_has_no_place_for_is_refused(wire: AdsWire, fields: Any, name: str) -> None:
    with pytest.raises(errors.Unsupported) as failure:
        wire.meta().ads.ads.create(AdInput(**({"name": "A", "ad_group_id": "11", "creative": POST} | fields)))
    assert failure.value.operation == name


def test_an_ad_needs_its_ad_group(wire: AdsWire) -> None:
    with pytest.raises(errors.InvalidRequest, match="ad_group_id"):
        wire.meta().ads.ads.create(AdInput(name="A", creative=POST))
    with pytest.raises(errors.NotFound):
        wire.meta().ads.ads.create(AdInput(name="A", ad_group_id="99", creative=POST))


def test_a_new_look_is_a_new_creative(wire: AdsWire) -> None:
    wire.nodes["21"] = ad("21")
    wire[CREATIVES] = {"id": "32"}
    changed = wire.meta().ads.ads.update("21", creative=CatalogCreative("998877"), name="N", status="active")
    assert wire.sent_form("/21") == {"name": "N", "status": "ACTIVE", "creative": {"creative_id": "32"}}
    assert wire.sent_form(CREATIVES)["product_set_id"] == "998877"
    assert changed.name == "N"


def test_an_update_that_stopped_half_way_goes_on(wire: AdsWire) -> None:
    wire.nodes["21"] = ad("21")
    wire[CREATIVES] = {"id": "32"}
    wire["/21"] = [ad("21"), refusal(100, "no"), ad("21"), {"success": True}, ad("21")]
    client = wire.meta()
    with pytest.raises(errors.PartiallyApplied) as failure:
        client.ads.ads.update("21", creative=POST)
    assert (failure.value.done, failure.value.failed) == (("creative 32",), ("creative",))
    client.ads.ads.update("21", resume=failure.value.resume)
    assert wire.sent_form("/21") == {"creative": {"creative_id": "32"}}
    assert wire.writes().count(f"POST {CREATIVES}") == 1
    for wrong in ("nonsense", '{"ad": "22", "body": {}}'):
        with pytest.raises(errors.InvalidRequest, match="resume"):
            client.ads.ads.update("21", resume=wrong)


def test_a_plain_change_that_fails_is_no_half_way(wire: AdsWire) -> None:
    wire["/21"] = [ad("21"), refusal(100, "no")]
    with pytest.raises(errors.InvalidRequest):
        wire.meta().ads.ads.update("21", name="N")
