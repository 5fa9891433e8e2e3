"""A whole tree in one go: made level by level, paused, and gone on with where it stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import asdict, define, field

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.advertising.base import (
    AD_GROUPS,
    ADS,
    CAMPAIGNS,
    RULES,
    AdvertisingNoun,
    Row,
)
from socialcommerce.backends.meta.social.advertising.blocks import Place
from socialcommerce.backends.meta.social.advertising.mapping import ad, ad_group, campaign
from socialcommerce.backends.meta.social.advertising.plan import (
    ad_flaws,
    campaign_body,
    campaign_flaws,
    group_body,
    group_flaws,
)
from socialcommerce.backends.meta.social.advertising.single_ads import MetaSingleAds
from socialcommerce.errors import PartiallyApplied, SocialCommerceError
from socialcommerce.models.ads import (
    AdGroupInput,
    AdInput,
    Bid,
    CampaignInput,
    Delivery,
    Launched,
    LaunchPlan,
)
from socialcommerce.models.creatives import CatalogCreative
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.text import read_json, write_json

__all__ = ["LaunchingNoun", "plan_flaws", "spread"]


@define
class Progress:
    """What of a plan is there already: ids by the name of an ad group, by the place of an ad."""

    campaign: str | None = None
    groups: dict[str, str] = field(factory=dict)
    creatives: dict[str, str] = field(factory=dict)
    ads: dict[str, str] = field(factory=dict)

    @property
    def done(self) -> tuple[str, ...]:
        """What was made, in order."""
        made = [f"campaign {self.campaign}"] if self.campaign else []
        made += [f"ad group {one}" for one in self.groups.values()]
        made += [f"creative {one}" for one in self.creatives.values()]
        return (*made, *(f"ad {one}" for one in self.ads.values()))


# -- where each part of a plan belongs


def spread(plan: LaunchPlan) -> LaunchPlan:
    """The plan with what its campaign says of ad groups put where Meta keeps it.

    Goal, schedule and targeting of the campaign hold for every ad group that says nothing itself; so do a
    bid's amount and a target ROAS, and the whole bid where the campaign holds no budget. The set of a
    ``CatalogCreative`` is what its ad group promotes.
    """
    if not plan.ad_groups:
        return plan
    top = plan.campaign
    told = top.delivery or Delivery()
    groups = tuple(_below(plan, group, told) for group in plan.ad_groups)
    paid = top.budget is not None and top.budget.amount is not None
    bid = told.bid
    if paid and top.target_roas is not None:
        bid = Bid("target_roas")
    if bid is not None:
        bid = bid.model_copy(update={"amount": None}) if paid else None
    own = Delivery(objective=told.objective, native=told.native).model_copy(update={"bid": bid})
    above = top.model_copy(update={"delivery": own, "target_roas": None})
    return plan.model_copy(update={"campaign": above, "ad_groups": groups})


def _below(plan: LaunchPlan, group: AdGroupInput, above: Delivery) -> AdGroupInput:
    own = group.delivery or Delivery()
    parts = ("objective", "goal", "bid", "schedule", "targeting")
    told = {name: getattr(own, name) or getattr(above, name) for name in parts}
    roas = group.target_roas if group.target_roas is not None else plan.campaign.target_roas
    native = {**_shown_set(plan, group), **own.native}
    delivery = own.model_copy(update={**told, "native": native})
    return group.model_copy(update={"delivery": delivery, "target_roas": roas})


def _shown_set(plan: LaunchPlan, group: AdGroupInput) -> dict[str, Any]:
    """What an ad group promotes by the creatives of its ads."""
    sets = {
        one.creative.set
        for one in plan.ads
        if one.ad_group_id in (None, group.name) and isinstance(one.creative, CatalogCreative)
    }
    return {"promoted_object": {"product_set_id": sets.pop()}} if len(sets) == 1 else {}


def plan_flaws(plan: LaunchPlan, place: Place) -> Iterator[Flaw]:
    """Everything wrong with a tree that shows without asking Meta."""
    flaws = list(campaign_flaws(plan.campaign, place))
    yield from flaws
    above = _budget_alone(plan.campaign) if flaws else campaign_body(plan.campaign, place)
    for index, group in enumerate(plan.ad_groups):
        yield from _at(f"ad_groups.{index}", group_flaws(group, above, place))
    for index, one in enumerate(plan.ads):
        yield from _at(f"ads.{index}", ad_flaws(one, place.own))
    if plan.ads and not plan.ad_groups:
        yield Flaw("ad_groups", "are needed: an ad belongs to one")


def _budget_alone(plan: CampaignInput) -> dict[str, Any]:
    """What can be said to ad groups of a campaign that is flawed itself: whether it holds a budget."""
    if plan.budget is None or plan.budget.amount is None:
        return {}
    return {"lifetime_budget" if plan.budget.kind == "lifetime" else "daily_budget": "1"}


def _at(where: str, found: Iterator[Flaw]) -> Iterator[Flaw]:
    for flaw in found:
        yield Flaw(f"{where}.{flaw.field}", flaw.message, flaw.refusal)


# -- making it


class LaunchingNoun(AdvertisingNoun):
    """A noun that makes whole trees."""

    def begin(self, plan: LaunchPlan, resume: Any) -> Flow[Launched]:
        """Make what is not there yet of a plan; answers the tree."""
        tree = spread(plan)
        progress = _resumed(resume) if resume is not None else Progress()
        place = yield from self.place()
        RULES.hold(plan_flaws(tree, place))
        try:
            top = yield from self._campaign(tree, place, progress)
            groups = yield from self._groups(tree, top, place, progress)
            shown = yield from self._ads(tree, groups, progress)
        except SocialCommerceError as error:
            if not progress.done:
                raise
            reason = error.__cause__ if isinstance(error, PartiallyApplied) else error
            raise _stopped(tree, progress, reason) from reason
        now = self.now()
        return Launched.build(
            campaign=campaign(top, place.account, now),
            ad_groups=tuple(ad_group(one, place.account, now) for one in groups.values()),
            ads=tuple(ad(one, now) for one in shown),
        )

    def _campaign(self, tree: LaunchPlan, place: Place, progress: Progress) -> Flow[Row]:
        if progress.campaign is not None:
            return (yield from self.read_one(CAMPAIGNS, progress.campaign))
        row = yield from self.put(CAMPAIGNS, campaign_body(tree.campaign, place), place)
        progress.campaign = str(row["id"])
        return row

    def _groups(self, tree: LaunchPlan, top: Row, place: Place, progress: Progress) -> Flow[dict[str, Row]]:
        made: dict[str, Row] = {}
        for group in tree.ad_groups:
            there = progress.groups.get(group.name)
            if there is None:
                body = group_body(group, top, place)
                made[group.name] = yield from self.put(AD_GROUPS, body, place, under=str(top["id"]))
                progress.groups[group.name] = str(made[group.name]["id"])
            else:
                made[group.name] = yield from self.read_one(AD_GROUPS, there)
        return made

    def _ads(self, tree: LaunchPlan, groups: Mapping[str, Row], progress: Progress) -> Flow[list[Row]]:
        maker = MetaSingleAds(self.session, self.operation)
        made: list[Row] = []
        for index, one in enumerate(tree.ads):
            there, key = progress.ads.get(str(index)), str(index)
            if there is not None:
                made.append((yield from self.read_one(ADS, there)))
                continue

            def note(creative: str, key: str = key) -> None:
                progress.creatives[key] = creative

            group = str(_parent(one, groups)["id"])
            made.append((yield from maker.make(one, group, progress.creatives.get(key), note)))
            progress.ads[key] = str(made[-1]["id"])
        return made


def _parent(one: AdInput, groups: Mapping[str, Row]) -> Row:
    return groups[one.ad_group_id] if one.ad_group_id is not None else next(iter(groups.values()))


def _resumed(text: Any) -> Progress:
    try:
        return Progress(**read_json(str(text).encode()))
    except (ValueError, TypeError) as error:
        raise invalid(resume="is not what PartiallyApplied.resume of a launch holds") from error


def _stopped(tree: LaunchPlan, progress: Progress, reason: BaseException | None) -> PartiallyApplied:
    names = [*([] if progress.campaign else ["campaign"])]
    names += [f"ad group {one.name}" for one in tree.ad_groups if one.name not in progress.groups]
    names += [f"ad {one.name}" for index, one in enumerate(tree.ads) if str(index) not in progress.ads]
    return PartiallyApplied(
        f"{len(progress.done)} made, then: {reason}",
        done=progress.done,
        failed=tuple(names),
        resume=write_json(asdict(progress)).decode(),
    )
