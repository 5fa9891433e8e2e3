"""What is wrong with an argument on every platform is said before a backend is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from socialcommerce import CancelReason, LineRef, simulate
from socialcommerce.errors import InvalidRequest
from socialcommerce.resources.arguments import Hints, refuse_wrong
from socialcommerce.resources.catalog import Catalog
from socialcommerce.resources.messaging import Messaging
from socialcommerce.resources.orders import Orders

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
COLOURS = tuple(f"colour-{number}" for number in range(25))


def paint(
    self: Any,
    colour: Literal["red", "blue"] | Sequence[Literal["red", "blue"]] | None,
    finish: Literal["matt"] | str,
    coats: int = 1,
    level: Literal[1, 2] = 1,
) -> None: ...


def words(**known: tuple[str, ...]) -> Hints:
    return Hints(words=known, kinds={}, plural=frozenset())


def test_only_a_parameter_that_takes_nothing_else_is_closed() -> None:
    assert Hints.of(paint).words == {"colour": ("red", "blue")}


def test_the_types_of_a_contract_are_found_where_only_type_checkers_import_them() -> None:
    assert Hints.of(Catalog.get).words["version"] == ("live", "pending")
    assert "active" in Hints.of(Catalog.list).words["status"]
    assert "sku" not in Hints.of(Catalog.find).words


@pytest.mark.parametrize("colour", ["red", ["red", "blue"], ("blue",), {"red"}, None, []])
def test_known_words_pass(colour: Any) -> None:
    refuse_wrong({"colour": colour}, words(colour=("red", "blue")))


@pytest.mark.parametrize("colour", ["green", ["red", "green"], ("green",), {"green"}])
def test_an_unknown_word_is_refused_with_the_known_ones(colour: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        refuse_wrong({"colour": colour}, words(colour=("red", "blue")))
    assert caught.value.fields == {"colour": "'green' is not known; there is red, blue"}
    assert caught.value.sent == "no"


def test_of_a_long_list_the_first_ones_are_shown() -> None:
    with pytest.raises(InvalidRequest, match=r"colour-19, …$"):
        refuse_wrong({"colour": "green"}, words(colour=COLOURS))


@pytest.mark.parametrize(
    ("first", "last"),
    [("created_after", "created_before"), ("updated_after", "updated_before"), ("since", "until")],
)
def test_a_span_upside_down_is_refused(first: str, last: str) -> None:
    with pytest.raises(InvalidRequest, match=f"{last}: lies before {first}"):
        refuse_wrong({first: LATE, last: EARLY}, words())
    refuse_wrong({first: EARLY, last: LATE}, words())
    refuse_wrong({first: EARLY, last: EARLY}, words())
    refuse_wrong({first: EARLY, last: None}, words())
    refuse_wrong({first: LATE, last: date(2025, 1, 1)}, words())


def test_a_naive_datetime_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="created_after: is a naive datetime"):
        refuse_wrong({"created_after": datetime(2026, 1, 1)}, words())  # noqa: DTZ001  # a naive one is the point


CANCEL, SPLIT, SHIP = Hints.of(Orders.cancel), Hints.of(Orders.split), Hints.of(Orders.ship)


@pytest.mark.parametrize(
    ("given", "hints", "message"),
    [
        ({"order": 5}, CANCEL, "order: expected Order or its id as text, not 5"),
        ({"reason": 5}, CANCEL, "reason: expected CancelReason or its id as text, not 5"),
        ({"reason": [{}]}, CANCEL, "reason: expected CancelReason or its id as text, not dict"),
        ({"lines": (5.5,)}, SHIP, "lines: expected LineRef or its key as text, not 5.5"),
        ({"targets": [b"1"]}, SHIP, "targets: expected Order or Package or its id as text, not bytes"),
        ({"parcels": (LineRef(key="a"),)}, SPLIT, "parcels: expected groups, as in .* not LineRef by itself"),
        ({"parcels": ("ab",)}, SPLIT, "parcels: expected groups, as in .* not str by itself"),
        ({"parcels": (["a"], [7])}, SPLIT, "parcels: expected LineRef or its key as text, not 7"),
    ],
)
def test_what_is_neither_an_object_nor_its_name_is_refused(
    given: dict[str, Any], hints: Hints, message: str
) -> None:
    with pytest.raises(InvalidRequest, match=message) as caught:
        refuse_wrong(given, hints)
    assert caught.value.fields.keys() == given.keys()
    assert caught.value.sent == "no"


@pytest.mark.parametrize(
    ("given", "hints"),
    [
        ({"order": "1", "reason": "out_of_stock", "lines": None}, CANCEL),
        ({"order": SimpleNamespace(id="1"), "reason": CancelReason.build(id="1", label="one")}, CANCEL),
        ({"parcels": ([LineRef(key="a"), "b"], ["c"])}, SPLIT),
        ({"parcels": ((LineRef(key=key) for key in "ab"), {"c"})}, SPLIT),
        ({"lines": ["a", SimpleNamespace(key="b")]}, SHIP),
    ],
)
def test_objects_and_what_names_them_pass(given: dict[str, Any], hints: Hints) -> None:
    refuse_wrong(given, hints)


def test_text_that_is_more_than_a_name_is_left_to_the_operation() -> None:
    assert {"to", "contents"}.isdisjoint(Hints.of(Messaging.send).kinds)


@pytest.mark.parametrize("name", ["shopee", "tiktok_shop"])
def test_a_wrong_kind_is_refused_before_anything_is_asked(name: str) -> None:
    with simulate(name) as shop:
        for wrong in (
            lambda: shop.orders.cancel("1", 5),  # type: ignore[arg-type]  # the point
            lambda: shop.orders.split("1", [LineRef(key="a")]),  # type: ignore[list-item]  # the point
        ):
            with pytest.raises(InvalidRequest) as caught:
                wrong()
            assert caught.value.fields.keys() <= {"reason", "parcels"}
