"""``TikTokNoun``: what all nouns of the Business API share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from socialcommerce.backends.tiktok.ads.platform import TikTokAdsPlatform
from socialcommerce.errors import NotFound
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.call import Call, Reply
from socialcommerce.runtime.flow import Flow

__all__ = ["AdAccount", "TikTokNoun", "instant", "last_page", "number", "utc_text"]

_A_DAY = 86_400.0
_MOMENT = "%Y-%m-%d %H:%M:%S"


@frozen
class AdAccount:
    """What every conversion of money and days needs of an ad account."""

    id: str
    currency: str
    timezone: ZoneInfo
    row: Mapping[str, Any]


class TikTokNoun(Noun):
    """A noun that speaks through one of the two services: ``advertiser`` or ``account``."""

    service: ClassVar[str] = "advertiser"

    @property
    def backend(self) -> TikTokAdsPlatform:
        """The backend; a noun of it is bound to nothing else."""
        return self.session.platform  # type: ignore[return-value]  # such a noun is only bound to this platform

    def ask(self, method: str, path: str, **fields: Any) -> Flow[Any]:
        """Send one call through this noun's service and answer its ``data``."""
        reply = yield from self.call(method, path, **fields)
        return reply.value

    def call(self, method: str, path: str, **fields: Any) -> Flow[Reply[Any]]:
        """Send one call through this noun's service and answer the whole reply."""
        fields.setdefault("service", self.service)
        return (yield from self.perform(Call(method, path, **fields)))

    def account(self) -> Flow[AdAccount]:
        """The ad account's currency and time zone, read once a day (GET /advertiser/info/)."""
        return (yield from self.remember("ad account", self._read_account, _A_DAY))

    def _read_account(self) -> Flow[AdAccount]:
        subject = yield from self.ad_subject()
        query = {"advertiser_ids": [subject]}
        data = yield from self.ask("GET", "/advertiser/info/", query=query, service="advertiser")
        rows = data.get("list") or ()
        if not rows:
            raise NotFound(f"there is no ad account {subject}", platform="tiktok_ads", sent="yes")
        row = rows[0]
        return AdAccount(subject, row["currency"], zone(row.get("timezone")), row)

    def ad_subject(self) -> Flow[str]:
        """The id of the ad account that is worked on."""
        from socialcommerce.runtime import tokens

        chosen = self.subject
        if chosen is not None and chosen.kind == "ad":
            return chosen.id
        given = self.backend.identities.get("ad")
        if given is not None:
            return given.id
        service = self.backend.services["advertiser"]
        only = yield from tokens.only_subject(self.session, service, Call("GET", "/campaign/get/"))
        assert only is not None
        return only.id


def zone(told: Any) -> ZoneInfo:
    """The time zone of an account: an IANA name, or an object that holds one; UTC where it is neither."""
    name = told.get("location") or told.get("name") if isinstance(told, Mapping) else told
    try:
        return ZoneInfo(str(name or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def last_page(data: Mapping[str, Any]) -> bool:
    """Whether a page is the last one: ``total_page`` may be 0."""
    info = data.get("page_info") or {}
    return int(info.get("page", 1)) >= int(info.get("total_page", 0))


def instant(told: Any) -> datetime | None:
    """An instant of the ads calls, ``2026-11-01 08:00:00`` in UTC; None where there is none."""
    if not told:
        return None
    return datetime.strptime(str(told)[:19].replace("T", " "), _MOMENT).replace(tzinfo=UTC)


def utc_text(moment: datetime) -> str:
    """An instant as the ads calls write it."""
    return moment.astimezone(UTC).strftime(_MOMENT)


def number(value: Any) -> Decimal | None:
    """A figure, which may come as text; None where there is none (``-``)."""
    if value in (None, "", "-"):
        return None
    return value if isinstance(value, Decimal) else Decimal(str(value))
