"""What Shopee's things look like: ids, markets, status words, and the fields it alone has."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import (
    Native,
    Order,
    OrderStatus,
    PackageStatus,
    Product,
    ReturnStatus,
)

__all__ = ["ORDER_STATUS", "PACKAGE_STATUS", "RETURN_STATUS", "furnish", "market_of", "new_id", "shop_fields"]

MARKETS: Mapping[str, tuple[str, str]] = {
    "SGD": ("SG", "Asia/Singapore"),
    "MYR": ("MY", "Asia/Kuala_Lumpur"),
    "IDR": ("ID", "Asia/Jakarta"),
    "THB": ("TH", "Asia/Bangkok"),
    "VND": ("VN", "Asia/Ho_Chi_Minh"),
    "PHP": ("PH", "Asia/Manila"),
    "TWD": ("TW", "Asia/Taipei"),
    "BRL": ("BR", "America/Sao_Paulo"),
    "MXN": ("MX", "America/Mexico_City"),
    "COP": ("CO", "America/Bogota"),
    "CLP": ("CL", "America/Santiago"),
    "PLN": ("PL", "Europe/Warsaw"),
}
"""Currency -> region and time zone."""

TWO_DECIMALS = frozenset({"SG", "MY", "BR", "MX", "PL"})
"""Regions whose prices have cents; everywhere else they are whole numbers."""

RATIO_CAPS: Mapping[str, int] = {
    "BR": 4, "SG": 5, "VN": 5, "TW": 5, "TH": 5, "PH": 5, "MX": 5, "ID": 7, "MY": 7, "CL": 9, "CO": 9,
}  # fmt: skip
"""How many times its cheapest variant the dearest one may cost, by region."""

ORDER_STATUS: Mapping[OrderStatus, str] = {
    "unpaid": "UNPAID",
    "ready": "READY_TO_SHIP",
    "processed": "PROCESSED",
    "retry": "RETRY_SHIP",
    "shipped": "SHIPPED",
    "delivered": "TO_CONFIRM_RECEIVE",
    "completed": "COMPLETED",
    "cancel_requested": "IN_CANCEL",
    "cancelled": "CANCELLED",
    "returning": "TO_RETURN",
}
PACKAGE_STATUS: Mapping[PackageStatus, str] = {
    "waiting": "LOGISTICS_NOT_START",
    "ready": "LOGISTICS_READY",
    "arranged": "LOGISTICS_REQUEST_CREATED",
    "retry": "LOGISTICS_PICKUP_RETRY",
    "picked_up": "LOGISTICS_PICKUP_DONE",
    "delivered": "LOGISTICS_DELIVERY_DONE",
    "failed": "LOGISTICS_DELIVERY_FAILED",
    "cancelled": "LOGISTICS_REQUEST_CANCELED",
}
RETURN_STATUS: Mapping[ReturnStatus, str] = {
    "requested": "REQUESTED",
    "accepted": "ACCEPTED",
    "processing": "PROCESSING",
    "judging": "JUDGING",
    "disputed": "SELLER_DISPUTE",
    "cancelled": "CANCELLED",
    "closed": "CLOSED",
}
ITEM_STATUS: Mapping[str, str] = {
    "active": "NORMAL",
    "unlisted": "UNLIST",
    "banned": "BANNED",
    "reviewing": "REVIEWING",
    "deleted": "SELLER_DELETE",
    "removed": "SHOPEE_DELETE",
}

CHANNEL, OWN_FLEET, DROP_OFF, SELLER_BR = 80012, 80015, 80003, 90021
"""Logistics channels: collected by the carrier; the seller's own; brought to a branch; Brazil's own."""
CHANNEL_NAMES: Mapping[int, str] = {
    CHANNEL: "Standard Delivery",
    OWN_FLEET: "Seller Own Fleet",
    DROP_OFF: "Self Collection",
    SELLER_BR: "Seller Logistics",
}

DIGITS: Mapping[str, int] = {
    "shop": 9, "product": 11, "variant": 12, "line": 12, "buyer": 9, "conversation": 18, "message": 19,
    "campaign": 9, "address": 6, "promotion": 15,
}  # fmt: skip
LETTERS = "ABCDEFGHJKMNPQRSTUVWXY0123456789"


def new_id(kind: str, randomness: random.Random, moment: datetime) -> str:
    """A fresh id as Shopee writes it: orders begin with the date, packages with OFG."""
    if kind in DIGITS:
        length = DIGITS[kind]
        return str(randomness.randrange(10 ** (length - 1), 10**length))
    if kind in ("order", "return"):
        length = 8 if kind == "order" else 9
        return f"{moment:%y%m%d}" + "".join(randomness.choices(LETTERS, k=length))
    if kind == "package":
        return f"OFG{randomness.randrange(10**14, 10**15)}"
    if kind == "tracking":
        return f"SPX{randomness.randrange(10**11, 10**12)}"
    if kind == "image":
        return f"sg-11134207-{randomness.getrandbits(80):020x}"
    return str(uuid.UUID(int=randomness.getrandbits(128), version=4))


def market_of(currency: str | None) -> tuple[str, str, str]:
    """Region, currency and time zone; Singapore unless a currency is given.

    Raises ``ValueError`` for a currency that no Shopee market uses.
    """
    money = currency or "SGD"
    if money not in MARKETS:
        raise ValueError(f"no Shopee market sells in {money!r}; there are {', '.join(MARKETS)}")
    region, timezone = MARKETS[money]
    return region, money, timezone


def shop_fields(fresh: Callable[[str], str]) -> Native:
    """What a shop alone has: its address, holiday mode, merchant and shipping ways."""
    address = {
        "address_id": int(fresh("address")),
        "state": "State",
        "city": "City",
        "district": "",
        "town": "",
        "address": "1 Market Street",
        "zipcode": "018956",
    }
    return {
        "address": address,
        "holiday": False,
        "holiday_changed": 0,
        "merchant_id": None,
        "multi_warehouse": False,
        "description": "",
        "user_id": int(fresh("shop")),
    }


def furnish(twin: Any, account: Account, entity: Any) -> None:
    """Give a product or an order the fields that Shopee asks and answers."""
    if isinstance(entity, Product):
        for key, value in product_fields(twin.new_id, account).items():
            entity.native.setdefault(key, value)
    elif isinstance(entity, Order):
        entity.native |= order_fields(account, entity)
        for package in entity.packages:
            package.native["channel"] = channel_of(entity)


def product_fields(fresh: Callable[[str], str], account: Account) -> Native:
    """The defaults of an item that nobody described further."""
    return {
        "category_id": 100636,
        "weight": Decimal("0.5"),
        "dimension": {"package_length": 30, "package_width": 20, "package_height": 10},
        "images": [fresh("image")],
        "logistic_info": [{"logistic_id": CHANNEL, "enabled": True}],
        "brand": {"brand_id": 0, "original_brand_name": "No Brand"},
        "attribute_list": [],
        "condition": "NEW",
        "pre_order": {"is_pre_order": False, "days_to_ship": 2},
        "tiers": [],
    }


def channel_of(order: Order) -> int:
    """The channel that carries an order: the first one enabled on its first item."""
    info = order.lines[0].product.native["logistic_info"]
    return next((int(one["logistic_id"]) for one in info if one.get("enabled")), CHANNEL)


def order_fields(account: Account, order: Order) -> Native:
    """What the buyer left at checkout; the address is masked, as for most programs."""
    return {
        "days_to_ship": 2,
        "ship_by_date": int(order.created) + 2 * 86400,
        "payment_method": "ShopeePay",
        "message_to_seller": "",
        "cod": False,
        "address": {
            "name": "B****r",
            "phone": "******12",
            "town": "",
            "district": "Central",
            "city": "City",
            "state": "State",
            "region": account.region,
            "zipcode": "018956",
            "full_address": "1 ******",
        },
    }
