"""Meta's words for people and what they did: keys of lists, events, sources, states of audiences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from socialcommerce.models.audience import AudienceStatus

__all__ = [
    "ACTION_SOURCES",
    "AUDIENCE_KINDS",
    "COUNTRIES",
    "DELIVERY_STATES",
    "EVENTS",
    "FILE_SOURCES",
    "OLDEST_EVENT",
    "OPERATION_STATES",
]

_ISO = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
YT ZA ZM ZW
"""

COUNTRIES = frozenset(_ISO.split())
"""ISO 3166-1: a person in any other country is not hashed."""

FILE_SOURCES: Final = (
    "USER_PROVIDED_ONLY",
    "PARTNER_PROVIDED_ONLY",
    "BOTH_USER_AND_PARTNER_PROVIDED",
)
"""Whom a list of people comes from; the first where nothing else is said."""

AUDIENCE_KINDS: Final[Mapping[str, str]] = {
    "CUSTOM": "customer_list",
    "LOOKALIKE": "lookalike",
    "WEBSITE": "website",
    "APP": "app",
    "ENGAGEMENT": "engagement",
    "VIDEO": "engagement",
}
"""``subtype`` to what it is; any other word is ``other``."""

DELIVERY_STATES: Final[Mapping[str, AudienceStatus]] = {"200": "ready", "300": "too_small"}
"""``delivery_status.code``; any other number is ``other``."""

OPERATION_STATES: Final[Mapping[str, AudienceStatus]] = {
    "300": "not_ready",
    "410": "not_ready",
    "414": "not_ready",
    "415": "failed",
    "432": "not_ready",
    "441": "not_ready",
    "500": "failed",
}
"""``operation_status.code`` where it says more than the delivery: still empty, being put together."""

EVENTS: Final[Mapping[str, str]] = {
    "purchase": "Purchase",
    "add_to_cart": "AddToCart",
    "initiate_checkout": "InitiateCheckout",
    "add_payment_info": "AddPaymentInfo",
    "view_content": "ViewContent",
    "page_view": "PageView",
    "search": "Search",
    "add_to_wishlist": "AddToWishlist",
    "lead": "Lead",
    "complete_registration": "CompleteRegistration",
    "contact": "Contact",
    "subscribe": "Subscribe",
}
"""Standard events; Meta has none of a refund."""

ACTION_SOURCES: Final[Mapping[str, str]] = {
    "website": "website",
    "app": "app",
    "physical_store": "physical_store",
    "messaging": "business_messaging",
    "email": "email",
    "phone_call": "phone_call",
    "system": "system_generated",
    "other": "other",
}

OLDEST_EVENT: Final[Mapping[str, int]] = {"physical_store": 62}
"""Days an event may lie back, where they are not seven."""
