"""A whole tree in one go: made level by level, paused, and gone on with where it stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import asdict, define, field

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.tiktok.ads.advertising.ad_groups import TikTokAdGroups
from socialcommerce.backends.tiktok.ads.advertising.base import RULES, AdvertisingNoun, request_id
from socialcommerce.backends.tiktok.ads.advertising.blocks import Place
from socialcommerce.backends.tiktok.ads.advertising.campaigns import TikTokCampaigns
from socialcommerce.backends.tiktok.ads.advertising.families import AD_GROUPS, ADS, CAMPAIGNS, Known
from socialcommerce.backends.tiktok.ads.advertising.mapping import ad, ad_group, campaign, group_of_campaign
from socialcommerce.backends.tiktok.ads.advertising.plan import ad_flaws, campaign_flaws, group_flaws
from socialcommerce.backends.tiktok.ads.advertising.single_ads import TikTokSingleAds
from socialcommerce.errors import PartiallyApplied, SocialCommerceError
from socialcommerce.models.ads import AdGroupInput, AdInput, CampaignInput, Delivery, Launched, LaunchPlan
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.text import read_json, write_json

__all__ = ["LaunchingNoun", "plan_flaws", "spread"]


@define
class Progress:
    """What of a plan is there already, and the key that makes its steps safe to repeat."""

    key: str
    campaign: str | None = None
    paused: bool = True
    groups: dict[str, str] = field(factory=dict)
    ads: dict[str, str] = field(factory=dict)

    @property
    def done(self) -> tuple[str, ...]:
        """What was made, in order."""
        made = [f"campaign {self.campaign}"] if self.campaign else []
        made += [f"ad group {one}" for one in self.groups.values()]
        return (*made, *(f"ad {one}" for one in self.ads.values()))


def spread(plan: LaunchPlan) -> LaunchPlan:
    """The plan with what the campaign's delivery says of ad groups put where TikTok keeps it."""
    top = plan.campaign
    if top.kind == "shop_gmv_max" or top.delivery is None:
        return plan
    own = Delivery(objective=top.delivery.objective, native=top.delivery.native)
    groups = [_inherit(one, top.delivery) for one in plan.ad_groups]
    if not groups:
        return plan
    above = top.model_copy(update={"delivery": own})
    return plan.model_copy(update={"campaign": above, "ad_groups": tuple(groups)})


def _inherit(group: AdGroupInput, above: Delivery) -> AdGroupInput:
    own = group.delivery or Delivery()
    parts = ("goal", "bid", "schedule", "targeting")
    told = {name: getattr(own, name) or getattr(above, name) for name in parts}
    return group.model_copy(update={"delivery": own.model_copy(update=told)})


def plan_flaws(plan: LaunchPlan, place: Place) -> Iterator[Flaw]:
    """Everything wrong with a tree that shows without asking TikTok."""
    yield from campaign_flaws(plan.campaign, place)
    if plan.campaign.kind == "shop_gmv_max":
        for level in ("ad_groups", "ads"):
            if getattr(plan, level):
                yield Flaw(level, refusal="ads.ad_groups.create:gmv_max")
        return
    for index, group in enumerate(plan.ad_groups):
        yield from _at(f"ad_groups.{index}", group_flaws(group, plan.campaign.kind, place))
    for index, one in enumerate(plan.ads):
        yield from _at(f"ads.{index}", ad_flaws(one))
    if plan.ads and not plan.ad_groups:
        yield Flaw("ad_groups", "are needed: an ad belongs to one")


def _at(where: str, found: Iterator[Flaw]) -> Iterator[Flaw]:
    for flaw in found:
        yield Flaw(f"{where}.{flaw.field}", flaw.message, flaw.refusal)


