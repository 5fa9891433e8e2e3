"""The contract of orders: every operation is refused until a backend says otherwise, with its reason."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest

from socialcommerce import Client
from socialcommerce.backends import Request, Response
from socialcommerce.backends.base import Backend
from socialcommerce.errors import Unsupported
from socialcommerce.models import (
    LineInput,
    LineRef,
    Money,
    OrderInput,
    OwnCarrier,
    RefundInput,
    RefundOnly,
    ReturnInput,
)
from socialcommerce.resources.capability import Refusal
from socialcommerce.resources.orders import Orders, SyncOrders
from socialcommerce.runtime.session import Session

MOMENT = datetime(2025, 11, 1, tzinfo=UTC)
LINE = LineInput(sku="A", quantity=1, unit_price=Money("1", "SGD"))
IMPORTED = OrderInput(number="1", channel="web", lines=[LINE], placed_at=MOMENT)
REFUND = RefundInput(move_money=False, amount=Money("1", "SGD"))


class Nothing(Backend):
    """A platform that offers nothing."""

    name = "nothing"
    refusals: ClassVar[Mapping[str, Refusal]] = {"orders.refund": Refusal("no money moves", "talk")}


def never(request: Request) -> Response:
    raise AssertionError("a refused operation sent something")


OPERATIONS: dict[str, Callable[[SyncOrders], Any]] = {
    "list": lambda orders: orders.list().collect(),
    "get": lambda orders: orders.get("1"),
    "create": lambda orders: orders.create(IMPORTED),
    "accept": lambda orders: orders.accept("1"),
    "packages": lambda orders: orders.packages("1"),
    "split": lambda orders: orders.split("1", [["a"]]),
    "combine": lambda orders: orders.combine([]),
    "shipping_options": lambda orders: orders.shipping_options("1"),
    "ship": lambda orders: orders.ship("1"),
    "update_tracking": lambda orders: orders.update_tracking("1", OwnCarrier("DHL", "1")),
    "tracking": lambda orders: orders.tracking("1"),
    "label": lambda orders: orders.label("1"),
    "cancel_reasons": lambda orders: orders.cancel_reasons("1"),
    "cancel": lambda orders: orders.cancel("1", "out_of_stock"),
    "check_refund": lambda orders: orders.check_refund("1", REFUND),
    "refund": lambda orders: orders.refund("1", REFUND),
    "transactions": lambda orders: orders.transactions("1"),
    "reveal": lambda orders: orders.reveal("1"),
    "note": lambda orders: orders.note("1", "a"),
    "answer_address_change": lambda orders: orders.answer_address_change("1", accept=True),
    "changes": lambda orders: orders.changes(since=MOMENT).collect(),
    "cancellations.list": lambda orders: orders.cancellations.list().collect(),
    "cancellations.create": lambda orders: orders.cancellations.create("1", "out_of_stock"),
    "cancellations.answer": lambda orders: orders.cancellations.answer("1", accept=True),
    "returns.list": lambda orders: orders.returns.list().collect(),
    "returns.get": lambda orders: orders.returns.get("1"),
    "returns.create": lambda orders: orders.returns.create("1", ReturnInput(lines=[LineRef("a")])),
    "returns.options": lambda orders: orders.returns.options("1"),
    "returns.decide": lambda orders: orders.returns.decide("1", RefundOnly()),
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_no_backend_claims_is_refused_before_sending(name: str) -> None:
    client = Client(Nothing(), transport=never)
    with pytest.raises(Unsupported, match=f"nothing does not support orders.{name}") as caught:
        OPERATIONS[name](client.orders)
    assert caught.value.sent == "no"


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_contract_itself_refuses_and_documents_each_operation(name: str) -> None:
    contract: Any = Orders
    *inside, method = name.split(".")
    for step in inside:
        contract = getattr(contract, step)
    operation = getattr(contract(Session(Nothing())), method)
    assert operation.__doc__
    parameters = inspect.signature(operation).parameters.values()
    needed = {each.name: None for each in parameters if each.default is inspect.Parameter.empty}
    with pytest.raises(Unsupported, match=f"orders.{name}"):
        operation(**needed)


def test_a_refusal_says_why_and_what_to_do_instead() -> None:
    with pytest.raises(Unsupported) as caught:
        Client(Nothing(), transport=never).orders.refund("1", REFUND)
    assert (caught.value.reason, caught.value.instead) == ("no money moves", "talk")


def test_every_operation_of_the_face_stands_here() -> None:
    listed = {name for name in Nothing().capabilities() if name.startswith("orders.")}
    assert listed == {f"orders.{name}" for name in OPERATIONS}
