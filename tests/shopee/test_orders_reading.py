"""Reading Shopee's orders: the rows of the interface data as models, windows, filters, money."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.shopee.orders_wire import DENIED, NOW, SHOP, SN, Wire, client, detail, plain, read, sample

from socialcommerce import Client, Masked, Money, VirtualPhone, simulate
from socialcommerce.backends import Request, Response
from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders.walks import LONGEST, Period, plan
from socialcommerce.errors import InvalidRequest, NotFound, NotLoaded, PlatformUnavailable

NOON = datetime.fromtimestamp(NOW, UTC)
MISSING = {"error": "error_not_found", "message": "Wrong parameters, detail: order."}


class Shop:
    """A wire that knows orders by id and lists none: what is asked is looked at."""

    def __init__(self, make: Callable[[str], Mapping[str, Any] | None]) -> None:
        self.make = make
        self.asked: list[dict[str, str]] = []

    def __call__(self, request: Request) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}
        self.asked.append(query)
        ids = query.get("order_sn_list", "").split(",")
        rows = [row for row in map(self.make, ids) if row]
        return Response(200, {}, json.dumps({"error": "", "response": {"order_list": rows}}).encode())


def test_an_order_is_asked_for_with_every_optional_field(shared: Path) -> None:
    wire = Wire(get_order_detail={"order_list": [detail(shared)]}, get_escrow_detail_batch=DENIED)
    client(wire).orders.get(SN)
    query = wire.query("get_order_detail")
    assert query["order_sn_list"] == SN
    assert query["request_order_status_pending"] == "true"
    assert query["response_optional_fields"].split(",") == list(codes.DETAIL_FIELDS)
    assert wire.body("get_escrow_detail_batch") == {"order_sn_list": [SN]}


def test_no_field_of_the_field_map_is_lost(shared: Path) -> None:
    order = read(shared)
    assert (order.id, order.number, order.platform, order.currency) == (SN, SN, "shopee", "VND")
    assert (order.status, order.native_status) == ("open", "TO_RETURN")
    assert (order.payment_status, order.return_status) == ("paid", "requested")
    assert order.created_at == datetime.fromtimestamp(1712601591, UTC)
    assert order.updated_at == datetime.fromtimestamp(1713139948, UTC)
    assert order.ship_by == datetime.fromtimestamp(1712671200, UTC)
    assert order.payment.paid_at == datetime.fromtimestamp(1712601700, UTC)
    assert (order.payment.method, order.payment.native_method) == ("wallet", "ShopeePay")
    assert order.totals.total == Money(356119, "VND")
    assert order.buyer_note == "Gói quà giúp mình 🎁"
    assert order.buyer.username == "xt4fdsf96j"
    assert order.buyer.identity("user_id").value == "1170319091"
    assert order.conversation.peer == order.buyer.identity("user_id")
    assert order.conversation.own_account == SHOP
    assert order.native_ids["buyer_user_id"] == "1170319091"
    assert order.raw["checkout_shipping_carrier"] == "Nhanh"


def test_lines_keep_ids_pieces_and_prices(shared: Path) -> None:
    lamp, bag, comb = read(shared).lines
    assert (lamp.product_id, lamp.variant_id, lamp.sku) == ("23620853561", "221404189791", "SKU-561-791")
    assert (lamp.unit_price, lamp.total) == (Money(300000, "VND"), Money(48000, "VND"))
    assert lamp.options == {"model": "red,L"}
    assert (bag.key, bag.quantity.ordered, bag.quantity.returned) == ("23620853562-0", 2, 1)
    assert comb.key == "23620853563-221404189999-7850298-1"
    assert comb.image_url == "https://cf.shopee.vn/file/vn-11134207-7qukw_tn"


def test_what_is_masked_stays_hidden(shared: Path) -> None:
    address = read(shared).shipping_address
    assert address.name == Masked(token="P******n")
    assert address.phone == Masked(token="******64")
    assert address.full == Masked(token="Ấp******")
    assert (address.city, address.region, address.country) == ("Huyện Phước Long", "Bạc Liêu", "VN")
    assert (address.district, address.lines, address.postal_code) == ("Xã Phong Thạnh Tây B", (), None)


def test_a_virtual_number_replaces_a_hidden_phone(shared: Path) -> None:
    parcels = detail(shared)["package_list"]
    virtual = {"virtual_contact_number": "0928000886", "package_query_number": "66668888"}
    order = read(shared, package_list=[parcels[0] | virtual])
    assert order.shipping_address.phone == VirtualPhone(number="0928000886", extension="66668888")


def test_parcels_are_packages_and_once_arranged_shipments(shared: Path) -> None:
    order = read(shared)
    first, second = order.packages
    assert (first.id, first.status, first.carrier) == ("OFG166300791210964", "delivered", "SPX Express")
    assert first.weight_g == Decimal(600)
    assert [line.key for line in first.lines] == [order.lines[0].key, order.lines[2].key]
    assert [shipment.status for shipment in order.shipments] == ["delivered", "in_transit"]
    assert second.order_ids == (SN,)
    with pytest.raises(NotLoaded):
        _ = order.shipments[0].tracking_number
    assert order.fulfilment_status == "shipped", "a return in transit has not been delivered"


def test_an_order_not_yet_paid_has_no_escrow_to_ask_for() -> None:
    wire = Wire(get_order_detail={"order_list": [plain("A")]})
    order = client(wire).orders.get("A")
    assert (order.status, order.payment_status) == ("pending", "unpaid")
    assert not order.totals.loaded("total")
    assert order.shipping_address is None


def test_a_missing_order_is_not_found_and_the_others_are_there() -> None:
    shop = client(Shop(lambda sn: plain(sn) if sn != "B" else None))
    found = shop.orders.get(["A", "B", "C"])
    assert [outcome.status for outcome in found] == ["ok", "failed", "ok"]
    assert isinstance(found[1].error, NotFound)
    with pytest.raises(NotFound, match="no order B"):
        shop.orders.get("B")


def test_an_unknown_id_does_not_spoil_the_batch() -> None:
    wire = Wire(get_order_detail=[MISSING, {"order_list": [plain("A")]}, MISSING])
    found = client(wire).orders.get(["A", "B"])
    assert [outcome.ok for outcome in found] == [True, False]


def test_fifty_orders_are_read_in_one_call() -> None:
    shop = Shop(plain)
    found = client(shop).orders.get([f"N{number}" for number in range(120)])
    assert found.ok
    assert sorted(len(query["order_sn_list"].split(",")) for query in shop.asked) == [20, 50, 50]


moments = st.integers(1_451_606_400, 1_767_225_600).map(
    lambda seconds: datetime.fromtimestamp(seconds + 0.5, UTC)
)


@given(moments, moments, st.booleans())
def test_windows_leave_no_gap_and_are_never_too_long(one: datetime, other: datetime, by_update: bool) -> None:
    since, until = sorted((one, other))
    period = Period(updated_after=since) if by_update else Period(created_after=since)
    steps = plan(period, int(until.timestamp()) + 1, [None])
    assert steps[0].since <= since.timestamp()
    assert steps[-1].until >= until.timestamp()
    assert all(step.until - step.since <= LONGEST.total_seconds() for step in steps)
    assert all(later.since <= earlier.until for earlier, later in pairwise(steps))


def listing(**answers: Any) -> Wire:
    return Wire(**({"get_order_list": {"more": False, "order_list": []}} | answers))


def test_forty_days_are_three_windows_oldest_first() -> None:
    wire = listing()
    assert client(wire).orders.list(created_after=NOON - timedelta(days=40)).collect() == []
    asked = [wire.query("get_order_list", index) for index in range(len(wire.requests))]
    assert [query["time_range_field"] for query in asked] == ["create_time"] * 3
    assert int(asked[0]["time_from"]) == NOW - 40 * 86400
    assert [query["time_from"] for query in asked[1:]] == [query["time_to"] for query in asked[:-1]]
    assert int(asked[-1]["time_to"]) == NOW
    assert asked[0]["page_size"] == "100"


def test_without_a_bound_every_order_is_looked_for_the_newest_first() -> None:
    wire = listing()
    assert client(wire, clock=lambda: NOW).orders.list().collect() == []
    assert int(wire.query("get_order_list", 0)["time_to"]) == NOW
    assert int(wire.query("get_order_list", -1)["time_from"]) == datetime(2015, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        ("pending", ["UNPAID"]),
        (["cancelled", "cancel_requested"], ["IN_CANCEL", "CANCELLED"]),
        ("on_hold", [None, "INVOICE_PENDING"]),
        ("open", [None]),
        ("other", [None]),
    ],
)
def test_statuses_are_filtered_by_shopee_where_it_can(status: Any, asked: list[str | None]) -> None:
    wire = listing()
    client(wire).orders.list(status=status, created_after=NOON - timedelta(days=1)).collect()
    found = [wire.query("get_order_list", index).get("order_status") for index in range(len(wire.requests))]
    assert found == asked


def test_a_status_that_no_order_here_ever_has_costs_no_call() -> None:
    wire = listing()
    assert client(wire).orders.list(status="archived").collect() == []
    assert wire.requests == []


def rows(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"more": False, "order_list": [{"order_sn": sn, "order_status": word} for sn, word in pairs]}


def test_what_shopee_cannot_filter_is_picked_out_before_details_are_asked_for() -> None:
    wire = Wire(
        get_order_list=rows(("A", "COMPLETED"), ("B", "RETRY_SHIP")),
        get_order_detail={"order_list": [plain("B") | {"order_status": "RETRY_SHIP"}]},
    )
    orders = client(wire).orders.list(status="open", created_after=NOON - timedelta(days=1)).collect()
    assert [(order.id, order.fulfilment_status) for order in orders] == [("B", "exception")]
    assert wire.query("get_order_detail")["order_sn_list"] == "B"


def test_invoice_pending_shows_in_the_filter_alone_and_is_kept() -> None:
    wire = Wire(
        get_order_list=[rows(), rows(("A", "INVOICE_PENDING"))],
        get_order_detail={"order_list": [plain("A") | {"order_status": "READY_TO_SHIP"}]},
    )
    (order,) = client(wire).orders.list(status="on_hold", created_after=NOON - timedelta(days=1))
    assert (order.status, order.native_status) == ("on_hold", "INVOICE_PENDING")


def test_both_time_bounds_hold_though_shopee_takes_one() -> None:
    old = plain("A") | {"create_time": NOW - 9 * 86400}
    wire = Wire(
        get_order_list=rows(("A", "UNPAID"), ("B", "UNPAID")),
        get_order_detail={"order_list": [old, plain("B")]},
    )
    orders = client(wire).orders.list(
        created_before=NOON - timedelta(days=5), updated_after=NOON - timedelta(days=1), detail="ids"
    )
    assert [order.id for order in orders] == ["A"]
    assert wire.query("get_order_list")["time_range_field"] == "update_time"


def test_ids_cost_no_detail_call_and_the_rest_is_not_loaded() -> None:
    wire = Wire(get_order_list=rows(("A", "SHIPPED")))
    (order,) = client(wire).orders.list(detail="ids", created_after=NOON - timedelta(days=1))
    assert (order.id, order.status, order.fulfilment_status) == ("A", "open", "shipped")
    with pytest.raises(NotLoaded, match="lines"):
        _ = order.lines


def test_an_order_without_details_is_listed_all_the_same() -> None:
    wire = Wire(get_order_list=rows(("A", "SHIPPED")), get_order_detail={"order_list": []})
    (order,) = client(wire).orders.list(created_after=NOON - timedelta(days=1))
    assert not order.loaded("lines")


def test_a_listing_goes_on_from_its_cursor(shared: Path) -> None:
    first_page, last_page = (sample(shared, f"order_get_order_list_{name}") for name in ("first", "last"))
    wire = Wire(get_order_list=[first_page, first_page, last_page])
    shop = client(wire)
    pager = shop.orders.list(detail="ids", created_after=NOON - timedelta(days=1))
    first = pager.collect(2)
    rest = shop.orders.list(cursor=pager.cursor).collect()
    assert wire.query("get_order_list")["cursor"] == "20"
    assert [order.id for order in first] == ["201218V2Y6E59M", "201218V2W2SG1E"]
    assert rest
    assert not {order.id for order in rest} & {order.id for order in first}


def test_a_foreign_position_is_no_cursor_of_a_listing() -> None:
    from socialcommerce.runtime.paging import Cursor

    text = Cursor("orders.list", {}, '{"page":2}').text()
    with pytest.raises(InvalidRequest, match="cursor"):
        client(listing()).orders.list(cursor=text).collect()


def test_an_outage_is_an_error_and_not_an_empty_list() -> None:
    wire = Wire(get_order_list={"error": "error_server", "message": "Something wrong."})
    with pytest.raises(PlatformUnavailable):
        client(wire).orders.list(created_after=NOON).collect()


AXES = {
    "order": {word: status for word, (status, _) in codes.ORDERS.items()},
    "fulfilment": {word: status for word, (_, status) in codes.ORDERS.items()},
    "shipment": codes.SHIPMENTS,
    "return": codes.RETURNS | codes.NEGOTIATIONS,
    "cancellation": codes.CANCELLATIONS,
}


def test_every_status_means_what_the_table_of_statuses_says(shared: Path) -> None:
    with (shared / "mapping" / "statuses.tsv").open(encoding="utf-8", newline="") as text:
        table = [row for row in csv.DictReader(text, delimiter="\t") if row["platform"] == "shopee"]
    checked = 0
    for row in table:
        for phrase in row["native_values"].split(";"):
            words = [word.strip("(),") for word in phrase.split() if word.strip("(),").isupper()]
            for word in words:
                if word in AXES.get(row["axis"], {}):
                    assert AXES[row["axis"]][word] == row["unified_value"], (row["axis"], word)
                    checked += 1
    assert checked > 50


def test_cash_on_delivery_is_due_until_the_order_is_over(shared: Path) -> None:
    assert read(shared, cod=True, order_status="SHIPPED", pay_time=None).payment_status == "due_on_delivery"
    assert read(shared, cod=True, order_status="COMPLETED", pay_time=None).payment_status == "paid"
    assert read(shared, order_status="CANCELLED").payment_status == "refunded"
    assert read(shared, order_status="CANCELLED", pay_time=None).payment_status == "unpaid"
    assert read(shared, order_status="SHIPPED", pay_time=None).payment_status == "other"


def test_an_unknown_status_is_other_and_keeps_its_word(shared: Path) -> None:
    order = read(shared, order_status="ON_THE_MOON")
    assert (order.status, order.fulfilment_status, order.native_status) == ("other", "other", "ON_THE_MOON")


@pytest.mark.parametrize(
    ("word", "method"),
    [("Credit Card/Debit Card", "card"), ("SPayLater", "instalments"), ("Bank Transfer", "bank_transfer")],
)
def test_payment_methods_are_told_apart(shared: Path, word: str, method: str) -> None:
    assert read(shared, payment_method=word).payment.method == method
    assert read(shared, payment_method="Barter").payment.method == "other"
    assert read(shared, cod=True).payment.method == "cash_on_delivery"


def test_a_model_bought_at_two_prices_is_two_lines_with_keys_of_their_own(shared: Path) -> None:
    item = detail(shared)["item_list"][1]
    order = read(shared, item_list=[item, item | {"model_discounted_price": 1}])
    assert [line.key for line in order.lines] == ["23620853562-0", "23620853562-0~2"]


@pytest.fixture
def shop() -> Client:
    shop = simulate("shopee")
    shop.market.add_product("TS-1", stock=25, price="19.90")
    return shop


def test_a_paid_order_is_found_and_read(shop: Client) -> None:
    order_id = shop.market.buy("TS-1", quantity=2)
    (listed,) = shop.orders.list(updated_after=shop.market.now() - timedelta(days=20))
    order = shop.orders.get(listed)
    assert order.id == order_id
    assert order.lines[0].sku == "TS-1"
    assert order.lines[0].total == Money("39.80", "SGD")
    assert order.fulfilment_status == "ready_to_ship"


def test_changes_are_the_events_of_orders_and_returns(shop: Client) -> None:
    since = shop.market.now() - timedelta(minutes=1)
    first, second = shop.market.buy("TS-1"), shop.market.buy("TS-1")
    shop.market.request_cancellation(second)
    shop.market.complete(first)
    returned = shop.market.request_return(first)
    events = list(shop.orders.changes(since=since))
    found = {event.ref.id: event.type for event in events}
    assert found[second] == "order.cancellation_requested"
    assert found[returned] == "return.created"
    assert found[first] == "order.updated"
    assert [event.key for event in shop.orders.changes(since=since)] == [event.key for event in events]
    assert all(event.state.id == event.ref.id for event in events)


def test_a_note_replaces_the_one_before(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.orders.note(order_id, "gift")
    shop.orders.note(order_id, "no gift")
    assert shop.orders.get(order_id).notes == "no gift"


def test_new_unpaid_and_cash_orders_are_created_by_their_first_event() -> None:
    fresh = [
        plain("A"),
        plain("B") | {"order_status": "READY_TO_SHIP", "cod": True},
        plain("C") | {"create_time": NOW - 9 * 86400},
    ]
    wire = Wire(
        get_order_list=rows(*((row["order_sn"], row["order_status"]) for row in fresh)),
        get_order_detail={"order_list": fresh},
        get_return_list={"more": False, "return": []},
    )
    events = list(client(wire).orders.changes(since=NOON - timedelta(days=1)))
    assert [event.type for event in events] == ["order.created", "order.created", "order.updated"]
    assert events[0].account == SHOP
