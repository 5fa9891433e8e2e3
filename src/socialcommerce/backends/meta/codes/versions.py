"""The versions of the Graph API, and the days on which Meta retires them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

__all__ = ["ADS_SUNSETS", "DEFAULT", "NOTICE", "SUNSETS", "notice"]

DEFAULT: Final = "v26.0"

SUNSETS: Final[Mapping[str, date | None]] = {
    "v26.0": None,
    "v25.0": date(2028, 7, 29),
    "v24.0": date(2028, 2, 18),
    "v23.0": date(2027, 10, 8),
    "v22.0": date(2027, 5, 20),
    "v21.0": date(2027, 1, 21),
    "v20.0": date(2026, 9, 24),
}
"""Until when the Graph API answers a version; None where the day is not set yet."""

ADS_SUNSETS: Final[Mapping[str, date | None]] = {
    "v26.0": None,
    "v25.0": None,
    "v24.0": date(2026, 10, 6),
    "v23.0": date(2026, 6, 9),
    "v22.0": date(2026, 2, 19),
    "v21.0": date(2025, 9, 9),
    "v20.0": date(2026, 9, 24),
}
"""The same for the Marketing API, which drops versions sooner. The Conversions API follows the Graph API."""

NOTICE: Final = timedelta(days=90)
"""How long before its end a version is warned of."""


def notice(version: str, sunset: date | None, today: date) -> str | None:
    """What to tell of a version that ended or ends within ``NOTICE``; None where there is nothing to tell.

    Args:
        version: as ``v26.0``.
        sunset: the day on which it ends, None while Meta has not set one.
        today: the present day.
    """
    if sunset is None or today < sunset - NOTICE:
        return None
    if today >= sunset:
        return (
            f"Graph API {version} ended on {sunset}: calls are silently moved to the oldest live version; "
            f"set api_version={DEFAULT!r}"
        )
    return f"Graph API {version} ends on {sunset}; set api_version={DEFAULT!r} before then"
