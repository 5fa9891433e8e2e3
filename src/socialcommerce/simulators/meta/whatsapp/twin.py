"""The pretend WhatsApp Business Platform: its end of the Graph API."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from attrs import define

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.whatsapp import push
from socialcommerce.simulators.meta.whatsapp.waba import Waba, waba_of

__all__ = ["WhatsAppSeller", "WhatsAppTwin"]


def _wamid(source: random.Random) -> str:
    number = f"{source.getrandbits(80):020X}".encode()
    raw = b"\x1c\x18\x0b16503879435\x15\x02\x00\x12\x18\x14" + number + b"\x00"
    return "wamid." + base64.b64encode(raw).decode()


IDS: Mapping[str, Callable[[random.Random], str]] = {
    "message": _wamid,
    "order": _wamid,
    "conversation": lambda source: f"GB.{source.randrange(10**19, 10**20)}",
    "buyer": lambda source: f"447{source.randrange(10**8, 10**9)}",
}
"""Kind of thing -> what makes its id; a conversation is known by the person's user id."""


@define(slots=True, eq=False)
class WhatsAppSeller(Seller):
    """A seller with a WhatsApp Business Account, one phone number, and a catalog linked to it."""


class WhatsAppTwin(GraphTwin):
    """Cloud API and Business Management API, played over a market. See ``GraphTwin``."""

    name = "whatsapp"
    account_setting = "phone_number_id"
    push_url = "https://hooks.example.com/webhooks/whatsapp"
    parts: ClassVar[tuple[str, ...]] = (*GraphTwin.parts, "socialcommerce.simulators.meta.whatsapp")
    seller_class: ClassVar[type[Seller]] = WhatsAppSeller
    account_asset = "WhatsAppBusinessPhoneNumber"
    hook_fields: ClassVar[Mapping[str, frozenset[str]]] = {push.OBJECT: push.FIELDS}
    hook_asset = "WhatsAppBusinessAccount"

    def settings(self, account_index: int | None = None) -> dict[str, Any]:
        """The app's settings and the ids of the seller's assets; none of several sellers' unless named."""
        shared = self.app_settings()
        if account_index is None and len(self.accounts) > 1:
            return shared
        seller = self.sellers[account_index or 0]
        return shared | {
            "waba_id": seller.asset("WhatsAppBusinessAccount").id,
            "phone_number_id": seller.asset("WhatsAppBusinessPhoneNumber").id,
            "catalog_id": seller.catalog.id,
        }

    def grants(self, account: Account) -> list[tuple[str | None, str | None, str, dict[str, Any]]]:
        """The system user's token, which serves messages and catalog alike."""
        seller = self.seller(account)
        token = self.grant_of(self.everyones("SYSTEM_USER"))
        ids = {
            "phone": seller.asset("WhatsAppBusinessPhoneNumber").id,
            "waba": seller.asset("WhatsAppBusinessAccount").id,
            "catalog": seller.catalog.id,
            "business": self.business.id,
        }
        return [(slot, kind, ids[kind], token) for slot in ("business", "catalog") for kind in ids]

    def new_id(self, kind: str) -> str:
        """A fresh id; of a message or an order a ``wamid``, of a person a phone number or a user id."""
        maker = IDS.get(kind)
        return super().new_id(kind) if maker is None else maker(self.market.random)

    def waba(self, thing: object = None) -> Waba:
        """The account and number of a seller (the first, unless given), to set and to arrange."""
        return waba_of(self.sellers[0] if thing is None else self.seller(thing))

    def announce(self, field: str, value: Mapping[str, Any], account_index: int = 0) -> None:
        """Tell of any other change ("account_update", "phone_number_quality_update", …)."""
        push.changed(self.waba(self.sellers[account_index]), field, value, timed=True)

    def signup(self, account: Account | None = None) -> str:
        """What the popup of the embedded signup hands over: a code that is bought without a redirect."""
        who = [account.id] if account is not None else [one.id for one in self.accounts]
        token = self.authority.issue(self.apps[0], "SYSTEM_USER", self.system_user.id, who)
        return self.authority.code(self.apps[0], None, token)
