"""Sending: three roads, by who ships and where."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from socialcommerce.backends.shared import Json, chunks, order_id_of
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.codes.errors import row_error
from socialcommerce.backends.tiktok.shop.orders import mapping
from socialcommerce.backends.tiktok.shop.orders.base import (
    FULFILLMENT,
    Parcel,
    Verdict,
    conflict,
    digits,
    parcel_in,
)
from socialcommerce.backends.tiktok.shop.orders.lines import open_units, units_of
from socialcommerce.backends.tiktok.shop.orders.methods import (
    carrier_id,
    handover,
    label_of,
    no_own_way,
    offered,
    own_options,
    tracking_info,
)
from socialcommerce.backends.tiktok.shop.orders.splitting import Splitting
from socialcommerce.errors import (
    SHAPE_ERRORS,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    SocialCommerceError,
)
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.order import Order
from socialcommerce.models.shipping import (
    LineRef,
    OwnCarrier,
    Package,
    Shipment,
    ShippingMethod,
    ShippingOptions,
)
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, invalid
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow, done, gather

__all__ = ["Shipping"]

Sendable = str | Order | Package
_MANY = 50


class Shipping(Splitting):
    """``orders.shipping_options`` and ``orders.ship`` of TikTok Shop."""

    @supports("native", params=native("target"), requires=("shop",), cost="2 to 4 calls")
    def shipping_options(self, target: str | Order | Package) -> Flow[ShippingOptions]:
        """GET packages/{id}/handover_time_slots; shipped by the seller: GET …/shipping_providers.

        An order without a package is quoted: POST orders/{id}/shipping_services/query, kept in ``raw``.
        """
        parcel = yield from self.parcel(target)
        if parcel.by_seller:
            return own_options((yield from self._providers(parcel)))
        if not parcel.id:
            return offered(parcel, {}, (yield from self._quotes(parcel)))
        return offered(parcel, (yield from self._offer(parcel)))

    def _offer(self, parcel: Parcel) -> Flow[Json]:
        path = f"{FULFILLMENT}/packages/{parcel.id}/handover_time_slots"
        offer: Json = yield from self.ask("GET", path)
        return offer

    def _quotes(self, parcel: Parcel) -> Flow[Sequence[Json]]:
        path = f"{FULFILLMENT}/orders/{parcel.order['id']}/shipping_services/query"
        answer = yield from self.ask("POST", path, body={})
        return answer.get("shipping_services") or ()

    def _providers(self, parcel: Parcel) -> Flow[Sequence[Json]]:
        """The carriers of the delivery option that the buyer chose, else of the warehouse's for sellers.

        An option that TikTok Shop delivers by itself has none, and is an error.
        """
        option = parcel.row.get("delivery_option_id") or parcel.order.get("delivery_option_id")
        if option:
            try:
                return (yield from self._providers_of(str(option)))
            except (InvalidRequest, NotFound):
                pass
        return (yield from self._providers_of((yield from self._seller_option(parcel))))

    def _providers_of(self, option: str) -> Flow[Sequence[Json]]:
        path = f"/logistics/202309/delivery_options/{digits(option)}/shipping_providers"
        answer = yield from self.ask("GET", path)
        return answer.get("shipping_providers") or ()

    def _seller_option(self, parcel: Parcel) -> Flow[str]:
        warehouse = digits(str(parcel.order.get("warehouse_id") or ""))
        answer = yield from self.ask("GET", f"/logistics/202309/warehouses/{warehouse}/delivery_options")
        for row in answer.get("delivery_options") or ():
            if row.get("type") == "SEND_BY_SELLER":
                return str(row["id"])
        raise NotFound(
            f"warehouse {warehouse} has no delivery by the seller", platform="tiktok_shop", sent="yes"
        )

    @supports(
        "native",
        params=native("targets", "target", "method", "lines") | emulated("default"),
        requires=("shop",),
        when="a carrier of one's own where the seller ships; Pickup and DropOff where TikTok Shop does",
        cost="4 or 5 calls a package; 1 to ship 50 of TikTok Shop's carriers",
    )
    def ship(
        self,
        targets: Sequence[Sendable],
        method: ShippingMethod | None = None,
        lines: Sequence[str | LineRef] | None = None,
    ) -> Flow[BulkResult[Sendable, Shipment]]:
        """Three roads, by who ships and where.

        Shipped by the seller: POST /fulfillment/202610/orders/{id}/packages, in South-East Asia
        POST packages/{id}/ship with ``self_shipment``. By TikTok Shop: POST packages/{id}/ship, and
        POST packages/ship for several; with ``native={"weight": …, "dimension": …,
        "shipping_service_id": …}`` on the method, or where the order has no package yet, a label is
        bought first (POST /fulfillment/202512/packages).

        Without a method it is a pickup in the first free slot, else a drop-off. ``lines`` splits
        the order first, where TikTok Shop ships.
        """
        if lines is None and len(targets) > 1 and not isinstance(method, OwnCarrier):
            return (yield from self._ship_many(targets, method))
        return (yield from each_alone(targets, lambda target: self._ship(target, method, lines), limit=4))

    def _ship(
        self, target: Sendable, method: ShippingMethod | None, lines: Sequence[str | LineRef] | None
    ) -> Flow[Shipment]:
        if lines is not None:
            return (yield from self._ship_lines(target, method, lines))
        parcel = yield from self.parcel(target)
        return (yield from self._send(parcel, method, None))

    def _send(
        self, parcel: Parcel, method: ShippingMethod | None, unit_ids: Sequence[str] | None
    ) -> Flow[Shipment]:
        _check_sendable(parcel)
        if parcel.by_seller:
            return (yield from self._send_by_seller(parcel, method, unit_ids))
        if not parcel.id or label_of(method):
            parcel = yield from self._buy_label(parcel, method, unit_ids)
        if parcel.status in codes.ARRANGED:
            return mapping.shipment(parcel.row, parcel.order)
        with _labelled(parcel):
            body = handover((yield from self._offer(parcel)), method)
            return (yield from self._ship_package(parcel, body))

    def _ship_package(self, parcel: Parcel, body: Json) -> Flow[Shipment]:
        yield from self.ask(
            "POST",
            f"{FULFILLMENT}/packages/{parcel.id}/ship",
            body=body,
            safety="state_guarded",
            readback=lambda: self._is_arranged(parcel.id),
        )
        return (yield from self._sent(parcel))

    def _is_arranged(self, package_id: str) -> Flow[Verdict]:
        word = (yield from self.package_row(package_id)).get("package_status")
        if word in codes.ARRANGED:
            return Found({})
        if word == "TO_FULFILL":
            return Absent()
        return Undecided({"package_status": word}, "look at the package")

    def _sent(self, parcel: Parcel) -> Flow[Shipment]:
        """The shipment as it now stands; its number may not exist yet."""
        known = {**parcel.row, "package_status": "PROCESSING"}
        return (yield from self._shipment_after(parcel.id, known, parcel.order))

    def _shipment_after(self, package_id: str, known: Json, order: Json) -> Flow[Shipment]:
        """The shipment of a package as it is read after a change; as ``known`` where it cannot be."""

        def shipment(row: Json) -> Shipment:
            return mapping.shipment({**known, **row}, order)

        read = self.package_row(package_id) if package_id else done(known)
        return (yield from self.mapped_after(read, shipment, known))

    def _send_by_seller(
        self, parcel: Parcel, method: ShippingMethod | None, unit_ids: Sequence[str] | None
    ) -> Flow[Shipment]:
        if method is None:
            raise no_own_way(parcel)
        if not isinstance(method, OwnCarrier):
            raise invalid(method="the seller ships this order: give OwnCarrier(carrier, number)")
        provider = yield from self._provider(parcel, method)
        info = tracking_info(method, provider)
        region = yield from self._market(parcel)
        if region in codes.SELF_SHIPMENT_MARKETS and parcel.id:
            return (yield from self._ship_package(parcel, {"self_shipment": info}))
        return (yield from self._mark_shipped(parcel, info, unit_ids))

    def _provider(self, parcel: Parcel, method: OwnCarrier) -> Flow[str]:
        """An id is passed on as it is; a name is looked up among the carriers."""
        if str(method.carrier).isdigit():
            return str(method.carrier)
        return carrier_id(own_options((yield from self._providers(parcel))), method)

    def _market(self, parcel: Parcel) -> Flow[str]:
        """Where the order goes, which decides the road; the shop's market where it does not say."""
        told = (parcel.order.get("recipient_address") or {}).get("region_code")
        return str(told) if told else (yield from self.region()).code

    def _mark_shipped(self, parcel: Parcel, info: Json, unit_ids: Sequence[str] | None) -> Flow[Shipment]:
        """POST /fulfillment/202610/orders/{id}/packages: these units are on their way."""
        order_id, units = str(parcel.order["id"]), list(unit_ids or _unsent(parcel))
        body = {"order_line_list": _lines(parcel.order, units), "shipping_info_list": [info]}
        answer = yield from self.ask(
            "POST",
            f"/fulfillment/202610/orders/{order_id}/packages",
            body=body,
            safety="state_guarded",
            readback=lambda: self._is_marked(order_id, units, info["tracking_number"]),
        )
        known = {
            "package_id": str(answer.get("package_id") or parcel.id),
            "package_status": "PROCESSING",
            "order_line_item_ids": units,
            **info,
        }
        return (yield from self._shipment_after(str(known["package_id"]), known, parcel.order))

    def _is_marked(self, order_id: str, units: Sequence[str], number: str) -> Flow[Verdict]:
        row = yield from self.row(order_id)
        ours = [unit for unit in row.get("line_items") or () if unit["id"] in units]
        if all(unit.get("tracking_number") == number for unit in ours):
            return Found({"package_id": ours[0].get("package_id"), "order_line_item_ids": list(units)})
        if all(unit.get("package_status") in (None, "", "TO_FULFILL") for unit in ours):
            return Absent()
        return Undecided({"status": row.get("status")}, "look at the packages of the order")

    def _buy_label(
        self, parcel: Parcel, method: ShippingMethod | None, unit_ids: Sequence[str] | None
    ) -> Flow[Parcel]:
        """POST /fulfillment/202512/packages: a package with a label, for the whole order or a part."""
        order_id = str(parcel.order["id"])
        body: dict[str, Any] = {"ship_type": "1", "order_id": order_id, **label_of(method)}
        wanted = list(unit_ids or _unsent(parcel))
        if len(wanted) < sum(map(len, open_units(parcel.order).values())):
            body |= {"ship_type": "2", "order_line_item": _lines(parcel.order, wanted)}
        answer = yield from self.ask(
            "POST",
            "/fulfillment/202512/packages",
            body=body,
            safety="state_guarded",
            readback=lambda: self._has_label(order_id, parcel.id, wanted),
        )
        made = str(answer["package_id"])
        known = {"package_id": made, "package_status": "PROCESSING", "order_line_item_ids": wanted}
        row = yield from self.told_after(self.package_row(made), known)
        return Parcel(parcel.order, row, labelled=True)

    def _has_label(self, order_id: str, before: str, units: Sequence[str]) -> Flow[Verdict]:
        """A new package holds the units, or the old one was arranged."""
        for one in mapping.packages_of((yield from self.row(order_id))):
            holds = set(units) <= set(one.get("order_line_item_ids") or ())
            if holds and (one["package_id"] != before or one.get("package_status") in codes.ARRANGED):
                return Found(one)
        return Absent()

    def _ship_lines(
        self, target: Sendable, method: ShippingMethod | None, lines: Sequence[str | LineRef]
    ) -> Flow[Shipment]:
        """These lines alone: told with the units, or split into a package of their own first."""
        if isinstance(target, Package):
            raise invalid(lines="are those of an order; a package is shipped whole")
        row = yield from self.row(order_id_of(target))
        units = [str(unit["id"]) for unit in units_of(row, lines, open_units(row))]
        if not units:
            raise invalid(lines="name nothing; give keys of order.lines")
        packages = mapping.packages_of(row)
        if len(units) == sum(map(len, open_units(row).values())) and len(packages) <= 1:
            return (yield from self._send(parcel_in(row), method, units))
        region = yield from self._market(Parcel(row, {}))
        whole = Parcel(row, packages[0] if packages else {})
        if (whole.by_seller and region not in codes.SELF_SHIPMENT_MARKETS) or not packages:
            return (yield from self._send(whole, method, units))
        parcel = yield from self._apart(row, units)
        try:
            return (yield from self._send(parcel, method, None))
        except SocialCommerceError as error:
            raise _stopped("split", parcel, error) from error

    def _ship_many(
        self, targets: Sequence[Sendable], method: ShippingMethod | None
    ) -> Flow[BulkResult[Sendable, Shipment]]:
        """POST packages/ship for 50 packages at a time; one outcome a target."""
        prepared = yield from each_alone(targets, lambda target: self._prepared(target, method))
        ready = {parcel.id: (parcel, told) for parcel, told in prepared.values if told is not None}
        parts = chunks(list(ready.values()), _MANY)
        results = yield from gather([self._ship_batch(part) for part in parts])
        sent = {number: result for part in results for number, result in part.items()}
        return BulkResult(Outcome.of(one.input, _fate(one, sent)) for one in prepared)

    def _prepared(self, target: Sendable, method: ShippingMethod | None) -> Flow[tuple[Parcel, Json | None]]:
        """A package, and what ``ship`` is told of it; nothing where buying its label was all."""
        parcel = yield from self.parcel(target)
        _check_sendable(parcel)
        if parcel.by_seller:
            raise no_own_way(parcel)
        if not parcel.id or label_of(method):
            parcel = yield from self._buy_label(parcel, method, None)
        if parcel.status in codes.ARRANGED:
            return parcel, None
        with _labelled(parcel):
            return parcel, handover((yield from self._offer(parcel)), method)

    def _ship_batch(
        self, part: Sequence[tuple[Parcel, Json]]
    ) -> Flow[Mapping[str, Shipment | SocialCommerceError]]:
        numbers = [parcel.id for parcel, _ in part]
        body = {"packages": [{"id": parcel.id, **told} for parcel, told in part]}
        try:
            answer = yield from self.ask(
                "POST",
                f"{FULFILLMENT}/packages/ship",
                body=body,
                safety="state_guarded",
                readback=lambda: self._are_arranged(numbers),
            )
        except SocialCommerceError as error:
            return dict.fromkeys(numbers, error)
        failed = {str((row.get("detail") or {}).get("package_id")): row for row in answer.get("errors") or ()}
        sent = yield from gather([self._sent(parcel) for parcel, _ in part if parcel.id not in failed])
        shipped: dict[str, Shipment | SocialCommerceError] = {one.id: one for one in sent}
        return shipped | {number: _refused(row) for number, row in failed.items()}

    def _are_arranged(self, numbers: Sequence[str]) -> Flow[Verdict]:
        """Which of them were arranged before the answer was lost; none: it can be sent again."""
        verdicts = yield from gather([self._is_arranged(number) for number in numbers])
        if all(isinstance(verdict, Absent) for verdict in verdicts):
            return Absent()
        lost = [
            {"detail": {"package_id": number}, "verdict": verdict}
            for number, verdict in zip(numbers, verdicts, strict=True)
            if not isinstance(verdict, Found)
        ]
        return Found({"errors": lost})


