"""The store as Facebook knows it: a catalogue, a page, and the settings of a shop where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.errors import ConfigurationError, PlatformError
from socialcommerce.models.store import StoreInfo
from socialcommerce.resources.capability import supports
from socialcommerce.resources.store import Store
from socialcommerce.runtime.flow import Flow

__all__ = ["MetaStore"]

_STATUS = {"ENABLED": "active", "EXTERNALLY_DISABLED": "inactive"}


class MetaStore(GraphNoun, Store):
    """``client.store`` on Meta."""

    service: ClassVar[str] = "catalog"

    @supports("emulated", cost="1-3 calls")
    def info(self) -> Flow[StoreInfo]:
        """GET /{page-id}, its commerce_merchant_settings, and /{catalog-id}, as far as they are known.

        The name is that of the shop, the page or the catalogue. Region, currency and time zone belong to
        ad accounts (``client.accounts(kind="ad")``); whether a shop is on vacation is told nowhere.
        """
        page, catalog = self._known("page"), self._known("catalog")
        if page is None and catalog is None:
            raise ConfigurationError("store.info needs page_id or catalog_id: name one in the settings")
        raw: dict[str, Any] = {}
        if page is not None:
            raw["page"] = yield from self.ask("GET", f"/{page}", query={"fields": "id,name"}, service="page")
            raw["settings"] = yield from self._settings(page)
        if catalog is not None:
            fields = "id,name,vertical,product_count"
            raw["catalog"] = yield from self.ask("GET", f"/{catalog}", query={"fields": fields})
        return _info(raw, page, catalog)

    def _known(self, kind: str) -> str | None:
        chosen, given = self.subject, self.backend.identities.get(kind)
        if chosen is not None and chosen.kind == kind:
            return chosen.id
        return given.id if given is not None else None

    def _settings(self, page: str) -> Flow[Mapping[str, Any]]:
        """The settings of the page's shop; nothing where it has none, or they may not be read."""
        query = {"fields": "id,display_name,merchant_status"}
        try:
            found = yield from self.edge(f"/{page}/commerce_merchant_settings", query, service="page")
        except PlatformError as error:
            if error.retryable:
                raise
            return {}
        rows = list(found.items)
        return rows[0] if rows else {}


def _info(raw: Mapping[str, Any], page: str | None, catalog: str | None) -> StoreInfo:
    shop: Mapping[str, Any] = raw.get("settings") or {}
    told = shop.get("merchant_status")
    named = [shop.get("display_name"), *(raw.get(part, {}).get("name") for part in ("page", "catalog"))]
    native = {"page_id": page, "catalog_id": catalog, "cms_id": shop.get("id")}
    return StoreInfo.build(
        id=str(page or catalog),
        platform="meta",
        name=next((name for name in named if name), ""),
        status=_STATUS.get(str(told).upper(), "other"),
        native_status=told,
        native_ids={name: str(value) for name, value in native.items() if value},
        raw=raw,
        missing=("vacation",),
    )
