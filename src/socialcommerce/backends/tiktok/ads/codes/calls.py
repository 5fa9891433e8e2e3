"""Facts about single calls: what speaks for whom, which show the app's secret, how often they may go."""

from __future__ import annotations

from attrs import frozen

__all__ = ["APP_CALLS", "LIMITS", "RATES", "SCOPES", "Rate"]

SCOPES: dict[str, str] = {
    "/business/": "business_id",
    "/advertiser/info/": "",
    "/bc/": "",
    "/catalog/": "",
    "/event/track/": "",
    "/oauth2/": "",
    "/store/product/get/": "",
    "/tt_user/": "",
    "/user/info/": "",
}
"""Under which name a path takes the account it speaks for; none where it names accounts in its own way.

All others take ``advertiser_id``.
"""

APP_CALLS: dict[str, tuple[tuple[str, ...], bool]] = {
    "/oauth2/advertiser/get/": (("app_id", "secret"), True),
    "/oauth2/": (("app_id", "secret"), False),
    "/tt_user/token_info/get/": (("app_id",), False),
    "/tt_user/oauth2/": (("client_id", "client_secret"), False),
    "/subscription/": (("app_id", "secret"), False),
    "/business/webhook/": (("app_id", "secret"), False),
}
"""Paths that show the app itself, under which names, and whether they need a token all the same."""

RATES: dict[str, float] = {
    "basic": 10.0,
    "advanced": 20.0,
    "premium": 30.0,
    "ultimate": 50.0,
    "sandbox": 0.5,
}
"""Calls a second of an app, by its level."""


@frozen
class Rate:
    """How often one call may go; ``apart``: it does not count among the app's others."""

    per_second: int
    per_minute: int
    apart: bool = False


LIMITS: dict[str, Rate] = {
    "/ad/create/": Rate(5, 150),
    "/report/task/create/": Rate(2, 60),
    "/gmv_max/report/get/": Rate(8, 240),
    "/catalog/product/upload/": Rate(5, 300),
    "/catalog/product/file/": Rate(5, 300),
    "/catalog/product/update/": Rate(2, 120),
    "/catalog/product/delete/": Rate(2, 120),
    "/campaign/copy/task/create/": Rate(1, 30),
    "/event/track/": Rate(1000, 600_000, apart=True),
}
"""Calls with limits of their own (2026-08)."""