def _unsent(parcel: Parcel) -> list[str]:
    """The units that a parcel holds, or that an order without packages still has to send."""
    inside = parcel.row.get("order_line_item_ids")
    units = [str(unit["id"]) for rows in open_units(parcel.order).values() for unit in rows]
    return [unit for unit in units if unit in inside] if inside else units


def _lines(row: Json, unit_ids: Sequence[str]) -> list[Json]:
    """Units as calls name them: those of bundles by each of their sub-items."""
    return [
        {"order_line_id": unit["id"]} | ({"sub_item_id": sub["id"]} if sub else {})
        for unit in row.get("line_items") or ()
        if unit["id"] in unit_ids
        for sub in unit.get("sub_item_info") or (None,)
    ]


def _check_sendable(parcel: Parcel) -> None:
    """Refuse what cannot be shipped (any more), as far as the rows tell."""
    order_id, word = parcel.order["id"], parcel.order.get("status")
    if parcel.status in codes.ARRANGED:
        raise conflict(f"package {parcel.id} of order {order_id} was shipped already ({parcel.status})")
    if word in ("UNPAID", "ON_HOLD", "CANCELLED"):
        raise conflict(f"order {order_id} is {word}: it must not be shipped")
    if not any(open_units(parcel.order).values()):
        raise conflict(f"order {order_id} was shipped already ({word})")


