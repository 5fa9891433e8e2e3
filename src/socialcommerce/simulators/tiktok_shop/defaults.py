"""What TikTok Shop's things look like: ids, markets, status words, and the fields it alone has."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from attrs import define

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import (
    Conversation,
    Line,
    Native,
    Order,
    OrderStatus,
    Package,
    PackageStatus,
    Product,
    Return,
    Variant,
)

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = [
    "BRANDS",
    "EUROPE",
    "MARK_SHIPPED",
    "PRODUCT_STATUS",
    "Unit",
    "amount",
    "furnish",
    "market_of",
    "new_id",
    "order_word",
    "package_word",
    "shop_fields",
    "units_of",
]

MARKETS: Mapping[str, tuple[str, str]] = {
    "USD": ("US", "America/Los_Angeles"),
    "GBP": ("GB", "Europe/London"),
    "EUR": ("DE", "Europe/Berlin"),
    "JPY": ("JP", "Asia/Tokyo"),
    "MXN": ("MX", "America/Mexico_City"),
    "BRL": ("BR", "America/Sao_Paulo"),
    "IDR": ("ID", "Asia/Jakarta"),
    "MYR": ("MY", "Asia/Kuala_Lumpur"),
    "PHP": ("PH", "Asia/Manila"),
    "SGD": ("SG", "Asia/Singapore"),
    "THB": ("TH", "Asia/Bangkok"),
    "VND": ("VN", "Asia/Ho_Chi_Minh"),
    "PLN": ("PL", "Europe/Warsaw"),
    "CZK": ("CZ", "Europe/Prague"),
    "HUF": ("HU", "Europe/Budapest"),
}
"""Currency -> region and time zone."""
WHOLE = frozenset({"IDR", "JPY", "VND"})
"""Currencies whose amounts come without decimals."""
EUROPE = frozenset({"GB", "DE", "ES", "FR", "IE", "IT", "PL", "NL", "BE", "CZ", "AT", "GR", "PT", "HU"})
MARK_SHIPPED = frozenset({"US", "GB", "ES", "IE", "IT", "DE", "FR", "JP"})
"""Where an order shipped by the seller has no parcel until it is marked as shipped."""
BRANDS: Mapping[str, str] = {"7082427311584347905": "Northwind", "7082427311584347906": "Contoso"}

PRODUCT_STATUS: Mapping[str, str] = {
    "draft": "DRAFT",
    "pending": "PENDING",
    "failed": "FAILED",
    "active": "ACTIVATE",
    "inactive": "SELLER_DEACTIVATED",
    "blocked": "PLATFORM_DEACTIVATED",
    "frozen": "FREEZE",
    "deleted": "DELETED",
}
ORDER_STATUS: Mapping[OrderStatus, str] = {
    "unpaid": "UNPAID",
    "ready": "AWAITING_SHIPMENT",
    "processed": "AWAITING_COLLECTION",
    "retry": "AWAITING_COLLECTION",
    "shipped": "IN_TRANSIT",
    "delivered": "DELIVERED",
    "completed": "COMPLETED",
    "cancelled": "CANCELLED",
}
PACKAGE_STATUS: Mapping[PackageStatus, str] = {
    "waiting": "TO_FULFILL",
    "ready": "TO_FULFILL",
    "arranged": "PROCESSING",
    "retry": "PROCESSING",
    "picked_up": "FULFILLING",
    "delivered": "COMPLETED",
    "failed": "CANCELLED",
    "cancelled": "CANCELLED",
}

PREFIXES: Mapping[str, str] = {
    "shop": "749",
    "warehouse": "706",
    "product": "172959",
    "variant": "172938",
    "order": "576",
    "line": "577",
    "unit": "577",
    "package": "115",
    "buyer": "702",
    "conversation": "749",
    "message": "749",
    "return": "4035",
    "cancel": "4035",
    "person": "749",
    "statement": "723",
    "payment": "345",
    "notification": "732",
    "activity": "713",
    "global": "172960",
}
LENGTHS: Mapping[str, int] = {"order": 18, "line": 18, "unit": 18}


@define(slots=True, eq=False)
class Unit:
    """One unit of a line: TikTok Shop writes every one as a line item of its own."""

    id: str
    line: Line
    cancelled: bool = False
    asked: bool = False
    returned: bool = False


def new_id(kind: str, randomness: random.Random) -> str:
    """A fresh id: a decimal number beyond 2^53, or a carrier's tracking number."""
    if kind == "tracking":
        return f"JX{randomness.randrange(10**11, 10**12)}"
    prefix = PREFIXES.get(kind, "7")
    left = LENGTHS.get(kind, 19) - len(prefix)
    return prefix + f"{randomness.randrange(10**left):0{left}}"


def market_of(currency: str | None) -> tuple[str, str, str]:
    """Region, currency and time zone; the United States unless a currency is given.

    Raises ``ValueError`` for a currency that no TikTok Shop market uses.
    """
    money = currency or "USD"
    if money not in MARKETS:
        raise ValueError(f"no TikTok Shop market sells in {money!r}; there are {', '.join(MARKETS)}")
    region, timezone = MARKETS[money]
    return region, money, timezone


def shop_fields(twin: TikTokShopTwin, region: str) -> Native:
    """What a shop alone has: cipher, code, return warehouse, who carries its orders, and its cases.

    ``shipping_type`` is TIKTOK or SELLER and holds for orders placed afterwards.
    """
    return {
        "cipher": f"ROW_{twin.authority.text(30)}",
        "code": f"{region}LC{twin.authority.text(8).upper()}",
        "return_warehouse": twin.new_id("warehouse"),
        "shipping_type": "TIKTOK",
        "cancellations": {},
        "accepts_chat": True,
        "tasks": {},
    }


