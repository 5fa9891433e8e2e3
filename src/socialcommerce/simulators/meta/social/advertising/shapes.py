"""What objects inside parameters look like, and the one place that holds them to it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.meta.social.advertising.budgets import refused
from socialcommerce.simulators.meta.social.advertising.state import decoded

__all__ = ["SHAPES", "shaped"]

ID = (str, int)
NUMBER = (int, float, Decimal)
LIST: list[Any] = []
MEDIA = {"image_hash": str, "video_id": ID, "link": str}
PART = {**MEDIA, "message": str, "call_to_action": {"type": str}, "child_attachments": [MEDIA]}
PEOPLE = [{"id": ID}]
PLACES = {"countries": [str], "zips": [dict], "regions": [dict], "cities": [dict]}

SHAPES: Mapping[str, Any] = {
    "targeting": {
        "geo_locations": PLACES,
        "age_min": int,
        "age_max": int,
        "genders": [int],
        "custom_audiences": PEOPLE,
        "excluded_custom_audiences": PEOPLE,
        "targeting_automation": {"advantage_audience": int},
        "messenger_positions": [str],
    },
    "promoted_object": dict.fromkeys(
        ("pixel_id", "product_set_id", "product_catalog_id", "page_id", "custom_event_type"), ID
    ),
    "bid_constraints": {"roas_average_floor": int},
    "adset_schedule": [dict],
    "attribution_spec": [{"event_type": str, "window_days": int}],
    "object_story_spec": {
        "page_id": ID,
        "instagram_user_id": ID,
        **dict.fromkeys(("link_data", "photo_data", "video_data", "template_data", "text_data"), PART),
        "product_data": dict,
    },
    "creative": {"creative_id": ID, "object_story_id": str, "product_set_id": ID, "name": str},
    "rename_options": dict.fromkeys(("rename_strategy", "rename_prefix", "rename_suffix"), str),
    "filtering": [{"field": str, "operator": str}],
    "effective_status": [str],
    "location_types": [str],
    "lookalike_spec": {"ratio": NUMBER, "type": str, "country": str},
    "rule": {"inclusions": dict},
    "payload": {"schema": (str, list), "data": LIST},
    "session": {"session_id": ID, "batch_seq": int, "last_batch_flag": bool},
    "targeting_list": [{"id": ID}],
    "time_range": {"since": str, "until": str},
    "time_ranges": [{"since": str, "until": str}],
    "event": {
        "event_name": str,
        "event_time": ID,
        "event_id": str,
        "action_source": str,
        "user_data": dict,
        "custom_data": {"currency": str, "value": (*NUMBER, str), "contents": [{"id": ID}]},
    },
}
"""A type (or several), ``{name: shape}`` for the known parts of an object, or ``[shape]`` for a list."""


def shaped(name: str, value: Any, where: str = "") -> Any:
    """The value of a parameter, decoded, if it has the shape of that name; else the refusal."""
    found = decoded(value, where or name)
    _check(found, SHAPES[name], where or name)
    return found


def _check(value: Any, shape: Any, where: str) -> None:
    if isinstance(shape, dict):
        _must(isinstance(value, dict), where, "an object")
        for name, inner in shape.items():
            if value.get(name) is not None:
                _check(value[name], inner, f"{where}[{name}]")
    elif isinstance(shape, list):
        _must(isinstance(value, list), where, "an array")
        for at, one in enumerate(value if shape else ()):
            _check(one, shape[0], f"{where}[{at}]")
    else:
        flag = isinstance(value, bool) and shape is not bool
        _must(isinstance(value, shape) and not flag, where, "of another type")


def _must(fits: bool, where: str, what: str) -> None:
    if not fits:
        raise refused("Invalid parameter", f"{where} must be {what}.", where.partition("[")[0])
