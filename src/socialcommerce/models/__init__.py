"""What a user holds: products, orders, advertisements, messages, and what is handed in to make them.

Importing the package imports none of them: each name loads its own module when it is first used.
"""

# ruff: noqa: F403 - the star imports are for type checkers; a test holds the table below to their lists

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcommerce.models.account import *
    from socialcommerce.models.ads import *
    from socialcommerce.models.audience import *
    from socialcommerce.models.base import *
    from socialcommerce.models.bulk import *
    from socialcommerce.models.check import *
    from socialcommerce.models.content import *
    from socialcommerce.models.creatives import *
    from socialcommerce.models.event import *
    from socialcommerce.models.frames import *
    from socialcommerce.models.identity import *
    from socialcommerce.models.job import *
    from socialcommerce.models.media import *
    from socialcommerce.models.message import *
    from socialcommerce.models.money import *
    from socialcommerce.models.order import *
    from socialcommerce.models.product import *
    from socialcommerce.models.reports import *
    from socialcommerce.models.returns import *
    from socialcommerce.models.shipping import *
    from socialcommerce.models.store import *

_NAMES = {
    "base": """
        Blueprint Entity Exact Given Input Many Model Native Personal Record Value absent personal_fields
    """,
    "money": """
        CurrencyMismatch InexactDivision Money exponent
    """,
    "media": """
        Document Media MediaKind MediaStatus
    """,
    "identity": """
        Address Buyer Identity IdentityKind Masked PersonalText Phone Profile VirtualPhone
    """,
    "store": """
        AddressUse Carrier StoreAddress StoreInfo StoreLocation
    """,
    "product": """
        Attribute AttributeChoice AttributeValue Category CategoryRef Condition Inventory Limits
        Option Parcel PriceChange Product ProductInput ProductStatus Ref Review ReviewStatus
        Sale StockChange StockLevel Variant VariantInput
    """,
    "shipping": """
        Branch DropOff DropOffOption LineRef OwnCarrier OwnCarrierOption Package Pickup
        PickupOption PickupSlot Shipment ShipmentStatus ShippingMethod ShippingOptions
        TrackingEvent
    """,
    "returns": """
        AcceptReturn Decision Dispute Exchange OfferPartial Received RefundOnly Reject Return
        ReturnInput ReturnLine ReturnStatus
    """,
    "order": """
        CancelReason Cancellation CancellationStatus Discounts FulfilmentStatus Line LineInput
        Order OrderInput OrderStatus Payment PaymentMethod PaymentStatus Quantities Refund
        RefundInput SettlementStatus Totals Transaction TransactionKind Transactions
    """,
    "content": """
        Audio Button Cart CartLine Contact Content Coupon Email File Image Interactive Location
        OrderCard Postback ProductCard ProductRef QuickReplies QuickReply Reaction Section
        Sticker Template Text Unsupported Video
    """,
    "message": """
        Author Consent Conversation ConversationRef DeliveryStatus Message MessageTemplate
        Purpose Recipient ReplyHandle SendPolicy SendReceipt TemplateCategory TemplateInput
        TemplateStatus
    """,
    "event": """
        Event EventRef EventType
    """,
    "bulk": """
        BulkResult Outcome OutcomeStatus
    """,
    "check": """
        Check Problem
    """,
    "account": """
        Account AccountKind AuthStatus Grant Token
    """,
    "job": """
        JobState JobStatus
    """,
    "creatives": """
        Built CallToAction CatalogCreative Creative ExistingPost
    """,
    "ads": """
        Ad AdDelivery AdGroup AdGroupInput AdInput AdStatus Bid BidStrategy BillingEvent Budget
        BudgetKind Campaign CampaignInput CampaignKind Delivery Goal Hours Keyword LaunchPlan
        Launched Objective Schedule Targeting
    """,
    "audience": """
        ActionSource Audience AudienceInput AudienceMember AudienceStatus ClickIds
        ConversionEvent ConversionItem ConversionType Suggestion TargetingOption
    """,
    "reports": """
        Attribution BookedOn Breakdown DayBasis Derived Granularity Level Metric Report
        ReportRow
    """,
    "frames": """
        Explode to_arrow to_pandas to_polars to_rows
    """,
}
_HOMES = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name == "__all__":  # served, not stated: a computed list would hide the names from type checkers
        return sorted(_HOMES)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
