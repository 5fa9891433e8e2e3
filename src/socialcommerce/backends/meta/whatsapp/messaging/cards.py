"""Messages that WhatsApp alone has, as contents for ``messaging.send``.

Each answers an ``Unsupported`` content: one that has no name in the library, and is sent as it is written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from socialcommerce.backends.meta.whatsapp.book import reference_of
from socialcommerce.backends.meta.whatsapp.codes import orders as codes
from socialcommerce.backends.meta.whatsapp.codes.messaging import MEDIA
from socialcommerce.backends.meta.whatsapp.messaging.payloads import media_object
from socialcommerce.models.content import Unsupported
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.order import Line, Order
from socialcommerce.resources.noun import invalid

__all__ = [
    "address_request",
    "catalog_message",
    "flow_message",
    "location_request",
    "order_details",
    "order_status",
    "product_list",
]


def _card(
    kind: str,
    action: Mapping[str, Any],
    text: str,
    header: str | Media | None = None,
    footer: str | None = None,
) -> Unsupported:
    card: dict[str, Any] = {"action": action, "body": {"text": text}}
    if isinstance(header, str):
        card["header"] = {"type": "text", "text": header}
    elif header is not None:
        kind = MEDIA[header.kind]
        card["header"] = {"type": kind, kind: media_object(header) or _nowhere()}
    if footer is not None:
        card["footer"] = {"text": footer}
    return Unsupported(kind, card)


def _nowhere() -> NoReturn:
    raise invalid(header="lies on this machine; give what upload_media answered, or an address")


def catalog_message(text: str, *, thumbnail: str, footer: str | None = None) -> Unsupported:
    """The whole catalog; ``thumbnail`` is the SKU of the product whose picture is shown."""
    action = {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": thumbnail}}
    return _card("catalog_message", action, text, footer=footer)


def product_list(
    header: str,
    text: str,
    sections: Mapping[str, Sequence[str]],
    *,
    catalog_id: str,
    footer: str | None = None,
) -> Unsupported:
    """Products under headings: SKUs by the title of their section, 30 products in 10 sections at most."""
    count = sum(len(skus) for skus in sections.values())
    if not 1 <= len(sections) <= 10 or not 1 <= count <= 30:
        raise invalid(sections=f"holds {count} products in {len(sections)} sections; at most 30 in 10")
    written = [
        {"title": title, "product_items": [{"product_retailer_id": sku} for sku in skus]}
        for title, skus in sections.items()
    ]
    action = {"catalog_id": catalog_id, "sections": written}
    return _card("product_list", action, text, header, footer)


def flow_message(
    text: str,
    *,
    flow_id: str,
    label: str,
    token: str,
    screen: str | None = None,
    data: Mapping[str, Any] | None = None,
    header: str | None = None,
    footer: str | None = None,
    draft: bool = False,
) -> Unsupported:
    """A form to fill in (a Flow).

    Args:
        text: the words above the button.
        flow_id: the Flow.
        label: the words on the button.
        token: comes back with the answer, and to the Flow's endpoint.
        screen: where it begins; None leaves that to the Flow's endpoint.
        data: what the first screen is given.
        header: the headline.
        footer: the words below.
        draft: send a Flow that is not published yet.
    """
    parameters: dict[str, Any] = {
        "flow_message_version": "3",
        "flow_id": flow_id,
        "flow_cta": label,
        "flow_token": token,
        "flow_action": "data_exchange" if screen is None else "navigate",
    }
    if screen is not None:
        parameters["flow_action_payload"] = {"screen": screen} | ({"data": data} if data else {})
    if draft:
        parameters["mode"] = "draft"
    return _card("flow", {"name": "flow", "parameters": parameters}, text, header, footer)


def location_request(text: str) -> Unsupported:
    """Ask where somebody is; the answer is a ``Location``."""
    return _card("location_request_message", {"name": "send_location"}, text)


def address_request(text: str, *, country: str, **parameters: Any) -> Unsupported:
    """Ask for a postal address (India, Singapore); ``parameters`` as WhatsApp names them."""
    action = {"name": "address_message", "parameters": {"country": country, **parameters}}
    return _card("address_message", action, text)


def order_status(
    order: str | Order, status: str, text: str, *, description: str | None = None
) -> Unsupported:
    """What became of an order that ``order_details`` opened; ``status`` in our words or WhatsApp's."""
    written: dict[str, Any] = {"status": codes.WRITTEN.get(status, status)}
    if description is not None:
        written["description"] = description
    number = reference_of(order if isinstance(order, str) else order.id)
    parameters = {"reference_id": number, "order": written}
    return _card("order_status", {"name": "review_order", "parameters": parameters}, text)


def order_details(
    order: Order,
    text: str,
    *,
    payment: Mapping[str, Any],
    goods: str = "physical-goods",
    header: Media | None = None,
    footer: str | None = None,
) -> Unsupported:
    """Ask for the payment of an order (India, Brazil and Singapore).

    Args:
        order: lines and totals; ``total`` must be subtotal, tax and shipping less the discounts.
        text: the words of the message.
        payment: what WhatsApp must know of the payment: ``payment_type`` and ``payment_configuration``, or
            ``payment_settings``.
        goods: ``physical-goods`` or ``digital-goods``.
        header: a picture above it.
        footer: the words below.

    Raises:
        InvalidRequest: the amounts do not add up, or an amount is finer than a hundredth.
    """
    reference = reference_of(order.id)
    if len(reference) > codes.REFERENCE:
        raise invalid(order=f"its id has {len(reference)} characters; at most {codes.REFERENCE}")
    totals = order.totals
    parameters = {
        "reference_id": reference,
        "type": goods,
        **payment,
        "currency": totals.total.currency,
        "total_amount": _amount(totals.total),
        "order": _details(order),
    }
    return _card("order_details", {"name": "review_and_pay", "parameters": parameters}, text, header, footer)


def _details(order: Order) -> dict[str, Any]:
    totals, zero = order.totals, Money(0, order.totals.total.currency)
    subtotal = totals.subtotal or sum((line.total for line in order.lines), zero)
    tax, shipping = totals.tax or zero, totals.shipping or zero
    discount = (totals.discounts.total if totals.discounts else None) or zero
    if subtotal + tax + shipping - discount != totals.total:
        raise invalid(order=f"its total {totals.total} is not subtotal, tax and shipping less discounts")
    parts = {"tax": tax, "shipping": shipping, "discount": discount}
    return {
        "status": "pending",
        "items": [_item(line) for line in order.lines],
        "subtotal": _amount(subtotal),
        "tax": _amount(tax),
        **{name: _amount(part) for name, part in parts.items() if part and name != "tax"},
    }


def _item(line: Line) -> dict[str, Any]:
    quantity = line.quantity.ordered
    item = {
        "retailer_id": line.sku or line.key,
        "name": line.title if line.loaded("title") else line.sku or line.key,
        "amount": _amount(line.unit_price),
        "quantity": quantity,
    }
    paid = line.total / quantity
    return item if paid == line.unit_price else item | {"sale_amount": _amount(paid)}


def _amount(money: Money) -> dict[str, int]:
    hundredths = money.amount * codes.OFFSET
    if hundredths != int(hundredths):
        raise invalid(amount=f"{money} is finer than a hundredth")
    return {"value": int(hundredths), "offset": codes.OFFSET}
