"""The TikTok Shop behind GMV Max: which one, and the exclusive right to advertise it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.tiktok.ads.advertising.edits import EditingNoun
from socialcommerce.errors import Conflict, NotFound
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["ShopNoun"]

_AN_HOUR = 3600.0
_EFFECTIVE = "EFFECTIVE"


class ShopNoun(EditingNoun):
    """An advertising noun that knows the shops of its ad account."""

    def stores(self) -> Flow[Sequence[Mapping[str, Any]]]:
        """The shops that GMV Max may advertise (GET /gmv_max/store/list/), read once an hour."""
        return (yield from self.remember("gmv max stores", self._read_stores, _AN_HOUR))

    def _read_stores(self) -> Flow[Sequence[Mapping[str, Any]]]:
        data = yield from self.ask("GET", "/gmv_max/store/list/")
        return tuple(data.get("store_list") or ())

    def store(self, store_id: Any = None) -> Flow[Mapping[str, Any]]:
        """The shop that is meant: by id, that of the settings, or the only one."""
        named = str(store_id) if store_id is not None else self.backend.store_id
        rows = yield from self.stores()
        if named is not None:
            found = [row for row in rows if str(row["store_id"]) == named]
            if not found:
                raise NotFound(f"GMV Max knows no shop {named} here", platform="tiktok_ads", sent="yes")
            return found[0]
        if len(rows) != 1:
            ids = ", ".join(str(row["store_id"]) for row in rows) or "none"
            raise invalid(
                native=f"name the shop: {{'store_id': …}}, or store_id=… in the settings; there are {ids}"
            )
        return rows[0]

    def right_of(self, store: Mapping[str, Any]) -> Flow[Mapping[str, Any]]:
        """Who has the exclusive right (GET /gmv_max/exclusive_authorization/get/)."""
        data: Mapping[str, Any] = yield from self.ask(
            "GET", "/gmv_max/exclusive_authorization/get/", query=_of(store)
        )
        return data or {}

    def exclusive_store(self, store_id: Any = None) -> Flow[Mapping[str, Any]]:
        """The shop, with the exclusive right to advertise it, which is taken where nobody has it."""
        store = yield from self.store(store_id)
        right = yield from self.right_of(store)
        if is_free(right):
            yield from self.ask(
                "POST", "/gmv_max/exclusive_authorization/create/", body=_of(store), safety="absolute"
            )
        elif not (yield from self.is_ours(right)):
            raise Conflict(
                f"another ad account, {right.get('advertiser_id')}, has the right to advertise this shop",
                reason="state",
                platform="tiktok_ads",
                sent="no",
            )
        return store

    def is_ours(self, right: Mapping[str, Any]) -> Flow[bool]:
        """Whether this ad account has the right."""
        own = yield from self.ad_subject()
        return str(right.get("advertiser_id") or own) == own


def is_free(right: Mapping[str, Any]) -> bool:
    """Whether nobody has the right."""
    return right.get("authorization_status") != _EFFECTIVE


def _of(store: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(store[name]) for name in ("store_id", "store_authorized_bc_id")}
