"""Ads: a creative in an ad set, reviewed before it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.adsets import over
from socialcommerce.simulators.meta.social.advertising.budgets import refused
from socialcommerce.simulators.meta.social.advertising.creatives import enter
from socialcommerce.simulators.meta.social.advertising.reviews import begin
from socialcommerce.simulators.meta.social.advertising.shapes import shaped
from socialcommerce.simulators.meta.social.advertising.state import (
    SUCCESS,
    Advertising,
    Unit,
    ads_of,
    only_validated,
    unit_of,
)
from socialcommerce.simulators.meta.social.advertising.units import (
    change,
    check_name,
    kept,
    listing,
    new_status,
    rejected,
    remove,
    shape,
)

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
FEEDBACK = {"global": {"Counterfeit Goods": "Your ad may promote goods that are not genuine."}}


@shape("ad")
def show(ads: Advertising, unit: Unit) -> Mapping[str, Any]:
    """An ad's own fields."""
    shown: dict[str, Any] = {"creative": ads.creatives[unit.row["creative_id"]]}
    if ads.now() >= unit.reviewed and rejected(ads, unit):
        shown["ad_review_feedback"] = FEEDBACK
    return shown


def _creative(ads: Advertising, given: Any, keep: bool) -> str:
    """The id of the creative that a call names, or builds."""
    spec = shaped("creative", given)
    if "creative_id" not in spec:
        story = shaped("object_story_spec", spec.get("object_story_spec") or {})
        return enter(ads, {**spec, "object_story_spec": story}).id if keep else ""
    key = str(spec["creative_id"])
    if key not in ads.creatives or ads.creatives[key].data["status"] == "DELETED":
        raise refused("Creative", f"There is no creative {key}.", "creative")
    return key


@routes.edge("POST", "AdAccount", "ads", scope="ads_management")
def create(call: Call) -> Any:
    """A new ad, ACTIVE unless ``status`` is PAUSED; a review begins at once."""
    ads, row = ads_of(call), kept(call, "AdAccount", "ads")
    check_name(row)
    group = over(ads, "adset", row.pop("adset_id", None), "adset_id")
    status, keep = new_status(call), not only_validated(call)
    row["creative_id"] = _creative(ads, row.pop("creative", None), keep)
    if not keep:
        return SUCCESS
    made = ads.add("ad", group, row, status)
    begin(ads, made)
    return {"id": made.id}


@routes.edge("GET", "AdAccount", "ads")
def ads_of_account(call: Call) -> Rows:
    """Ads of the account."""
    return listing(call, "ad", ads_of(call).at("ad"))


@routes.edge("GET", "Campaign", "ads")
@routes.edge("GET", "AdSet", "ads")
def ads_below(call: Call) -> Rows:
    """Ads of a campaign or an ad set."""
    return listing(call, "ad", ads_of(call).at("ad", unit_of(call)))


@routes.node("POST", "Ad", scope="ads_management")
def update(call: Call) -> Any:
    """Change an ad; another creative has it reviewed again."""
    ads, unit = ads_of(call), unit_of(call)
    keep = not only_validated(call)
    creative = _creative(ads, call.given["creative"], keep) if "creative" in call.given else None
    answer = change(call, check_name)
    unit.row.pop("creative", None)
    if keep and creative is not None:
        unit.row["creative_id"] = creative
        begin(ads, unit)
    return answer


@routes.node("DELETE", "Ad", scope="ads_management")
def delete(call: Call) -> Any:
    """Delete an ad."""
    return remove(call)
