"""Sending: packages, ways, shipping one or many, following parcels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from socialcommerce.backends.shared import order_id_of
from socialcommerce.backends.shopee.codes import orders as codes
from socialcommerce.backends.shopee.orders import mapping
from socialcommerce.backends.shopee.orders.base import OrdersNoun, Parcel, parcel_in
from socialcommerce.backends.shopee.orders.methods import chosen, options, pickup_body
from socialcommerce.backends.shopee.orders.splitting import divided, holding, not_shipped, parcels_of, whole
from socialcommerce.backends.shopee.orders.values import Json, chunks, instant, text
from socialcommerce.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PlatformError,
    SocialCommerceError,
    Unsupported,
)
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.order import Order
from socialcommerce.models.shipping import (
    LineRef,
    OwnCarrier,
    Package,
    Pickup,
    Shipment,
    ShippingMethod,
    ShippingOptions,
    TrackingEvent,
)
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import each_alone, invalid
from socialcommerce.resources.orders import Orders, Progress, Target
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow, Gather, gather

__all__ = ["Shipping"]

Sendable: TypeAlias = str | Order | Package
Verdict: TypeAlias = Found[Any] | Absent | Undecided

_MANY = 50
_SHIPPED = frozenset({"PROCESSED", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED", "TO_RETURN", "RETRY_SHIP"})


class Shipping(OrdersNoun, Orders):
    """``orders.packages`` to ``orders.tracking`` of Shopee."""

    @supports("native", params=native("order"), requires=("seller",), cost="2 calls")
    def packages(self, order: str | Order) -> Flow[Sequence[Package]]:
        """GET order/get_order_detail, then get_package_detail for its package numbers."""
        row = yield from self.row(order_id_of(order))
        return (yield from self._packages(row))

    def _packages(self, row: Json) -> Flow[tuple[Package, ...]]:
        numbers = [item["package_number"] for item in row.get("package_list") or ()]
        details = yield from self._package_rows(numbers)
        return tuple(
            mapping.package({**item, **details.get(item["package_number"], {})}, row)
            for item in row.get("package_list") or ()
        )

    def _package_rows(self, numbers: Sequence[str]) -> Flow[dict[str, Json]]:
        found = yield from gather([self._package_part(part) for part in chunks(numbers, _MANY)])
        return {row["package_number"]: row for rows in found for row in rows}

    def _package_part(self, numbers: Sequence[str]) -> Flow[Sequence[Json]]:
        path = "/api/v2/order/get_package_detail"
        answer = yield from self.ask("GET", path, query={"package_number_list": list(numbers)})
        rows: Sequence[Json] = answer.get("package_list") or ()
        return rows

    @supports("native", params=native("order", "parcels"), requires=("seller",), cost="4 calls")
    def split(
        self, order: str | Order, parcels: Sequence[Sequence[str | LineRef]]
    ) -> Flow[Sequence[Package]]:
        """POST order/split_order; POST unsplit_order where one parcel is wanted again.

        READY_TO_SHIP only; 5 parcels at most (30 in Taiwan). Pieces of one line go into several
        parcels only for shops that Shopee allows it. Items of one deal stay together.
        """
        row = yield from self.row(order_id_of(order))
        if row["order_status"] != "READY_TO_SHIP":
            raise _state(f"only an order that is READY_TO_SHIP can be split, not one {row['order_status']}")
        wanted = divided(row, parcels)
        yield from self._divide(row, wanted)
        try:
            fresh = yield from self.row(row["order_sn"])
            return (yield from self._packages(fresh))
        except SocialCommerceError as error:
            raise PartiallyApplied(
                f"order {row['order_sn']} is divided as asked; its parcels could not be read: {error}",
                done=("split",),
                failed=("packages",),
                resume={"order_sn": row["order_sn"]},
            ) from error

    def _divide(self, row: Json, wanted: Sequence[Json]) -> Flow[None]:
        order_sn, now = row["order_sn"], len(row.get("package_list") or ())
        if len(wanted) == 1 and now <= 1:
            return
        if len(wanted) > 1 and now > 1:
            raise _state(f"order {order_sn} is split already; join it first: split(order, [every line])")
        undo = len(wanted) == 1
        yield from self.ask(
            "POST",
            f"/api/v2/order/{'unsplit_order' if undo else 'split_order'}",
            body={"order_sn": order_sn} | ({} if undo else {"package_list": list(wanted)}),
            safety="unsafe",
            readback=lambda: self._has_parcels(order_sn, len(wanted)),
        )

    def _has_parcels(self, order_sn: str, count: int) -> Flow[Verdict]:
        row = yield from self.row(order_sn)
        found = row.get("package_list") or ()
        return Found({"order_sn": order_sn, "package_list": found}) if len(found) == count else Absent()

    @supports("native", params=native("target"), requires=("seller",), cost="2 calls")
    def shipping_options(self, target: Sendable) -> Flow[ShippingOptions]:
        """GET logistics/get_shipping_parameter: pickup addresses with slots, branches, the own channel."""
        parcel = yield from self.parcel(target)
        offer = yield from self._offer(parcel)
        return options(offer, parcel.row)

    def _offer(self, parcel: Parcel) -> Flow[Json]:
        path = "/api/v2/logistics/get_shipping_parameter"
        offer: Json = yield from self.ask("GET", path, query=parcel.named())
        return offer

    @supports(
        "native",
        params={**native("targets", "method"), "lines": "emulated", "default": "emulated"},
        requires=("seller",),
        when="about an hour after payment is advised",
        cost="4 or 5 calls; many with one way: 3 and 4 for 50 of one channel and warehouse",
    )
    def ship(
        self,
        targets: Sequence[Sendable],
        method: ShippingMethod | None = None,
        lines: Sequence[str | LineRef] | None = None,
    ) -> Flow[BulkResult[Sendable, Shipment]]:
        """GET get_shipping_parameter, POST ship_order, then the tracking number, if there is one yet.

        Several parcels go through POST mass_ship_order, 50 of one channel and warehouse at a
        time. ``lines`` splits the order first. ``OwnCarrier`` names the channel that the buyer
        chose, and the tracking number; everywhere else Shopee gives the number itself.
        """
        if lines is not None:
            if len(targets) != 1:
                raise invalid(lines="belong to one order; ship one at a time")
            return (yield from each_alone(targets, lambda target: self._ship_lines(target, method, lines)))
        if len(targets) == 1 or isinstance(method, OwnCarrier):
            return (yield from each_alone(targets, lambda target: self._ship_one(target, method)))
        return (yield from self._ship_many(targets, method))

    def _ship_one(self, target: Sendable, method: ShippingMethod | None) -> Flow[Shipment]:
        parcel = yield from self.parcel(target)
        return (yield from self._send(parcel, method))

    def _send(self, parcel: Parcel, method: ShippingMethod | None) -> Flow[Shipment]:
        if error := _not_sendable(parcel):
            raise error
        offer = yield from self._offer(parcel)
        yield from self.ask(
            "POST",
            "/api/v2/logistics/ship_order",
            body=parcel.named(**chosen(offer, parcel.row, method)),
            safety="state_guarded",
            readback=lambda: self._is_arranged(parcel),
        )
        return (yield from self.told_after(self._sent(parcel), mapping.unread(parcel.row, parcel.order_row)))

    def _is_arranged(self, parcel: Parcel) -> Flow[Verdict]:
        row = yield from self.row(parcel.order_sn)
        item = _same_parcel(row, parcel)
        word = item.get("logistics_status")
        if word in codes.ARRANGED or (row["order_status"] in _SHIPPED and not parcel.number):
            return Found({})
        if word in ("LOGISTICS_READY", "LOGISTICS_NOT_START", "LOGISTICS_PENDING_ARRANGE"):
            return Absent()
        return Undecided(
            {"order_status": row["order_status"], "logistics_status": word}, "look at the parcel"
        )

    def _sent(self, parcel: Parcel) -> Flow[Shipment]:
        """The shipment as it now stands; its number may not exist yet."""
        number = parcel.row.get("package_number")
        rows = (yield from self._package_rows([number])) if number else {}
        row = {**parcel.row, **rows.get(number or "", {})}
        tracking = text(row.get("tracking_number")) or (yield from self.tracking_number(parcel))
        return mapping.shipment(row, parcel.order_row, tracking_number=tracking)

    def tracking_number(self, parcel: Parcel) -> Flow[str | None]:
        """GET logistics/get_tracking_number; None while the carrier has not given one."""
        answer = yield from self.ask("GET", "/api/v2/logistics/get_tracking_number", query=parcel.named())
        return text(answer.get("tracking_number"))

    def _ship_lines(
        self, target: Sendable, method: ShippingMethod | None, lines: Sequence[str | LineRef]
    ) -> Flow[Shipment]:
        """Split so that these lines are one parcel, then ship it."""
        if isinstance(target, Package):
            raise invalid(lines="are those of an order; a package is shipped whole")
        row = yield from self.row(order_id_of(target))
        if whole(row, lines) and len(row.get("package_list") or ()) <= 1:
            return (yield from self._send(parcel_in(row, target), method))
        wanted = parcels_of(row, lines)
        yield from self._divide(row, wanted)
        try:
            fresh = yield from self.row(row["order_sn"])
        except SocialCommerceError as error:
            raise not_shipped({"order_sn": row["order_sn"]}, error) from error
        first = holding(fresh, wanted[0])
        parcel = Parcel(row["order_sn"], first["package_number"], fresh, first)
        try:
            return (yield from self._send(parcel, method))
        except SocialCommerceError as error:
            raise not_shipped(parcel.named(), error) from error

    def _ship_many(
        self, targets: Sequence[Sendable], method: ShippingMethod | None
    ) -> Flow[BulkResult[Sendable, Shipment]]:
        """One ``mass_ship_order`` for every 50 parcels of one channel and one warehouse."""
        found = yield from self.parcels(targets)
        ready = {
            one.row["package_number"]: one
            for one in found
            if isinstance(one, Parcel) and _not_sendable(one) is None
        }
        groups: dict[tuple[Any, Any], list[Parcel]] = {}
        for one in ready.values():
            groups.setdefault(_where_from(one), []).append(one)
        parts = [part for group in groups.values() for part in chunks(group, _MANY)]
        results = yield from gather([self._mass_ship(part, method) for part in parts])
        sent = {number: result for part in results for number, result in part.items()}
        return BulkResult(
            Outcome.of(target, _fate(one, sent)) for target, one in zip(targets, found, strict=True)
        )

    def _mass_ship(
        self, parcels: Sequence[Parcel], method: ShippingMethod | None
    ) -> Flow[dict[str, Shipment | SocialCommerceError]]:
        numbers = [parcel.row["package_number"] for parcel in parcels]
        try:
            answer = yield from self._mass_send(parcels, numbers, method)
        except SocialCommerceError as error:
            return dict.fromkeys(numbers, error)
        failed = {row["package_number"]: _failure(row) for row in answer.get("fail_list") or ()}
        done = [parcel for parcel in parcels if parcel.row["package_number"] not in failed]
        unread = {one.row["package_number"]: mapping.unread(one.row, one.order_row) for one in done}
        sent = yield from self.told_after(self._all_sent(done), unread)
        return {**failed, **sent}

    def _mass_send(
        self, parcels: Sequence[Parcel], numbers: Sequence[str], method: ShippingMethod | None
    ) -> Flow[Json]:
        """Parcels of one channel and warehouse are offered the same, so the first one is asked about."""
        channel, place = _where_from(parcels[0])
        group = {"package_list": [{"package_number": number} for number in numbers]}
        group |= {"logistics_channel_id": channel} if channel else {}
        group |= {"product_location_id": place} if place else {}
        offer = yield from self._offer(parcels[0])
        answer: Json = yield from self.ask(
            "POST",
            "/api/v2/logistics/mass_ship_order",
            body=group | chosen(offer, parcels[0].row, method),
            safety="state_guarded",
            readback=lambda: self._are_arranged(parcels),
        )
        return answer

    def _are_arranged(self, parcels: Sequence[Parcel]) -> Flow[Verdict]:
        """Which of them were arranged before the answer was lost; none: it can be sent again."""
        verdicts = yield from gather([self._is_arranged(parcel) for parcel in parcels])
        if all(isinstance(verdict, Absent) for verdict in verdicts):
            return Absent()
        failed = [
            {"package_number": parcel.row["package_number"], "verdict": verdict}
            for parcel, verdict in zip(parcels, verdicts, strict=True)
            if not isinstance(verdict, Found)
        ]
        return Found({"fail_list": failed})

    def _all_sent(self, parcels: Sequence[Parcel]) -> Flow[Mapping[str, Shipment]]:
        """The shipments of parcels that were sent together, their numbers read in one call."""
        if not parcels:
            return {}
        numbers = [parcel.row["package_number"] for parcel in parcels]
        path = "/api/v2/logistics/get_mass_tracking_number"
        body = {"package_list": [{"package_number": number} for number in numbers]}
        rows: Mapping[str, Json]
        answer: Json
        rows, answer = yield Gather([self._package_rows(numbers), self.ask("POST", path, body=body)])
        known = {
            row["package_number"]: text(row.get("tracking_number"))
            for row in answer.get("success_list") or ()
        }
        return {
            number: mapping.shipment(
                {**parcel.row, **rows.get(number, {})}, parcel.order_row, tracking_number=known.get(number)
            )
            for number, parcel in zip(numbers, parcels, strict=True)
        }

    @supports(
        "native",
        params=native("target", "method", "status", "reason"),
        requires=("seller",),
        when="a number: Brazil, channels 90021, 90025, 90026; a pickup: after a failed one",
        cost="4 or 5 calls",
    )
    def update_tracking(
        self,
        target: Target,
        method: OwnCarrier | Pickup,
        *,
        status: Progress | None = None,
        reason: str | None = None,
    ) -> Flow[Shipment]:
        """``Pickup``: POST logistics/update_shipping_order. ``OwnCarrier``: POST update_tracking_status.

        Number and link are told together with ``status="in_transit"`` (the default); the two
        later states take neither. ``reason`` belongs to a failed delivery.
        """
        parcel = yield from self.parcel(target)
        if isinstance(method, Pickup):
            yield from self._repair_pickup(parcel, method)
        else:
            yield from self._report(parcel, method, status or "in_transit", reason)
        return (
            yield from self.told_after(self._afresh(parcel), mapping.unread(parcel.row, parcel.order_row))
        )

    def _afresh(self, parcel: Parcel) -> Flow[Shipment]:
        row = yield from self.row(parcel.order_sn)
        return (yield from self._sent(Parcel(parcel.order_sn, parcel.number, row, _same_parcel(row, parcel))))

    def _repair_pickup(self, parcel: Parcel, method: Pickup) -> Flow[None]:
        """The same pickup again is refused by Shopee, which then has it already."""
        offer = yield from self._offer(parcel)
        body = parcel.named(pickup=pickup_body(offer, method))
        try:
            yield from self.ask(
                "POST",
                "/api/v2/logistics/update_shipping_order",
                body=body,
                safety="absolute",
                readback=lambda: self._is_ordered_anew(parcel),
            )
        except InvalidRequest as error:
            if not (error.code or "").endswith("update_shipping_order_no_param_change"):
                raise

    def _is_ordered_anew(self, parcel: Parcel) -> Flow[Verdict]:
        """After a missed collection the parcel waits for another one; before, it cannot be told apart."""
        row = yield from self.row(parcel.order_sn)
        word = _same_parcel(row, parcel).get("logistics_status")
        if word == "LOGISTICS_REQUEST_CREATED" != parcel.row.get("logistics_status"):
            return Found({})
        return Undecided({"logistics_status": word}, "look at the parcel's pickup in the seller centre")

    def _report(self, parcel: Parcel, method: OwnCarrier, status: Progress, reason: str | None) -> Flow[None]:
        if parcel.row.get("logistics_channel_id") not in codes.SELLER_CHANNELS:
            raise Unsupported(
                "orders.update_tracking",
                "shopee",
                "the number is Shopee's own, but on the seller-logistics channels of Brazil",
            )
        numbered = {"tracking_number": method.number, "tracking_url": method.url}
        if status != "in_transit" and any(numbered.values()):
            raise invalid(status="a number and a link can only be told with status='in_transit'")
        told = {name: value for name, value in numbered.items() if value}
        yield from self.ask(
            "POST",
            "/api/v2/logistics/update_tracking_status",
            body={"order_sn": parcel.order_sn, "logistics_status": codes.PROGRESS[status]}
            | told
            | ({"failed_reason": reason} if reason else {}),
            safety="absolute",
        )

    @supports("native", params=native("targets"), requires=("seller",), cost="3 calls a parcel")
    def tracking(self, targets: Sequence[Target]) -> Flow[BulkResult[Target, Shipment]]:
        """GET logistics/get_tracking_info and get_tracking_number; the newest event first."""
        return (yield from each_alone(targets, self._track))

    def _track(self, target: Target) -> Flow[Shipment]:
        parcel = yield from self.parcel(target)
        info: Json
        number: str | None
        info, number = yield Gather([self._events(parcel), self.tracking_number(parcel)])
        events = tuple(_event(row) for row in info.get("tracking_info") or ())
        word = info.get("logistics_status")
        return mapping.shipment(
            {**parcel.row, "logistics_status": word} if word else parcel.row,
            parcel.order_row,
            tracking_number=number,
            events=events,
            delivered_at=next((event.at for event in events if event.status == "delivered"), None),
        )

    def _events(self, parcel: Parcel) -> Flow[Json]:
        """Nothing yet is an error to Shopee: it has no parcel to follow before shipment is arranged."""
        try:
            path = "/api/v2/logistics/get_tracking_info"
            info: Json = yield from self.ask("GET", path, query=parcel.named())
        except NotFound:
            return {}
        return info


def _event(row: Json) -> TrackingEvent:
    word = row.get("logistics_status")
    return TrackingEvent.build(
        at=instant(row["update_time"]),
        status=codes.SHIPMENTS.get(word or "", "other"),
        native_status=word,
        description=row.get("description") or "",
    )


def _state(message: str) -> Conflict:
    return Conflict(message, platform="shopee", sent="no")


def _not_sendable(parcel: Parcel) -> SocialCommerceError | None:
    """Why a parcel cannot be shipped, as far as its row tells."""
    if parcel.order_row.get("booking_sn") and parcel.order_row.get("advance_package"):
        return Unsupported(
            "orders.ship",
            "shopee",
            "the order is fulfilled in advance: its booking is shipped, not the order",
        )
    if not parcel.row:
        return _state(
            f"order {parcel.order_sn} ({parcel.order_row['order_status']}) has no parcel to ship yet"
        )
    if parcel.row.get("logistics_status") in codes.ARRANGED:
        return _state(f"order {parcel.order_sn} was shipped already ({parcel.row['logistics_status']})")
    return None


def _same_parcel(row: Json, parcel: Parcel) -> Json:
    number = parcel.row.get("package_number")
    parcels: Sequence[Json] = row.get("package_list") or ()
    return next((item for item in parcels if item["package_number"] == number), parcels[0] if parcels else {})


def _where_from(parcel: Parcel) -> tuple[Any, Any]:
    """Channel and warehouse: what parcels of one mass call must share."""
    items = parcel.row.get("item_list") or ()
    place = items[0].get("product_location_id") if items else None
    if isinstance(place, list):
        place = place[0] if place else None
    return parcel.row.get("logistics_channel_id"), place or None


def _failure(row: Json) -> PlatformError:
    """Why one parcel of a mass call was not shipped, or that nobody can say whether it was."""
    verdict = row.get("verdict")
    if isinstance(verdict, Undecided):
        return OutcomeUnknown(
            "the reply was lost; the parcel may have been shipped",
            platform="shopee",
            evidence=verdict.evidence,
            how_to_find_out=verdict.how_to_find_out,
        )
    if isinstance(verdict, Absent):
        return _state("the reply was lost and the parcel was not shipped; ship it again")
    reason = str(row.get("fail_reason") or row.get("fail_message") or "was refused")
    return InvalidRequest(reason, code=row.get("fail_error"), platform="shopee", sent="yes", raw=row)


def _fate(
    found: Parcel | PlatformError, sent: Mapping[str, Shipment | SocialCommerceError]
) -> Shipment | SocialCommerceError:
    if not isinstance(found, Parcel):
        return found
    return _not_sendable(found) or sent[found.row["package_number"]]
