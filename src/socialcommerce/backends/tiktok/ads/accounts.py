"""What the credentials reach: ad accounts, TikTok accounts, shops, catalogues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.shared import chunks
from socialcommerce.backends.tiktok.ads.noun import TikTokNoun, last_page, number, zone
from socialcommerce.backends.tiktok.ads.platform import ACCOUNT, ADVERTISER
from socialcommerce.models.account import Account
from socialcommerce.models.money import Money
from socialcommerce.runtime.call import Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow, Store

__all__ = ["AccountsNoun"]

_INFO = 100
_PAGE = 100
_MOST = 1000
_STATUS: dict[str, str] = {
    "STATUS_ENABLE": "active",
    "STATUS_DISABLE": "suspended",
    "STATUS_LIMIT": "restricted",
    "STATUS_PENDING_CONFIRM": "restricted",
    "STATUS_PENDING_VERIFIED": "restricted",
    "STATUS_CONFIRM_FAIL": "restricted",
    "STATUS_CONTRACT_PENDING": "restricted",
}
_ANYBODY = Subject("ad", "0")
"""Stands for the login itself, where a token is there and no ad account was named."""


class AccountsNoun(TikTokNoun):
    """A noun that lists accounts."""

    def remembered(self, service: Service) -> Flow[list[tuple[Subject, TokenRecord]]]:
        """Every account with tokens in the client's memory."""
        kind = "ad" if service.slot == ADVERTISER else "page"
        prefix = self.backend.token_key(service, Subject(kind, ""))
        found: list[tuple[Subject, TokenRecord]] = []
        after = ""
        while True:
            rows = yield Store("tokens", "scan", (prefix, after, _MOST))
            found += [
                (Subject(kind, key.removeprefix(prefix)), TokenRecord.load(value))
                for key, value in rows
                if value is not None
            ]
            if len(rows) < _MOST:
                return found
            after = rows[-1][0]

    def _logins(self) -> Flow[list[Subject]]:
        """One ad account for each advertiser token there is."""
        service = self.backend.services[ADVERTISER]
        seen: dict[str, Subject] = {}
        for subject, record in (yield from self.remembered(service)):
            seen.setdefault(record.access_token, subject)
        given = self.subject if self.subject is not None and self.subject.kind == "ad" else None
        whom = given or self.backend.identities.get("ad") or _ANYBODY
        seed = self.backend.seed(service, whom)
        if seed is not None:
            seen.setdefault(seed.access_token, whom)
        return list(seen.values())

    def reached(self, subject: Subject) -> Flow[Sequence[Mapping[str, Any]]]:
        """GET /oauth2/advertiser/get/: the ad accounts that one token reaches."""
        data = yield from self.ask("GET", "/oauth2/advertiser/get/", subject=subject, service=ADVERTISER)
        rows: Sequence[Mapping[str, Any]] = data.get("list") or ()
        return rows

    def ad_accounts(self) -> Flow[list[Account]]:
        """The ad accounts of every login, with currency, time zone and balance."""
        found: dict[str, Account] = {}
        for login in (yield from self._logins()):
            rows = yield from self.reached(login)
            names = {str(row["advertiser_id"]): row for row in rows}
            for part in chunks(list(names), _INFO):
                data = yield from self.ask(
                    "GET",
                    "/advertiser/info/",
                    query={"advertiser_ids": list(part)},
                    subject=login,
                    service=ADVERTISER,
                )
                details = {str(row["advertiser_id"]): row for row in data.get("list") or ()}
                found |= {one: _ad_account(one, {**names[one], **details.get(one, {})}) for one in part}
        return list(found.values())

    def pages(self) -> Flow[list[Account]]:
        """The TikTok accounts that have tokens (GET /business/get/ each)."""
        service = self.backend.services[ACCOUNT]
        known = [subject for subject, _ in (yield from self.remembered(service))]
        given = self.backend.identities.get("page")
        if given is not None and given not in known and self.backend.seed(service, given) is not None:
            known.append(given)
        found = []
        for subject in known:
            fields = ["username", "display_name"]
            data = yield from self.ask(
                "GET", "/business/get/", query={"fields": fields}, subject=subject, service=ACCOUNT
            )
            found.append(_page(subject.id, data))
        return found

    def shops(self) -> Flow[list[Account]]:
        """The TikTok Shops of the ad account (GET /store/list/)."""
        data = yield from self.ask("GET", "/store/list/", service=ADVERTISER)
        return [_shop(row) for row in data.get("stores") or ()]

    def catalogs(self, bc_id: str) -> Flow[list[Account]]:
        """The catalogues of a Business Center (GET /catalog/get/)."""
        found: list[Account] = []
        page, more = 1, True
        while more:
            query = {"bc_id": bc_id, "page": page, "page_size": _PAGE}
            data = yield from self.ask("GET", "/catalog/get/", query=query, service=ADVERTISER)
            found += [_catalog(row, bc_id) for row in data.get("list") or ()]
            page, more = page + 1, not last_page(data)
        return found


def _ad_account(number_: str, row: Mapping[str, Any]) -> Account:
    currency, balance = row.get("currency"), number(row.get("balance"))
    native_status = row.get("status")
    return Account.build(
        id=number_,
        platform="tiktok_ads",
        kind="ad",
        name=row.get("name") or row.get("advertiser_name"),
        region=row.get("country"),
        currency=currency,
        timezone=zone(row.get("timezone")).key if row.get("timezone") else None,
        balance=Money.of(balance, currency) if balance is not None and currency else None,
        status=_STATUS.get(str(native_status), "other"),
        native_status=native_status,
        native_ids={"advertiser_id": number_},
        raw=row,
    )


def _page(open_id: str, row: Mapping[str, Any]) -> Account:
    return Account.build(
        id=open_id,
        platform="tiktok_ads",
        kind="page",
        name=row.get("display_name") or row.get("username"),
        status="active",
        native_ids={"business_id": open_id},
        raw=row,
    )


def _shop(row: Mapping[str, Any]) -> Account:
    regions: Sequence[str] = row.get("targeting_region_codes") or []
    names = ("store_id", "store_code", "store_authorized_bc_id", "catalog_id")
    return Account.build(
        id=str(row["store_id"]),
        platform="tiktok_ads",
        kind="shop",
        name=row.get("store_name"),
        region=regions[0] if len(regions) == 1 else None,
        native_ids={name: str(row[name]) for name in names if row.get(name)},
        raw=row,
    )


def _catalog(row: Mapping[str, Any], bc_id: str) -> Account:
    conf = row.get("catalog_conf") or {}
    return Account.build(
        id=str(row["catalog_id"]),
        platform="tiktok_ads",
        kind="catalog",
        name=row.get("catalog_name") or row.get("name"),
        region=conf.get("region_code") or conf.get("country"),
        currency=conf.get("currency"),
        native_ids={"catalog_id": str(row["catalog_id"]), "bc_id": bc_id},
        raw=row,
    )
