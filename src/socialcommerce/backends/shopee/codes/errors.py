"""Shopee's error codes, and what each means to a caller (fact sheet, 'Errors')."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from attrs import field, frozen

from socialcommerce.errors import (
    AccountRestricted,
    ApprovalRequired,
    AuthenticationError,
    AuthorizationRevoked,
    Conflict,
    InsufficientFunds,
    InvalidRequest,
    NotFound,
    NotReady,
    PermissionDenied,
    PlatformError,
    PlatformUnavailable,
    QuotaExhausted,
    RateLimited,
    TokenExpired,
)

__all__ = ["error_for"]


@frozen
class Meaning:
    """The error class of a code, with the facts that the code itself tells."""

    error: type[PlatformError]
    facts: Mapping[str, Any] = field(factory=dict)


def _means(error: type[PlatformError], *codes: str, **facts: Any) -> dict[str, Meaning]:
    return dict.fromkeys(codes, Meaning(error, facts))


_CODES: dict[str, Meaning] = {
    **_means(TokenExpired, "invalid_acceess_token", "invalid_access_token"),
    **_means(
        AuthorizationRevoked,
        "partner_shop_no_link",
        "shop_no_linked",
        "merchant_no_linked",
        "user_no_linked",
        "shop_access_expired",
        "merchant_access_expired",
        "refresh_token_expired",
        "error_shop_refresh_token",
        "error_merchant_refresh_token",
    ),
    **_means(
        AuthenticationError,
        "error_sign",
        "error_auth",
        "invalid_code",
        "invalid_shop_id",
        "invalid_main_acount_id",
        "invalid_partner_id",
        "error_partner_key_expired",
    ),
    **_means(AccountRestricted, "shop_banned", "user_banned", "partner_frozen", "error_ashop_api_permission"),
    **_means(AccountRestricted, "invalid_status", "in_holiday_mode", "status_not_normal"),
    **_means(ApprovalRequired, "error_kyc_auth"),
    **_means(PermissionDenied, "error_api_permission", "error_api_call_restricted", kind="app_category"),
    **_means(PermissionDenied, "error_permission", kind="scope"),
    **_means(PermissionDenied, "source_ip_undeclared", kind="ip"),
    **_means(PermissionDenied, "api_suspended", kind="edition"),
    **_means(RateLimited, "error_rate_limit", scope="gateway"),
    **_means(RateLimited, "exceed_shop_api", scope="shop"),
    **_means(RateLimited, "exceed_partner_api", scope="app"),
    **_means(RateLimited, "exceed_api", scope="api"),
    **_means(RateLimited, "campaign_level", scope="campaign"),
    **_means(QuotaExhausted, "error_limit"),
    **_means(
        PlatformUnavailable,
        "error_network",
        "error_inner",
        "error_server",
        "error_system_busy",
        "system_busy",
        "internal_error",
    ),
    **_means(
        NotFound,
        "error_not_found",
        "error_item_not_found",
        "order_not_found",
        "order_not_exist",
        "package_not_exist",
        "return_not_found",
    ),
    **_means(
        Conflict,
        "cancel_order_invalid_status",
        "order_status_invalid",
        "order_status_error",
        "package_already_shipped",
        "invalid_action",
        "order.error_limit",
        "error_return_status",
        "error_negotiation_status",
        "error_ongoing_dispute",
        "error_no_buyer_offer",
        "error_archived_order_update",
        "order_cannot_split",
        "order_has_been_split",
        "order_cannot_undo_split",
        reason="state",
    ),
    **_means(NotReady, "download_later", "package_can_not_print"),
    **_means(
        InvalidRequest,
        "error_param",
        "order_list_invalid_time",
        "time_period_too_large",
        "error_invalid_price",
        "error_invalid_category",
        "error_invalid_language",
        "error_duplicate_modelid",
        "error_tier_index",
        "batch_api_all_failed",
    ),
    **_means(InsufficientFunds, "insufficient_balance", "no_balance"),
}

_MESSAGES: tuple[tuple[str, re.Pattern[str], Meaning], ...] = (
    ("error_auth", re.compile(r"invalid access.?token", re.I), Meaning(TokenExpired)),
    ("error_param", re.compile(r"being allocated", re.I), Meaning(NotReady)),
    ("error_param", re.compile(r"timestamp", re.I), Meaning(NotReady)),
    ("error_data", re.compile(r"parse data failed", re.I), Meaning(PlatformUnavailable)),
    ("", re.compile(r"promotion", re.I), Meaning(Conflict, {"reason": "promotion"})),
    ("", re.compile(r"reference.?id", re.I), Meaning(Conflict, {"reason": "duplicate"})),
    ("error_param", re.compile(r"(not exist|not found|cannot find)", re.I), Meaning(NotFound)),
)
"""The same code serves many meanings, so some are told by the message; first match wins."""

_GROUPS: tuple[tuple[str, Meaning], ...] = (
    ("ads.rate_limit.", Meaning(RateLimited, {"scope": "ads"})),
    ("ads.ads_account.", Meaning(AccountRestricted)),
    ("ads.", Meaning(InvalidRequest)),
)

_HTTP: dict[int, Meaning] = {
    401: Meaning(AuthenticationError),
    403: Meaning(AuthenticationError),
    404: Meaning(NotFound),
    429: Meaning(RateLimited, {"scope": "gateway"}),
    491: Meaning(PermissionDenied, {"kind": "app_category"}),
}

_RESET_ZONE = timezone(timedelta(hours=8))


def error_for(body: Mapping[str, Any], status: int, now: datetime | None = None) -> PlatformError:
    """The typed error of a refused reply.

    ``body`` is the envelope, empty where the reply held none; ``status`` the HTTP status.
    Code, message and status are read together, since one code has many meanings.
    """
    code = str(body.get("error") or "")
    message = str(body.get("message") or body.get("msg") or "")
    meaning = _meaning(code, message, status)
    error = meaning.error(
        message or f"HTTP {status}",
        code=code or None,
        status=status,
        request_id=body.get("request_id"),
        raw=dict(body),
        platform="shopee",
        **meaning.facts,
    )
    if isinstance(error, QuotaExhausted):
        error.resets_at = _next_reset(now or datetime.now(UTC))
    return error


def _meaning(code: str, message: str, status: int) -> Meaning:
    word = code.replace(" ", "")
    short = word.rpartition(".")[2]
    if word.endswith("error.param"):
        short = "error_param"
    for prefix, pattern, meaning in _MESSAGES:
        if (not prefix or prefix == short) and word and pattern.search(message):
            return meaning
    found = _CODES.get(word) or _CODES.get(short)
    if found is not None:
        return found
    for prefix, meaning in _GROUPS:
        if word.startswith(prefix):
            return meaning
    return _by_status(status)


def _by_status(status: int) -> Meaning:
    if status >= 500:
        return Meaning(PlatformUnavailable)
    return _HTTP.get(status, Meaning(InvalidRequest))


def _next_reset(now: datetime) -> datetime:
    """The daily cap of an app ends at midnight, UTC+8."""
    local = now.astimezone(_RESET_ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight.astimezone(UTC)
