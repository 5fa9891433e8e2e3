"""What the pretend TikTok gives to new accounts and entities: ids, markets, fields."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Buyer, Conversation, Product

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_ads.advertiser import Advertiser

__all__ = ["WITHOUT_MESSAGES", "furnish", "market_of", "moment", "new_id", "places", "stores_of", "text_time"]

MARKETS = {
    "USD": ("US", "America/New_York"),
    "SGD": ("SG", "Asia/Singapore"),
    "IDR": ("ID", "Asia/Jakarta"),
    "VND": ("VN", "Asia/Ho_Chi_Minh"),
    "THB": ("TH", "Asia/Bangkok"),
    "MYR": ("MY", "Asia/Kuala_Lumpur"),
    "PHP": ("PH", "Asia/Manila"),
    "GBP": ("GB", "Europe/London"),
    "EUR": ("DE", "Europe/Berlin"),
    "JPY": ("JP", "Asia/Tokyo"),
    "BRL": ("BR", "America/Sao_Paulo"),
    "MXN": ("MX", "America/Mexico_City"),
}
WITHOUT_DECIMALS = frozenset({"IDR", "VND", "JPY", "KRW", "CLP", "TWD"})
WITHOUT_MESSAGES = frozenset({"GB", "DE", "FR", "IT", "ES", "IE", "CH"})
"""Regions whose accounts have no business messages (EEA, Switzerland, United Kingdom)."""
COMMENT_REPLIES = frozenset({"VN", "ID", "TH"})
"""Regions whose accounts may answer a comment with a message."""


def market_of(currency: str | None) -> tuple[str, str, str]:
    """Region, currency and time zone of a market that counts in ``currency``; raises ``ValueError``."""
    money = currency or "USD"
    if money not in MARKETS:
        raise ValueError(f"no pretend ad account counts in {money}; there are {', '.join(MARKETS)}")
    region, zone = MARKETS[money]
    return region, money, zone


def places(currency: str) -> int:
    """How many decimals an amount may have."""
    return 0 if currency in WITHOUT_DECIMALS else 2


def new_id(kind: str, randomness: random.Random) -> str:
    """A fresh id as TikTok writes it: digits too many for a float, or a text with ``+ / =``."""
    if kind == "conversation":
        return "c+" + base64.b64encode(randomness.randbytes(12) + b"\xff\xbf").decode().replace("A", "/")
    if kind == "buyer":
        return f"{randomness.getrandbits(64):016x}{randomness.randrange(10**5):05d}"
    if kind in ("campaign", "adgroup", "ad"):
        return str(randomness.randrange(17 * 10**14, 19 * 10**14))
    return str(randomness.randrange(7 * 10**18, 76 * 10**17))


def text_time(seconds: float) -> str:
    """An instant as the platform writes it: "YYYY-MM-DD HH:MM:SS" in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def moment(text: str) -> float | None:
    """The epoch seconds of such a text; None where it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


def furnish(account: Account, entity: Any) -> None:
    """Give an entity the fields that TikTok alone has."""
    if isinstance(entity, Conversation):
        entity.native.setdefault("answered", False)
        entity.buyer.native["open_id"] = f"u-{entity.buyer.id}"
    elif isinstance(entity, Product):
        entity.native.setdefault("category", "Women's Tops")
        entity.native.setdefault("historical_sales", 0)


def person(buyer: Buyer) -> dict[str, Any]:
    """A buyer as a participant of a conversation."""
    return {
        "role": "PERSONAL_ACCOUNT",
        "id": buyer.native["open_id"],
        "display_name": buyer.name,
        "profile_image": f"https://p16.example.com/{buyer.name}.jpeg",
        "is_follower": False,
    }


def business(account: Advertiser) -> dict[str, Any]:
    """The seller's own TikTok account as a participant."""
    return {"role": "BUSINESS_ACCOUNT", "id": account.open_id, "display_name": account.name}


def stores_of(account: Advertiser, bc_id: str) -> dict[str, Any]:
    """The shop of an ad account, as the store calls show it."""
    return {
        "store_id": account.store_id,
        "store_name": f"{account.name} shop",
        "store_code": f"{account.region}LC{account.store_id[-6:]}",
        "store_authorized_bc_id": bc_id,
        "targeting_region_codes": [account.region],
    }
