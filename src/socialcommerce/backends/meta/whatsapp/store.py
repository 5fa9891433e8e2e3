"""The store as WhatsApp knows it: a number's profile and shop settings, and its account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.models.store import StoreInfo
from socialcommerce.resources.capability import supports
from socialcommerce.resources.store import Store
from socialcommerce.runtime.flow import Flow

__all__ = ["WhatsAppStore"]

_PROFILE = "about,address,description,email,profile_picture_url,websites,vertical"


class WhatsAppStore(GraphNoun, Store):
    """``client.store`` on WhatsApp."""

    service: ClassVar[str] = "business"

    @supports("emulated", cost="3 calls; 2 where no waba_id is known")
    def info(self) -> Flow[StoreInfo]:
        """GET whatsapp_business_profile, /{waba-id}, whatsapp_commerce_settings.

        ``currency`` is that of the account's bills, not of the goods; the time zone is a number of Meta's
        and kept in ``raw["account"]``, beside ``is_cart_enabled`` and ``is_catalog_visible`` in
        ``raw["settings"]``. The status says whether the catalogue is visible.
        """
        phone, waba = self.own("phone"), self.backend.identities.get("waba")
        path = f"/{phone}/whatsapp_business_profile"
        raw = {"profile": _profile((yield from self.ask("GET", path, query={"fields": _PROFILE})))}
        if waba is not None:
            query = {"fields": "id,name,currency,timezone_id"}
            raw["account"] = yield from self.ask("GET", f"/{waba.id}", query=query)
        raw["settings"] = _first((yield from self.ask("GET", f"/{phone}/whatsapp_commerce_settings")))
        return _info(raw, phone)


def _first(body: Mapping[str, Any]) -> Mapping[str, Any]:
    rows = body.get("data") or ()
    return rows[0] if rows else {}


def _profile(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The profile, which the interface nests once more than the live service does."""
    row = _first(body)
    nested: Mapping[str, Any] = row.get("business_profile") or row
    return nested


def _info(raw: Mapping[str, Any], phone: str) -> StoreInfo:
    account, settings = raw.get("account") or {}, raw["settings"]
    visible = settings.get("is_catalog_visible")
    status = {True: "active", False: "inactive"}.get(visible, "other")
    native = {"phone_number_id": phone, "waba_id": account.get("id"), "catalog_id": settings.get("id")}
    absent = ("vacation",) if account.get("name") else ("name", "vacation")
    sites = raw["profile"].get("websites") or ()
    return StoreInfo.build(
        id=phone,
        platform="whatsapp",
        **({"name": account["name"]} if account.get("name") else {}),
        currency=account.get("currency"),
        url=sites[0] if sites else None,
        status=status,
        native_ids={name: str(value) for name, value in native.items() if value},
        raw=raw,
        missing=absent,
    )