def amount(shop: Account, value: Decimal) -> str:
    """An amount as TikTok Shop writes it: text in major units, whole where the currency is."""
    return str(value.quantize(Decimal(1) if shop.currency in WHOLE else Decimal("0.01")))


def furnish(twin: TikTokShopTwin, account: Account, entity: Any) -> None:
    """Give a product, an order, a return or a conversation the fields that TikTok Shop answers."""
    if isinstance(entity, Product):
        for key, value in product_fields(twin).items():
            entity.native.setdefault(key, value)
        for variant in entity.variants:
            entity_options(variant)
    elif isinstance(entity, Order):
        _order(twin, account, entity)
    elif isinstance(entity, Return):
        _return(twin, entity)
    elif isinstance(entity, Conversation):
        entity.buyer.native.setdefault("im_user_id", twin.new_id("person"))
        entity.native |= {"created": account.clock.now(), "session": twin.new_id("session")}


def entity_options(variant: Variant) -> None:
    """The defaults of a variant that nobody described further."""
    variant.native.setdefault("sales_attributes", [])
    variant.native.setdefault("external_sku_id", "")


def product_fields(twin: TikTokShopTwin) -> Native:
    """The defaults of a product that nobody described further, named as on the wire."""
    return {
        "category_id": "600001",
        "brand_id": "",
        "main_images": [{"uri": f"tos-maliva-i-o3syd03w52-us/{twin.authority.text(32).lower()}"}],
        "package_weight": {"value": "0.5", "unit": "KILOGRAM"},
        "package_dimensions": {"length": "30", "width": "20", "height": "10", "unit": "CENTIMETER"},
        "product_attributes": [],
        "external_product_id": "",
        "is_cod_allowed": False,
        "audit": "APPROVED",
        "failures": [],
        "pending": None,
        "draft": None,
    }


def _order(twin: TikTokShopTwin, account: Account, order: Order) -> None:
    units = [Unit(twin.new_id("unit"), line) for line in order.lines for _ in range(line.quantity)]
    first = order.lines[0].product.native
    shipping = first.get("shipping_type", account.native["shipping_type"])
    made = shipping != "SELLER" or account.region not in MARK_SHIPPED
    for package in order.packages:
        package.native |= {
            "units": [unit.id for unit in units],
            "made": made,
            "created": order.created,
            "tag": "DEFAULT",
            "orders": [order.id],
        }
    order.native |= {
        "units": units,
        "on_hold": twin.hold > 0,
        "was_on_hold": twin.hold > 0,
        "shipping_type": shipping,
        "shipping_fee": Decimal(str(first.get("shipping_fee", 0))),
        "external": {},
        "told": "",
        "tag": "",
        "cancel_requested_at": None,
        "address": address(account),
    }
    order.buyer.native.setdefault("im_user_id", twin.new_id("person"))


def address(account: Account) -> Native:
    """Where the buyer lives, before it is masked."""
    return {
        "full_address": f"{account.region},1 Market Street",
        "name": "Da*** K***",
        "first_name": "Da***",
        "last_name": "K***",
        "phone_number": "(+1)213-***-**34",
        "region_code": account.region,
        "postal_code": "95110",
        "address_line1": "1 Mar*** Street",
        "address_line2": "",
        "address_line3": "",
        "address_line4": "",
        "address_detail": "1 Mar*** Street",
        "district_info": [
            {
                "address_level": "L0",
                "address_level_name": "Country",
                "address_name": account.region,
                "iso_code": account.region,
            },
            {"address_level": "L1", "address_level_name": "State", "address_name": "State"},
            {"address_level": "L2", "address_level_name": "City", "address_name": "City"},
        ],
    }


def _return(twin: TikTokShopTwin, request: Return) -> None:
    kind = "REFUND" if request.refund_only else "RETURN_AND_REFUND"
    left = [
        unit
        for unit in units_of(request.order)
        if unit.line.id in request.contents and not (unit.cancelled or unit.returned or unit.asked)
    ]
    fields: Native = {
        "type": kind,
        "status": "RETURN_OR_REFUND_REQUEST_PENDING",
        "role": "BUYER",
        "reason": "ecom_order_delivered_refund_and_return_reason_not_as_described",
        "reason_text": "Item is not as described",
        "units": [unit.id for unit in left],
        "lines": {},
        "arbitration": "",
        "offer": None,
        "rejected_offer": False,
        "tracking_number": "",
        "records": [],
    }
    request.native = native = fields | request.native
    for unit in units_of(request.order):
        unit.asked = unit.asked or unit.id in native["units"]
    native["lines"] = {unit: twin.new_id("return") for unit in native["units"]}


def units_of(order: Order) -> list[Unit]:
    """The units of an order, one per line item on the wire."""
    units: list[Unit] = order.native["units"]
    return units


def package_word(package: Package) -> str:
    """The status of a parcel as the API says it."""
    return PACKAGE_STATUS[package.status]


def order_word(order: Order) -> str:
    """The status of an order as the API says it; a wish to cancel or return is no status here."""
    status = order.status
    if status in ("cancel_requested", "returning"):
        status = order.before_request
    if status == "ready" and order.native["on_hold"]:
        return "ON_HOLD"
    if status in ("ready", "processed") and partly_shipped(order):
        return "PARTIALLY_SHIPPING"
    return ORDER_STATUS[status]


def partly_shipped(order: Order) -> bool:
    """Whether some parcels of the order are arranged and others are not."""
    open_ones = {one.status in ("waiting", "ready") for one in order.packages if one.status != "cancelled"}
    return len(open_ones) == 2
