"""Whatever is sent, the pretend Shopee answers: an envelope, never a crash."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from tests.support.shopee_caller import Caller

from socialcommerce.runtime.transport import Response
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin
from socialcommerce.simulators.shopee.wire import (
    Operation,
    Parameter,
    Routes,
    dumps,
    operations,
    parse_parameters,
)

OPERATIONS = sorted(operations().values(), key=lambda one: (one.path, one.method))


def name_of(operation: Operation) -> str:
    return operation.path.removeprefix("/api/v2/")


def answers(operation: Operation, response: Response) -> None:
    assert response.status < 500
    if response.headers["content-type"].startswith("application/json"):
        body = json.loads(response.content)
        assert isinstance(body["error"], str)
        assert body["request_id"]
    else:
        assert operation.reply == "file"


@pytest.mark.parametrize("operation", OPERATIONS, ids=name_of)
def test_every_documented_operation_answers_an_empty_call(shop: Caller, operation: Operation) -> None:
    public = operation.api_type == "Public"
    body = {} if operation.method == "POST" else None
    request = shop.request(operation.method, name_of(operation), body=body, public=public)
    answers(operation, shop.twin.handle(request))


class Typed:
    """Values of the documented types, sometimes ones that exist in this world."""

    def __init__(self, market: Market, seed: int) -> None:
        self.dice = random.Random(seed)
        seller = market.default
        self.known: dict[str, list[Any]] = {
            "item_id": [int(one) for one in seller.products],
            "model_id": [0, *(int(v.id) for one in seller.products.values() for v in one.variants)],
            "order_sn": list(seller.orders),
            "package_number": [one.id for order in seller.orders.values() for one in order.packages],
            "item_status": ["NORMAL", "UNLIST"],
        }

    def value(self, one: Parameter) -> Any:
        if one.many:
            return [self.single(one) for _ in range(self.dice.randrange(4))]
        return self.single(one)

    def single(self, one: Parameter) -> Any:
        if one.name in self.known and self.dice.random() < 0.8:
            return self.dice.choice(self.known[one.name])
        dice = self.dice
        return {
            "i": lambda: dice.choice([-1, 0, 1, 2, 100636, 2**40]),
            "f": lambda: dice.choice([0, 9.5, -1, 10**9, 0.001]),
            "s": lambda: dice.choice(["", "x", "1", "NORMAL", "é" * 200, "create_time"]),
            "b": lambda: dice.random() < 0.5,
            "o": lambda: self.object(one.children),
            "F": lambda: "file",
            "x": lambda: dice.choice([1, "1", None]),
        }[one.kind]()

    def object(self, tree: tuple[Parameter, ...]) -> dict[str, Any]:
        return {one.name: self.value(one) for one in tree if one.required or self.dice.random() < 0.5}


def played(twin: ShopeeTwin) -> list[Operation]:
    return [operations()[key] for key in sorted(twin._handlers)]


@pytest.mark.parametrize("seed", range(25))
def test_values_of_the_right_type_never_crash_it(
    twin: ShopeeTwin, market: Market, shop: Caller, seed: int
) -> None:
    for number in range(3):
        market.add_product(f"S-{number}", stock=9)
        market.buy(f"S-{number}")
    typed = Typed(market, seed)
    for operation in played(twin):
        if any(one.kind == "F" for one in operation.parameters) or operation.module == "auth":
            continue
        sent = typed.object(operation.parameters)
        public = operation.api_type == "Public"
        if operation.method == "POST":
            request = shop.request("POST", name_of(operation), body=sent, public=public)
        else:
            params = {
                key: json.dumps(value) if isinstance(value, bool) else value for key, value in sent.items()
            }
            request = shop.request("GET", name_of(operation), params, public=public)
        answers(operation, twin.handle(request))


def test_amounts_are_numbers_and_nothing_else_is_smuggled_in() -> None:
    assert dumps({"a": Decimal("19.90"), "b": Decimal("48000")}) == b'{"a":19.9,"b":48000}'
    with pytest.raises(TypeError):
        dumps({"a": object()})


def test_a_table_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="what is"):
        parse_parameters("a:i}")


def test_only_documented_operations_can_be_played() -> None:
    with pytest.raises(ValueError, match="not a documented operation"):
        Routes().get("nowhere/at_all")


def test_a_file_of_handlers_is_found_by_itself(twin: ShopeeTwin) -> None:
    modules = {operation.module for operation in played(twin)}
    assert {"auth", "product", "order", "logistics", "push", "shop", "media_space", "public"} <= modules
