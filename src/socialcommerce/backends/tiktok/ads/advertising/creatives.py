"""What an ad shows, as TikTok is told it: a post, something built, or the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.tiktok.ads.advertising.edits import EditingNoun
from socialcommerce.backends.tiktok.ads.advertising.media import MediaNoun
from socialcommerce.backends.tiktok.ads.codes.ads import CALLS_TO_ACTION
from socialcommerce.backends.tiktok.ads.noun import last_page
from socialcommerce.models.ads import AdInput, CampaignKind
from socialcommerce.models.creatives import Built, CatalogCreative, Creative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["CreativesNoun", "smart_body"]

_PAGE = 100
_AN_HOUR = 3600.0
_POSTERS = frozenset({"AUTH_CODE", "TT_USER", "BC_AUTH_TT"})
"""Identities that are TikTok accounts: only they have posts."""
_IDENTITY = ("identity_id", "identity_type", "identity_authorized_bc_id")


class CreativesNoun(MediaNoun, EditingNoun):
    """An advertising noun that writes creatives."""

    def creative_fields(self, creative: Creative, native: Mapping[str, Any]) -> Flow[dict[str, Any]]:
        """A creative in the words of ``/ad/create/``, its media uploaded, its identity looked up."""
        if isinstance(creative, CatalogCreative):
            shown: dict[str, Any] = {
                "ad_format": "CATALOG_CAROUSEL",
                "product_set_id": creative.set,
                "product_specific_type": "PRODUCT_SET",
            }
            if isinstance(creative.template, Mapping):
                shown |= creative.template
            elif creative.template is not None:
                shown["shopping_ads_video_package_id"] = creative.template
        elif isinstance(creative, ExistingPost):
            shown = {"ad_format": "SINGLE_VIDEO", "tiktok_item_id": creative.post_id}
        else:
            shown = yield from self._built(creative)
        own = {**_words(creative), **_settings(creative.native), **native}
        who = yield from self._identity(creative, own)
        return {**shown, **who, **own}

    def _built(self, creative: Built) -> Flow[dict[str, Any]]:
        medias: list[Media] = []
        for media in creative.medias:
            medias.append((yield from self.uploaded(media)))
        films = [one.id for one in medias if one.kind == "video"]
        pictures = [one.id for one in medias if one.kind == "image"]
        if len(films) > 1:
            raise invalid(creative="an ad shows one film, with a cover, or several pictures")
        fields: dict[str, Any] = {"ad_format": _format(films, pictures), "ad_text": creative.text}
        if films:
            fields["video_id"] = films[0]
        if pictures:
            fields["image_ids"] = pictures
        return fields

    def _identity(self, creative: Creative, own: Mapping[str, Any]) -> Flow[dict[str, Any]]:
        """In whose name the ad speaks: as given, else the only identity that can."""
        if "identity_type" in own:
            named = getattr(creative, "identity", None)
            return {"identity_id": named} if named else {}
        rows = yield from self.remember("identities", self._read_identities, _AN_HOUR)
        if isinstance(creative, ExistingPost):
            rows = [row for row in rows if row.get("identity_type") in _POSTERS]
        named = getattr(creative, "identity", None)
        fitting = [row for row in rows if named in (None, row.get("identity_id"))]
        if len(fitting) != 1:
            known = ", ".join(str(row.get("identity_id")) for row in rows) or "none"
            raise invalid(creative=f"say in whose name the ad speaks: identity=…, one of {known}")
        return {name: str(fitting[0][name]) for name in _IDENTITY if fitting[0].get(name)}

    def _read_identities(self) -> Flow[Sequence[Mapping[str, Any]]]:
        """Every identity of the ad account (GET /identity/get/)."""
        rows: list[Mapping[str, Any]] = []
        page, more = 1, True
        while more:
            data = yield from self.ask("GET", "/identity/get/", query={"page": page, "page_size": _PAGE})
            rows += data.get("identity_list") or ()
            page, more = page + 1, not last_page(data)
        return rows

    def ad_body(self, plan: AdInput, group_id: str, kind: CampaignKind) -> Flow[dict[str, Any]]:
        """The body that makes one ad in an ad group, for a plan without flaws."""
        assert plan.creative is not None
        fields = yield from self.creative_fields(plan.creative, plan.native)
        status = "ENABLE" if plan.status == "active" else "DISABLE"
        if kind == "auto":
            return smart_body(fields) | {
                "adgroup_id": group_id,
                "ad_name": plan.name,
                "operation_status": status,
            }
        creative = {"ad_name": plan.name, "operation_status": status, **fields}
        return {"adgroup_id": group_id, "creatives": [creative]}


def _words(creative: Creative) -> dict[str, Any]:
    cta, url = getattr(creative, "cta", None), getattr(creative, "url", None)
    fields = {"call_to_action": CALLS_TO_ACTION[cta]} if cta in CALLS_TO_ACTION else {}
    return fields | ({"landing_page_url": url} if url else {})


def _settings(native: Mapping[str, Any]) -> dict[str, Any]:
    """A creative's native settings, without the id of the ad it was read from."""
    return {name: value for name, value in native.items() if name != "id"}


def _format(films: Sequence[Any], pictures: Sequence[Any]) -> str:
    if films:
        return "SINGLE_VIDEO"
    return "SINGLE_IMAGE" if len(pictures) == 1 else "CAROUSEL_ADS"


def smart_body(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an ordinary creative as a Smart+ ad has them."""
    info = {name: fields[name] for name in ("ad_format", "tiktok_item_id", *_IDENTITY) if fields.get(name)}
    if info.get("ad_format") == "SINGLE_IMAGE":
        info["ad_format"] = "CAROUSEL_ADS"  # Smart+ knows pictures as carousels only
    if fields.get("video_id"):
        info["video_info"] = {"video_id": fields["video_id"]}
    if fields.get("image_ids"):
        info["image_info"] = [{"web_uri": one} for one in fields["image_ids"]]
    body: dict[str, Any] = {"creative_list": [{"creative_info": info}]}
    for name, field in _LISTS.items():
        if fields.get(field):
            body[name] = [{field: fields[field]}]
    catalog = {name: fields[name] for name in ("product_set_id", "product_specific_type") if name in fields}
    rest = {name: value for name, value in fields.items() if name not in _PLACED}
    return body | ({"ad_configuration": catalog} if catalog else {}) | rest


_LISTS = {
    "ad_text_list": "ad_text",
    "call_to_action_list": "call_to_action",
    "landing_page_url_list": "landing_page_url",
}
_PLACED = frozenset(
    {
        "ad_format",
        "tiktok_item_id",
        "video_id",
        "image_ids",
        "product_set_id",
        "product_specific_type",
        *_IDENTITY,
        *_LISTS.values(),
    }
)
