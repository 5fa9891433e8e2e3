"""What a login of Facebook reaches: pages, Instagram accounts, ad accounts, catalogues, businesses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from socialcommerce.backends.meta.codes.auth import ACCOUNT_STATUS
from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.tokens import debugged, hushed
from socialcommerce.errors import PermissionDenied
from socialcommerce.models.account import Account
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Subject, TokenRecord
from socialcommerce.runtime.flow import Flow

__all__ = ["SocialAccounts", "catalog_account", "granted"]

_ROWS = 100
_PAGE_FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username}"
_AD_FIELDS = "id,account_id,name,currency,timezone_name,account_status"
_CATALOG_FIELDS = "id,name,vertical,product_count"


class SocialAccounts(GraphNoun):
    """A noun that lists accounts of Facebook and Instagram."""

    def listed(self, kind: str | None, whom: Subject | None) -> Flow[list[Account]]:
        """The accounts of a kind, or of all, that the token of ``whom`` reaches; each once.

        Asked for all, a login without the permission to list some lists the others.
        """
        found: list[Account] = []
        denied: list[PermissionDenied] = []
        for kinds, read in self._listings(whom):
            if kind not in (None, *kinds):
                continue
            try:
                found += yield from read()
            except PermissionDenied as error:
                if kind is not None:
                    raise
                denied.append(error)
        if denied and not found:
            raise denied[0]
        wanted = {(one.kind, one.id): one for one in found if kind in (None, one.kind)}
        return list(wanted.values())

    def _listings(
        self, whom: Subject | None
    ) -> Iterator[tuple[tuple[str, ...], Callable[[], Flow[list[Account]]]]]:
        """How each kind of account is listed."""
        yield ("page", "instagram"), lambda: self.pages(whom)
        people = ("instagram_accounts",)
        yield ("instagram",), lambda: self._of_business(people, "id,username", _instagram, whom)
        yield ("ad",), lambda: self._ads_of_login(whom)
        ads = ("owned_ad_accounts", "client_ad_accounts")
        yield ("ad",), lambda: self._of_business(ads, _AD_FIELDS, _ad, whom)
        catalogs = ("owned_product_catalogs", "client_product_catalogs")
        yield ("catalog",), lambda: self._of_business(catalogs, _CATALOG_FIELDS, self._catalog, whom)
        yield ("business",), lambda: self._businesses(whom)

    def _ads_of_login(self, whom: Subject | None) -> Flow[list[Account]]:
        """GET /me/adaccounts."""
        return [_ad(row) for row in (yield from self._rows("/me/adaccounts", _AD_FIELDS, whom))]

    def pages(self, whom: Subject | None) -> Flow[list[Account]]:
        """GET /me/accounts: pages with their Instagram accounts; each page's own token is remembered."""
        found: list[Account] = []
        service = self.backend.services["page"]
        for told in (yield from hushed(self._rows("/me/accounts", _PAGE_FIELDS, whom))):
            row = {name: value for name, value in told.items() if name != "access_token"}
            token, linked = told.get("access_token"), told.get("instagram_business_account")
            if token:
                record = TokenRecord(token, issued_at=self.session.clock())
                yield from tokens.save(self.session, service, Subject("page", str(row["id"])), record)
            found.append(_page(row))
            if linked:
                found.append(_instagram({**linked, "page_id": row["id"]}))
        return found

    def _rows(self, path: str, fields: str, whom: Subject | None) -> Flow[list[Any]]:
        login = next(iter(self.backend.services))
        return self.edge_all(path, {"fields": fields}, limit=_ROWS, service=login, subject=whom)

    def _of_business(
        self, edges: Sequence[str], fields: str, read: Any, whom: Subject | None
    ) -> Flow[list[Account]]:
        """The rows of some edges of the business; none where no business is named."""
        found: list[Account] = []
        business = self._business()
        for edge in edges if business else ():
            rows = yield from self._rows(f"/{business}/{edge}", fields, whom)
            found += [read(row) for row in rows]
        return found

    def _business(self) -> str | None:
        chosen = self.subject
        if chosen is not None and chosen.kind == "business":
            return chosen.id
        given = self.backend.identities.get("business")
        return given.id if given else None

    def _businesses(self, whom: Subject | None) -> Flow[list[Account]]:
        """The business of the settings, or those that the consent was given for."""
        business = self._business()
        ids = [business] if business else (yield from granted(self, "business_management", whom))
        found = []
        login = next(iter(self.backend.services))
        for number in ids:
            query = {"fields": "id,name,verification_status"}
            row = yield from self.ask("GET", f"/{number}", query=query, service=login, subject=whom)
            found.append(_account(self.backend.name, "business", row, "business_id"))
        return found

    def _catalog(self, row: Mapping[str, Any]) -> Account:
        return catalog_account(self.backend.name, row)


def granted(noun: GraphNoun, scope: str, whom: Subject | None) -> Flow[Sequence[str]]:
    """The ids for which a permission was granted (``granular_scopes`` of GET /debug_token).

    None where the app's secret is not known or the permission is not limited to some.
    """
    service = next(iter(noun.backend.services.values()))
    record = yield from tokens.peek(noun.session, service, whom)
    if record is None or not noun.backend.app.secret:
        return ()
    facts = yield from debugged(noun.session, record.access_token)
    rows = [row for row in facts.get("granular_scopes") or () if row.get("scope") == scope]
    return [str(one) for row in rows for one in row.get("target_ids") or ()]


def _account(platform: str, kind: str, row: Mapping[str, Any], key: str, **facts: Any) -> Account:
    number = str(row["id"])
    name = row.get("name") or row.get("username")
    return Account.build(
        id=number, platform=platform, kind=kind, name=name, native_ids={key: number}, raw=row, **facts
    )


def catalog_account(platform: str, row: Mapping[str, Any]) -> Account:
    """A product catalogue, which has neither currency nor time zone."""
    return _account(platform, "catalog", row, "catalog_id", status="active")


def _page(row: Mapping[str, Any]) -> Account:
    return _account("meta", "page", row, "page_id", status="active")


def _instagram(row: Mapping[str, Any]) -> Account:
    return _account("meta", "instagram", row, "instagram_id", status="active")


def _ad(row: Mapping[str, Any]) -> Account:
    told = row.get("account_status")
    return Account.build(
        id=str(row["id"]),
        platform="meta",
        kind="ad",
        name=row.get("name"),
        currency=row.get("currency"),
        timezone=row.get("timezone_name"),
        status=ACCOUNT_STATUS.get(told, "other") if isinstance(told, int) else "other",
        native_status=None if told is None else str(told),
        native_ids={
            name: str(value)
            for name, value in (("ad_account_id", row["id"]), ("account_id", row.get("account_id")))
            if value
        },
        raw=row,
    )