def _refused(row: Json) -> SocialCommerceError:
    """Why one package of a batch was not shipped, or that nobody can say whether it was."""
    verdict = row.get("verdict")
    if isinstance(verdict, Undecided):
        return OutcomeUnknown(
            "the reply was lost; the package may have been shipped",
            platform="tiktok_shop",
            evidence=verdict.evidence,
            how_to_find_out=verdict.how_to_find_out,
        )
    if isinstance(verdict, Absent):
        return conflict("the reply was lost and the package was not shipped; ship it again")
    return row_error(row)


def _fate(
    outcome: Outcome[Any, tuple[Parcel, Json | None]], sent: Mapping[str, Shipment | SocialCommerceError]
) -> Shipment | SocialCommerceError:
    if outcome.error is not None:
        return outcome.error
    parcel, told = outcome.unwrap()
    if told is None:
        return mapping.shipment(parcel.row, parcel.order)
    result = sent[parcel.id]
    if parcel.labelled and isinstance(result, SocialCommerceError):
        return _stopped("label", parcel, result)
    return result


@contextmanager
def _labelled(parcel: Parcel) -> Generator[None]:
    """What fails from here on leaves a label that was paid for, where one was bought."""
    try:
        yield
    except (SocialCommerceError, *SHAPE_ERRORS) as error:
        if not parcel.labelled:
            raise
        raise _stopped("label", parcel, error) from error


_STEPS = {"split": "was split", "label": "has a label that was bought"}


def _stopped(step: str, parcel: Parcel, error: Exception) -> PartiallyApplied:
    """``step`` was done and stays so, and the package was not shipped."""
    order_id = str(parcel.order["id"])
    earlier = error.done if isinstance(error, PartiallyApplied) else ()
    stopped = PartiallyApplied(
        f"order {order_id} {_STEPS[step]}; its package {parcel.id} was not shipped: {error}",
        done=(step, *earlier),
        failed=("ship",),
        resume={"order_id": order_id, "package_id": parcel.id},
    )
    stopped.__cause__ = error
    return stopped
