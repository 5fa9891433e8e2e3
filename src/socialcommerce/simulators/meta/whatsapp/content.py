"""What may be said in a WhatsApp message: every type, its required parts and their limits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from attrs import frozen

from socialcommerce.simulators.meta.whatsapp.refusals import refuse

__all__ = ["MEDIA", "MOST_ITEMS", "World", "check", "check_parts"]

MEDIA = frozenset({"audio", "document", "image", "sticker", "video"})
MOST_ROWS, MOST_ITEMS = 10, 30
PAYMENT_REGIONS = frozenset({"IN", "BR", "SG"})
_FRAME = ("body.text 1024", "footer.text 60", "header.text 60")
_SAID = ("body.text! 1024", "footer.text 60", "header.text 60")
RULES: Mapping[str, Sequence[str]] = {
    "text": ("body! 4096",),
    "audio": (),
    "document": ("caption 1024", "filename 240"),
    "image": ("caption 1024",),
    "sticker": (),
    "video": ("caption 1024",),
    "location": ("latitude!", "longitude!", "name 1000", "address 1000"),
    "contacts": ("[].name.formatted_name!",),
    "reaction": ("message_id!",),
    "template": ("name! 512", "language.code!"),
    "interactive": ("type!", "action!"),
    "interactive/button": (
        *_SAID,
        "action.buttons! 1:3",
        "action.buttons.[].reply.id! 256",
        "action.buttons.[].reply.title! 20",
    ),
    "interactive/list": (
        "body.text! 4096",
        "footer.text 60",
        "header.text 60",
        "action.button! 20",
        "action.sections! 1:10",
        "action.sections.[].title 24",
        "action.sections.[].rows! 1:10",
        "action.sections.[].rows.[].id! 200",
        "action.sections.[].rows.[].title! 24",
        "action.sections.[].rows.[].description 72",
    ),
    "interactive/cta_url": (*_SAID, "action.parameters.display_text! 20", "action.parameters.url! 2000"),
    "interactive/flow": (
        *_SAID,
        "action.parameters.flow_message_version!",
        "action.parameters.flow_cta! 30",
    ),
    "interactive/product": (*_FRAME, "action.catalog_id!", "action.product_retailer_id!"),
    "interactive/product_list": (
        *_SAID,
        "header.text! 60",
        "action.catalog_id!",
        "action.sections! 1:10",
        "action.sections.[].title 24",
        "action.sections.[].product_items! 1:30",
        "action.sections.[].product_items.[].product_retailer_id!",
    ),
    "interactive/catalog_message": (*_SAID,),
    "interactive/carousel": ("body.text! 1024", "action.cards! 2:10"),
    "interactive/location_request_message": ("body.text! 1024",),
    "interactive/address_message": ("body.text! 1024", "action.parameters.country!"),
    "interactive/order_details": (
        *_SAID,
        "action.parameters.reference_id! 35",
        "action.parameters.type!",
        "action.parameters.currency!",
        "action.parameters.total_amount.value!",
        "action.parameters.order.status!",
        "action.parameters.order.items! 1:999",
        "action.parameters.order.items.[].name! 60",
        "action.parameters.order.items.[].amount.value!",
        "action.parameters.order.items.[].quantity!",
        "action.parameters.order.subtotal.value!",
    ),
    "interactive/order_status": (
        "body.text! 1024",
        "action.parameters.reference_id! 35",
        "action.parameters.order.status!",
        "action.parameters.order.description 120",
    ),
}
"""Type -> its parts: a dotted path ("[]" is every element), "!" if required, and [least:]most of it."""
ACTIONS: Mapping[str, str] = {
    "cta_url": "cta_url",
    "flow": "flow",
    "catalog_message": "catalog_message",
    "location_request_message": "send_location",
    "address_message": "address_message",
    "order_details": "review_and_pay",
    "order_status": "review_order",
}
"""Interactive type -> the name that its action bears."""
ORDER_STATUSES = frozenset({"pending", "processing", "partially-shipped", "shipped", "completed", "canceled"})


class World(Protocol):
    """What a message is held against: the number that sends it, and what lies behind."""

    @property
    def region(self) -> str:
        """The country of the number."""
        ...

    @property
    def catalog_id(self) -> str | None:
        """The catalog that is linked to the account."""
        ...

    def sells(self, sku: str) -> bool:
        """Whether the linked catalog shows that item."""
        ...

    def media_kind(self, media_id: str) -> str | None:
        """The media type of an uploaded file; None where there is none."""
        ...

    def check_flow(self, flow: Mapping[str, Any]) -> None:
        """Refuse a flow that cannot be sent."""
        ...

    def payment_of(self, reference_id: str) -> str | None:
        """How far the payment under that reference is; None where there is no such order."""
        ...

    def knows_message(self, message_id: str) -> bool:
        """Whether a message of that id was exchanged with this number."""
        ...


@frozen
class Rule:
    """One part of a message; ``most`` and ``least`` bound letters or elements."""

    steps: tuple[str, ...]
    required: bool
    least: int
    most: int | None


@cache
def rules(kind: str) -> tuple[Rule, ...]:
    """The parts of a type, read from the table."""
    found = []
    for text in RULES[kind]:
        path, _, bounds = text.partition(" ")
        least, _, most = bounds.rpartition(":")
        steps = tuple(path.rstrip("!").split("."))
        found.append(Rule(steps, path.endswith("!"), int(least or 0), int(most) if most else None))
    return tuple(found)


def _at(value: Any, steps: Sequence[str]) -> Iterator[Any]:
    if not steps:
        yield value
    elif steps[0] == "[]":
        for one in value if isinstance(value, list) else ():
            yield from _at(one, steps[1:])
    else:
        yield from _at(value.get(steps[0]) if isinstance(value, dict) else None, steps[1:])


def check_parts(kind: str, content: Any, where: str) -> None:
    """Hold ``content`` against the table: 131008 for what is missing, 131009 for what is too long."""
    for rule in rules(kind):
        name = ".".join((where, *rule.steps)).replace(".[]", "[]")
        for value in _at(content, rule.steps):
            _check_value(rule, value, name)


def _check_value(rule: Rule, value: Any, name: str) -> None:
    if value is None or value == "":
        if rule.required:
            raise refuse(131008, f"Parameter '{name}' is mandatory")
        return
    if rule.most is None:
        return
    if not isinstance(value, str | list):
        raise refuse(131009, f"Parameter '{name}' has an invalid type")
    if not rule.least <= len(value) <= rule.most:
        raise refuse(
            131009, f"Parameter '{name}' length is invalid. Min length: {rule.least}, Max length: {rule.most}"
        )


def check(world: World, kind: str, content: Any) -> None:
    """Refuse a content that WhatsApp would not take."""
    if kind not in RULES or "/" in kind:
        raise refuse(131051, f"Message type '{kind}' is currently not supported.")
    if not content or isinstance(content, dict) is (kind == "contacts"):
        raise refuse(131008, f"Parameter '{kind}' is mandatory for type '{kind}'")
    check_parts(kind, content, kind)
    if kind in MEDIA:
        _check_media(world, kind, content)
    elif kind in FURTHER:
        FURTHER[kind](world, content)


def _check_media(world: World, kind: str, content: Mapping[str, Any]) -> None:
    if ("id" in content) == ("link" in content):
        raise refuse(131009, f"Exactly one of '{kind}.id' and '{kind}.link' must be given")
    if "caption" in content and kind in ("audio", "sticker"):
        raise refuse(131009, f"Unexpected key 'caption' on param '{kind}'")
    if "link" in content:
        if not re.match(r"https?://", str(content["link"])):
            raise refuse(131009, f"Parameter '{kind}.link' is not a valid URL")
        return
    held = world.media_kind(str(content["id"]))
    if held is None:
        raise refuse(131009, f"Media ID {content['id']} not found")
    if held != kind:
        raise refuse(131009, f"Media {content['id']} is not of type {kind}")


def _check_reaction(world: World, content: Mapping[str, Any]) -> None:
    if "emoji" not in content:
        raise refuse(131008, "Parameter 'reaction.emoji' is mandatory")
    if not world.knows_message(str(content["message_id"])):
        raise refuse(131009, "Message ID in reaction is invalid")


def _check_location(_world: World, content: Mapping[str, Any]) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        try:
            inside = abs(float(content[name])) <= most
        except (TypeError, ValueError):
            inside = False
        if not inside:
            raise refuse(131009, f"Parameter 'location.{name}' is not a valid coordinate")


# -- interactive


def _check_interactive(world: World, content: Mapping[str, Any]) -> None:
    kind, action = str(content["type"]), content["action"]
    if f"interactive/{kind}" not in RULES:
        raise refuse(131009, f"Interactive type '{kind}' is not valid")
    check_parts(f"interactive/{kind}", content, "interactive")
    if kind in ACTIONS and action.get("name") != ACTIONS[kind]:
        raise refuse(131009, f"Parameter 'interactive.action.name' must be '{ACTIONS[kind]}'")
    _check_header(world, kind, content.get("header"))
    further = CHECKS.get(kind)
    if further is not None:
        further(world, action)


def _check_header(world: World, kind: str, header: Mapping[str, Any] | None) -> None:
    if header is None:
        return
    if kind == "product":
        raise refuse(131009, "A header is not allowed for interactive type 'product'")
    form = str(header.get("type"))
    allowed = ("text",) if kind in ("list", "product_list") else ("text", "image", "video", "document")
    if form not in allowed or not header.get(form):
        raise refuse(131009, f"Header type '{form}' is not valid for interactive type '{kind}'")
    if form != "text":
        _check_media(world, form, header[form])


def _check_buttons(_world: World, action: Mapping[str, Any]) -> None:
    ids = [one["reply"]["id"] for one in action["buttons"]]
    titles = [one["reply"]["title"] for one in action["buttons"]]
    if any(one.get("type") != "reply" for one in action["buttons"]):
        raise refuse(131009, "Button type must be 'reply'")
    if len(set(ids)) < len(ids) or len(set(titles)) < len(titles):
        raise refuse(131009, "Button ids and titles must be unique")


def _check_list(_world: World, action: Mapping[str, Any]) -> None:
    rows = [row["id"] for section in action["sections"] for row in section["rows"]]
    if len(rows) > MOST_ROWS:
        raise refuse(131009, f"Total row count exceeds the maximum allowed count: {MOST_ROWS}")
    if len(set(rows)) < len(rows):
        raise refuse(131009, "Row ids must be unique")
    _check_titles(action["sections"])


def _check_titles(sections: Sequence[Mapping[str, Any]]) -> None:
    if len(sections) > 1 and not all(one.get("title") for one in sections):
        raise refuse(131008, "Section title is mandatory if there is more than one section")


def _check_product(world: World, action: Mapping[str, Any]) -> None:
    _check_sold(world, action, [str(action["product_retailer_id"])])


def _check_products(world: World, action: Mapping[str, Any]) -> None:
    skus = [
        str(item["product_retailer_id"])
        for section in action["sections"]
        for item in section["product_items"]
    ]
    if len(skus) > MOST_ITEMS:
        raise refuse(131009, f"Total product count exceeds the maximum allowed count: {MOST_ITEMS}")
    _check_titles(action["sections"])
    _check_sold(world, action, skus)


def _check_sold(world: World, action: Mapping[str, Any], skus: Sequence[str]) -> None:
    if action.get("catalog_id", world.catalog_id) != world.catalog_id:
        raise refuse(131009, "Catalog is not linked to this WhatsApp Business Account")
    if not all(world.sells(sku) for sku in skus):
        raise refuse(131009, "Products not found in FB Catalog")


def _check_catalog(world: World, action: Mapping[str, Any]) -> None:
    if world.catalog_id is None:
        raise refuse(131009, "No catalog is linked to this WhatsApp Business Account")
    thumbnail = (action.get("parameters") or {}).get("thumbnail_product_retailer_id")
    if thumbnail is not None:
        _check_sold(world, {}, [str(thumbnail)])


def _check_flow(world: World, action: Mapping[str, Any]) -> None:
    flow = action["parameters"]
    if flow["flow_message_version"] != "3":
        raise refuse(131009, "Parameter 'flow_message_version' must be '3'")
    if ("flow_id" in flow) == ("flow_name" in flow):
        raise refuse(131009, "Exactly one of 'flow_id' and 'flow_name' must be given")
    world.check_flow(flow)


# -- payments


def _amount(order: Mapping[str, Any], name: str) -> int:
    part = order.get(name)
    if part is None:
        return 0
    if part.get("offset") != 100 or not isinstance(part.get("value"), int):
        raise refuse(131009, f"Parameter '{name}' must be an integer value with offset 100")
    return int(part["value"])


def _check_order(world: World, action: Mapping[str, Any]) -> None:
    given, order = action["parameters"], action["parameters"]["order"]
    if world.region not in PAYMENT_REGIONS:
        raise refuse(131009, "Payments are not available in the country of this phone number")
    if given["type"] not in ("digital-goods", "physical-goods") or order["status"] != "pending":
        raise refuse(131009, "Parameters 'type' or 'order.status' are not valid")
    if world.payment_of(str(given["reference_id"])) is not None:
        raise refuse(131009, "Parameter 'reference_id' must be unique for each order")
    parts = [_amount(order, name) for name in ("subtotal", "tax", "shipping", "discount")]
    if _amount(given, "total_amount") != parts[0] + parts[1] + parts[2] - parts[3]:
        raise refuse(131009, "Parameter 'total_amount' must equal subtotal + tax + shipping - discount")


def _check_order_status(world: World, action: Mapping[str, Any]) -> None:
    given = action["parameters"]
    status, paid = given["order"]["status"], world.payment_of(str(given["reference_id"]))
    if status not in ORDER_STATUSES:
        raise refuse(131009, f"Parameter 'order.status' must be one of {', '.join(sorted(ORDER_STATUSES))}")
    if paid is None:
        raise refuse(131009, "No order was sent under this 'reference_id'")
    if status == "canceled" and paid in ("pending", "captured"):
        raise refuse(131009, "An order whose payment is pending or captured cannot be canceled")


FURTHER: Mapping[str, Callable[[World, Any], None]] = {
    "interactive": _check_interactive,
    "location": _check_location,
    "reaction": _check_reaction,
}
"""Type -> what is looked at beyond its parts."""
CHECKS: Mapping[str, Callable[[World, Mapping[str, Any]], None]] = {
    "button": _check_buttons,
    "list": _check_list,
    "product": _check_product,
    "product_list": _check_products,
    "catalog_message": _check_catalog,
    "flow": _check_flow,
    "order_details": _check_order,
    "order_status": _check_order_status,
}
"""Interactive type -> what is looked at in its action."""