class LaunchingNoun(AdvertisingNoun):
    """A noun that makes whole trees."""

    def begin(self, plan: LaunchPlan, may_spend: bool, resume: Any, key: str | None) -> Flow[Launched]:
        """Make what is not there yet of a plan; answers the tree."""
        tree = spread(plan)
        progress = _resumed(resume) if resume is not None else Progress(key or request_id(None))
        groups = TikTokAdGroups(self.session, self.operation)
        countries = yield from self._countries(groups, tree)
        RULES.hold(plan_flaws(tree, countries))
        try:
            top = yield from self._campaign(tree.campaign, progress, may_spend)
            made = yield from self._groups(groups, tree, top, progress)
            shown = yield from self._ads(tree, made, progress)
        except PartiallyApplied as error:
            progress.paused = False
            raise _stopped(tree, progress, error) from error
        except SocialCommerceError as error:
            if not progress.done:
                raise
            raise _stopped(tree, progress, error) from error
        account = yield from self.account()
        below = [ad_group(one, account) for one in made.values()]
        if top.kind == "shop_gmv_max":
            below = [group_of_campaign(top, account)]
        return Launched.build(
            campaign=campaign(top, account), ad_groups=tuple(below), ads=tuple(ad(one) for one in shown)
        )

    def _countries(self, groups: TikTokAdGroups, tree: LaunchPlan) -> Flow[Place]:
        """Where the plan is held against the rules, with every country that any part of it names."""
        place = Place((yield from self.account()), self.now())
        for group in tree.ad_groups:
            found = yield from groups.place(group.delivery, "TRAFFIC")
            place = Place(place.account, place.now, {**place.countries, **found.countries})
        return place

    def _campaign(self, plan: CampaignInput, progress: Progress, may_spend: bool) -> Flow[Known]:
        maker = TikTokCampaigns(self.session, self.operation)
        if progress.campaign is None:

            def note(made: str) -> None:
                progress.campaign = made

            return (yield from maker.make(plan, request_id(f"{progress.key}:campaign"), may_spend, note))
        known = yield from self.load_one(CAMPAIGNS.families, progress.campaign, "campaign")
        if not progress.paused:
            yield from maker.pause(known)
            progress.paused = True
        return known

    def _groups(
        self, maker: TikTokAdGroups, tree: LaunchPlan, top: Known, progress: Progress
    ) -> Flow[dict[str, Known]]:
        made: dict[str, Known] = {}
        for group in tree.ad_groups:
            there = progress.groups.get(group.name)
            if there is None:
                key = request_id(f"{progress.key}:group:{group.name}")
                made[group.name] = yield from maker.make(group, top, key)
                progress.groups[group.name] = made[group.name].id
            else:
                made[group.name] = yield from self.load_one(AD_GROUPS.families, there, "ad group")
        return made

    def _ads(self, tree: LaunchPlan, groups: Mapping[str, Known], progress: Progress) -> Flow[list[Known]]:
        maker = TikTokSingleAds(self.session, self.operation)
        made: list[Known] = []
        for index, one in enumerate(tree.ads):
            there = progress.ads.get(str(index))
            if there is None:
                made.append((yield from maker.make(one, _parent(one, groups))))
                progress.ads[str(index)] = made[-1].id
            else:
                made.append((yield from self.load_one(ADS.families, there, "ad")))
        return made


def _parent(one: AdInput, groups: Mapping[str, Known]) -> Known:
    return groups[one.ad_group_id] if one.ad_group_id is not None else next(iter(groups.values()))


def _resumed(text: Any) -> Progress:
    try:
        return Progress(**read_json(str(text).encode()))
    except (ValueError, TypeError) as error:
        raise invalid(resume="is not what PartiallyApplied.resume of a launch holds") from error


def _stopped(tree: LaunchPlan, progress: Progress, error: SocialCommerceError) -> PartiallyApplied:
    names = [*([] if progress.campaign else ["campaign"])]
    names += [f"ad group {one.name}" for one in tree.ad_groups if one.name not in progress.groups]
    names += [f"ad {one.name}" for index, one in enumerate(tree.ads) if str(index) not in progress.ads]
    if not progress.paused:
        names.insert(0, "pause")
    return PartiallyApplied(
        f"{len(progress.done)} made, then: {error}",
        done=progress.done,
        failed=tuple(names),
        resume=write_json(asdict(progress)).decode(),
    )
