"""Tools around ads: places, interests, devices, keywords, suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.tiktok_ads.wire import Call, Routes, wrong

__all__ = ["routes"]

routes = Routes()

REGIONS: Sequence[tuple[str, str, str, str, str, str]] = (
    ("6252001", "United States", "US", "0", "COUNTRY", "COUNTRY"),
    ("5128638", "New York", "US", "6252001", "PROVINCE", "PROVINCE"),
    ("5332921", "California", "US", "6252001", "PROVINCE", "PROVINCE"),
    ("5368361", "Los Angeles", "US", "5332921", "CITY", "CITY"),
    ("2635167", "United Kingdom", "GB", "0", "COUNTRY", "COUNTRY"),
    ("1880251", "Singapore", "SG", "0", "COUNTRY", "COUNTRY"),
    ("1643084", "Indonesia", "ID", "0", "COUNTRY", "COUNTRY"),
    ("1562822", "Vietnam", "VN", "0", "COUNTRY", "COUNTRY"),
    ("1605651", "Thailand", "TH", "0", "COUNTRY", "COUNTRY"),
)
"""Location id, name, region, parent, kind and level."""
ZIPS = ("10001", "90210")
INTERESTS = (
    ("10", "Apparel & Accessories", 1, ("10100", "10101")),
    ("10100", "Women's Clothing", 2, ()),
    ("10101", "Men's Clothing", 2, ()),
    ("11", "Beauty & Personal Care", 1, ()),
    ("17", "Food & Beverage", 1, ()),
)
ACTIONS = (
    ("1", "Fashion", "VIDEO_RELATED"),
    ("2", "Beauty", "VIDEO_RELATED"),
    ("90", "Fashion creators", "CREATOR_RELATED"),
)
LANGUAGES = (
    ("en", "English"),
    ("id", "Indonesian"),
    ("vi", "Vietnamese"),
    ("th", "Thai"),
    ("ja", "Japanese"),
)
DEVICES = (("1", "Apple", "IOS"), ("2", "iPhone 15", "IOS"), ("3", "Samsung", "ANDROID"))
VERSIONS = {"ANDROID": ("12.0", "13.0", "14.0"), "IOS": ("16.0", "17.0", "18.0")}
CARRIERS = (("310410", "AT&T", "US"), ("510010", "Telkomsel", "ID"))
BIDDED = frozenset({"TRAFFIC", "WEB_CONVERSIONS"})
ZONES = ("America/New_York", "Asia/Singapore", "Asia/Jakarta", "Europe/London", "UTC")


def _region(row: tuple[str, str, str, str, str, str]) -> dict[str, Any]:
    key, name, region, parent, kind, level = row
    below = [one[0] for one in REGIONS if one[3] == key]
    return {
        "location_id": key,
        "name": name,
        "region_code": region,
        "parent_id": parent,
        "area_type": kind,
        "level": level,
        "next_level_ids": below,
        "support_below_18": True,
    }


@routes.on("GET", "/tool/region/")
def regions(call: Call) -> Any:
    """The places that an ad group can be shown in."""
    rows = [_region(one) for one in REGIONS]
    return {"region_list": [one["location_id"] for one in rows], "region_info": rows}


@routes.on("GET", "/search/region/")
def search_regions(call: Call) -> Any:
    """Every place."""
    return {"region_list": [_region(one) | {"country_code": one[2]} for one in REGIONS]}


def _tag(keyword: str, geo_id: str, name: str, kind: str, region: str, parent: str) -> dict[str, Any]:
    return {
        "keyword": keyword,
        "targeting_type": "GEO",
        "name": name,
        "status_info": {"status": "NORMAL", "reason": ""},
        "geo": {
            "geo_id": geo_id,
            "geo_type": kind,
            "description": name,
            "region_code": region,
            "parent_id": parent,
        },
    }


@routes.on("POST", "/tool/targeting/search/")
def search(call: Call) -> Any:
    """Places by name (one keyword, loosely), or by exact names or zip codes (up to a thousand)."""
    kind, keywords = call.values["search_type"], call.values["keywords"]
    if kind == "FUZZY_SEARCH" and len(keywords) != 1:
        raise wrong("keywords: Must hold one keyword when search_type is FUZZY_SEARCH.")
    wanted, codes = call.values.get("geo_types"), call.values.get("region_codes")
    found = []
    for keyword in keywords:
        if kind == "BATCH_ZIPCODE_SEARCH":
            hits = [(f"Z{one}", one, "US", "6252001", "ZIP_CODE", "") for one in ZIPS if one == keyword]
        else:
            hits = [one for one in REGIONS if _named(one[1], keyword, kind == "FUZZY_SEARCH")]
        found += [
            _tag(keyword, one[0], one[1], one[4], one[2], one[3])
            for one in hits
            if (not wanted or one[4] in wanted) and (not codes or one[2] in codes)
        ]
    return {"targeting_tag_list": found}


def _named(name: str, keyword: str, loosely: bool) -> bool:
    left, right = name.casefold(), keyword.casefold()
    return right in left if loosely else right == left


@routes.on("POST", "/tool/targeting/info/")
def places_by_id(call: Call) -> Any:
    """Places by id."""
    ids = call.values["targeting_ids"]
    hits = [one for one in REGIONS if one[0] in ids]
    return {"targeting_tag_list": [_tag("", one[0], one[1], one[4], one[2], one[3]) for one in hits]}


@routes.on("GET", "/tool/interest_category/")
def interests(call: Call) -> Any:
    """What people are interested in."""
    shown = [
        {
            "interest_category_id": key,
            "interest_category_name": name,
            "level": level,
            "sub_category_ids": list(below),
            "placements": ["PLACEMENT_TIKTOK"],
            "special_industries": [],
        }
        for key, name, level, below in INTERESTS
    ]
    return {"interest_categories": shown}


@routes.on("GET", "/tool/action_category/")
def actions(call: Call) -> Any:
    """What people did."""
    shown = [
        {
            "action_category_id": key,
            "name": name,
            "description": name,
            "level": 1,
            "action_scene": scene,
            "sub_category_ids": [],
            "special_industries": [],
        }
        for key, name, scene in ACTIONS
    ]
    return {"action_categories": shown}


def _keyword(word: str, at: int) -> dict[str, Any]:
    number = sum(map(ord, word)) + at
    return {"keyword": word, "keyword_id": str(7 * 10**9 + number), "language": "en", "status": "EFFECTIVE"}


def _near(word: str) -> list[str]:
    return [word, f"{word} sale", f"{word} style"]


@routes.on("GET", "/tool/interest_keyword/recommend/")
def interest_keywords(call: Call) -> Any:
    """Keywords near a keyword."""
    words = _near(call.values["keyword"])[: call.values.get("limit", 50)]
    return {"recommended_keywords": [_keyword(word, at) for at, word in enumerate(words)]}


@routes.on("GET", "/tool/interest_keyword/get/")
def interest_keyword_states(call: Call) -> Any:
    """Whether keywords are still in use."""
    rows = call.values["keyword_query"]
    return {"keywords": [{"keyword_id": one["keyword_id"], "status": "EFFECTIVE"} for one in rows]}


@routes.on("GET", "/tool/hashtag/recommend/")
def hashtags(call: Call) -> Any:
    """Hashtags near keywords."""
    shown = [
        _keyword(near.replace(" ", ""), at) | {"input_keyword": word, "keyword_status": "ONLINE"}
        for word in call.values["keywords"]
        for at, near in enumerate(_near(word))
    ]
    return {"recommended_keywords": shown}


@routes.on("GET", "/tool/search_keyword/recommend/")
def search_keywords(call: Call) -> Any:
    """What people search for, near some queries."""
    near = [word for query in call.values.get("search_queries") or () for word in _near(query)]

    def show(word: str) -> dict[str, Any]:
        return {"recommended_keyword": word, "monthly_searches": 100 * len(word)}

    return call.page(near, show, 1000, "recommended_search_keywords")


@routes.on("GET", "/tool/language/")
def languages(call: Call) -> Any:
    """The languages that people use the app in."""
    return {"languages": [{"code": code, "name": name} for code, name in LANGUAGES]}


@routes.on("GET", "/tool/device_model/")
def devices(call: Call) -> Any:
    """Devices."""
    shown = [
        {
            "device_model_id": key,
            "device_model_name": name,
            "os_type": system,
            "level": "BRAND" if name != "iPhone 15" else "MODEL",
            "child_device_ids": ["2"] if name == "Apple" else [],
            "is_active": True,
        }
        for key, name, system in DEVICES
    ]
    return {"device_models": shown}


@routes.on("GET", "/tool/os_version/")
def versions(call: Call) -> Any:
    """Versions of an operating system."""
    system = call.values["os_type"]
    shown = [{"os_id": one, "os_type": system, "version": one, "name": one} for one in VERSIONS[system]]
    return {"os_versions": shown}


@routes.on("GET", "/tool/carrier/")
def carriers(call: Call) -> Any:
    """Mobile carriers by country."""
    shown = [
        {"country_code": region, "carriers": [{"carrier_id": key, "name": name, "in_use": True, "value": []}]}
        for key, name, region in CARRIERS
    ]
    return {"countries": shown}


@routes.on("GET", "/tool/timezone/")
def timezones(call: Call) -> Any:
    """Time zones of ad accounts."""
    return {"timezones": [{"timezone": name} for name in ZONES]}


@routes.on("GET", "/tool/vbo_status/")
def value_bidding(call: Call) -> Any:
    """Whether bidding on value is open to the ad account."""
    open_ = bool(call.values.get("pixel_id") or call.values.get("app_id") or call.values.get("store_id"))
    return {"vo_status": {"highest_value_status": open_, "min_roas_status": open_}}


@routes.on("POST", "/tool/bid/recommend/")
def bid(call: Call) -> Any:
    """A bid for an objective in some places; only Traffic and Website conversions have one."""
    if call.values["objective_type"] not in BIDDED:
        raise wrong("objective_type: Must be TRAFFIC or WEB_CONVERSIONS.")
    return {"bid": Decimal("0.45") if call.values["objective_type"] == "TRAFFIC" else Decimal("12.5")}
