"""What each seller on WhatsApp has: a business account, a phone number, and a linked catalog."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.meta.graph.errors import no_such_object, wrong
from socialcommerce.simulators.meta.graph.seller import Seller
from socialcommerce.simulators.meta.graph.twin import GraphTwin
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.whatsapp.twin import WhatsAppTwin
from socialcommerce.simulators.meta.whatsapp.waba import Waba

__all__ = ["routes"]

routes = Routes("whatsapp_business_management", use_case="whatsapp_business_management")
routes.readable("WhatsAppBusinessAccount", "id", "name", "timezone_id", "message_template_namespace")
routes.readable(
    "WhatsAppBusinessPhoneNumber", "id", "verified_name", "display_phone_number", "quality_rating", "status"
)


@routes.opens
def furnish(twin: GraphTwin, seller: Seller) -> None:
    """Give a new seller all of it; the catalog is linked, and its cart is on."""
    account = seller.give(
        twin,
        "WhatsAppBusinessAccount",
        name=seller.name,
        currency=seller.currency,
        timezone_id="1",
        message_template_namespace=twin.new_word(24),
        account_review_status="APPROVED",
        owner_business=twin.business,
    )
    account.hidden["catalogs"] = [seller.catalog]
    digits = f"1555{twin.market.random.randrange(10**6, 10**7)}"
    phone = seller.give(
        twin,
        "WhatsAppBusinessPhoneNumber",
        verified_name=seller.name,
        display_phone_number=f"+1 555-{digits[4:7]}-{digits[7:]}",
        quality_rating="GREEN",
        code_verification_status="VERIFIED",
        platform_type="CLOUD_API",
        name_status="APPROVED",
    )
    phone.hidden["digits"] = digits
    assert isinstance(twin, WhatsAppTwin)
    account.entity = phone.entity = Waba(twin, seller, account, phone)


@routes.edge("GET", "WhatsAppBusinessAccount", "phone_numbers")
def phone_numbers(call: Call) -> Rows:
    """The numbers of an account."""
    return Rows(call.twin.of("WhatsAppBusinessPhoneNumber", call.seller))


@routes.edge("GET", "WhatsAppBusinessAccount", "product_catalogs", scope="whatsapp_business_management")
def product_catalogs(call: Call) -> Rows:
    """The catalog that is linked, if one is."""
    return Rows(call.own.hidden["catalogs"])


@routes.edge("POST", "WhatsAppBusinessAccount", "product_catalogs")
def link_catalog(call: Call) -> Any:
    """Link a catalog; only one can be."""
    if call.own.hidden["catalogs"]:
        raise wrong("The WhatsApp Business Account is connected to a catalog already")
    call.own.hidden["catalogs"].append(_catalog(call))


@routes.edge("DELETE", "WhatsAppBusinessAccount", "product_catalogs")
def unlink_catalog(call: Call) -> Any:
    """Unlink the catalog."""
    catalog = _catalog(call)
    if catalog not in call.own.hidden["catalogs"]:
        raise wrong("The catalog is not connected")
    call.own.hidden["catalogs"].remove(catalog)


def _catalog(call: Call) -> Node:
    found = call.twin.nodes.get(str(call.given["catalog_id"]))
    if found is None or found.kind != "ProductCatalog" or found.seller is not call.seller:
        raise no_such_object("POST", str(call.given["catalog_id"]))
    return found
