"""Conversions, told server to server (Conversions API, ``POST /{pixel-id}/events``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.social.advertising.base import REQUIRES
from socialcommerce.backends.meta.social.advertising.people import hashes, unreadable
from socialcommerce.backends.meta.social.codes.people import ACTION_SOURCES, EVENTS, OLDEST_EVENT
from socialcommerce.backends.shared import chunks
from socialcommerce.errors import InvalidRequest, SocialCommerceError
from socialcommerce.models.audience import ClickIds, ConversionEvent
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.ads_people import Conversions
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["MetaConversions", "event_body", "user_data"]

_BATCH = 1000
_WEEK = 7
_FBC = "fb."


class MetaConversions(GraphNoun, Conversions):
    """``client.ads.conversions`` on Meta."""

    service: ClassVar[str] = "pixel"

    @supports("native", params=native("events"), requires=REQUIRES, cost="1 call for 1000 of one pixel")
    def send(self, events: Sequence[ConversionEvent]) -> Flow[BulkResult[ConversionEvent, None]]:
        """POST /{pixel-id}/events, at most 1000 a call; ``event_id`` makes a repeat harmless for 48 hours.

        ``source`` is the pixel (data set). Meta refuses a whole call for one bad event: such a call is cut
        in two until that one is found. What only some sources need (``app_data``, ``messaging_channel``,
        ``data_processing_options``) goes under ``native``.
        """
        results: dict[int, SocialCommerceError | None] = {}
        groups: dict[tuple[str, str | None], list[int]] = {}
        for index, event in enumerate(events):
            problem = _problem(event, self.now())
            if problem is not None:
                results[index] = problem
                continue
            groups.setdefault((event.source, event.test_code), []).append(index)
        for where, places in groups.items():
            for part in chunks(places, _BATCH):
                results |= yield from self._tell(where, events, part)
        return BulkResult(tuple(Outcome.of(event, results[index]) for index, event in enumerate(events)))

    def _tell(
        self, where: tuple[str, str | None], events: Sequence[ConversionEvent], places: Sequence[int]
    ) -> Flow[dict[int, SocialCommerceError | None]]:
        pixel, test = where
        body: dict[str, Any] = {"data": [event_body(events[place]) for place in places]}
        if test is not None:
            body["test_event_code"] = test
        try:
            data = yield from self.ask("POST", f"/{pixel}/events", body=body, safety="keyed")
            _hold_count(data, len(places))
        except InvalidRequest as error:
            if len(places) == 1:
                return {places[0]: error}
            half = len(places) // 2
            left = yield from self._tell(where, events, places[:half])
            return left | (yield from self._tell(where, events, places[half:]))
        except SocialCommerceError as error:
            return dict.fromkeys(places, error)
        return dict.fromkeys(places)


def _hold_count(data: Mapping[str, Any], sent: int) -> None:
    """Raise where Meta took fewer events than were sent: with their ids they may be sent again."""
    received = data.get("events_received")
    if received is not None and int(received) < sent:
        words = "; ".join(str(one) for one in data.get("messages") or ()) or "no reason given"
        text = f"Meta took {received} of {sent} events: {words}"
        raise InvalidRequest(
            text, platform="meta", sent="yes", raw=dict(data), request_id=data.get("fbtrace_id")
        )


def _problem(event: ConversionEvent, now: datetime) -> SocialCommerceError | None:
    """Why an event cannot be told to Meta, without asking."""
    if event.type not in EVENTS and not event.native_type:
        return invalid(type=f"Meta has no event {event.type!r}; native_type names one of your own")
    if event.consent is not None and "ads" not in event.consent.purposes:
        return invalid(consent="does not cover advertising: purposes must hold 'ads'")
    days = OLDEST_EVENT.get(event.action_source, _WEEK)
    if event.occurred_at < now - timedelta(days=days):
        return invalid(occurred_at=f"lies more than {days} days back; Meta takes none of these")
    wrong = unreadable(event.person) if event.person is not None else {}
    if wrong:
        return invalid(**{f"person.{name}": text for name, text in wrong.items()})
    if not user_data(event):
        return invalid(person="holds nothing that Meta matches people by; give an email or a phone")
    return None


def event_body(event: ConversionEvent) -> dict[str, Any]:
    """One event as Meta takes it; what stands under ``native`` comes on top."""
    body: dict[str, Any] = {
        "event_name": event.native_type or EVENTS[event.type],
        "event_time": int(event.occurred_at.timestamp()),
        "event_id": event.event_id,
        "action_source": ACTION_SOURCES[event.action_source],
        "event_source_url": event.url,
        "user_data": user_data(event),
        "custom_data": _custom_data(event),
    }
    return {name: value for name, value in body.items() if value} | event.native


def user_data(event: ConversionEvent) -> dict[str, Any]:
    """Who did it: hashes of the person, and what the browser told as it is."""
    told = _click(event.click, event.occurred_at) if event.click is not None else {}
    person = hashes(event.person) if event.person is not None else {}
    return {**person, **{name: value for name, value in told.items() if value}}


def _click(click: ClickIds, moment: datetime) -> dict[str, str | None]:
    return {
        "fbc": _fbc(click.click_id, moment),
        "fbp": click.browser_id,
        "client_ip_address": click.ip,
        "client_user_agent": click.user_agent,
    }


def _fbc(click_id: str | None, moment: datetime) -> str | None:
    """The value of the cookie ``_fbc``; made of a bare ``fbclid`` as the cookie would be."""
    if not click_id or click_id.startswith(_FBC):
        return click_id
    return f"{_FBC}1.{int(moment.timestamp() * 1000)}.{click_id}"


def _custom_data(event: ConversionEvent) -> dict[str, Any]:
    told: dict[str, Any] = {"order_id": event.order_id}
    if event.value is not None:
        told |= {"currency": event.value.currency, "value": event.value.amount}
    if event.items:
        told |= {
            "content_type": "product",
            "content_ids": [item.id for item in event.items],
            "contents": [
                {
                    "id": item.id,
                    "quantity": item.quantity,
                    **({"item_price": item.price.amount} if item.price is not None else {}),
                }
                for item in event.items
            ],
        }
    return {name: value for name, value in told.items() if value is not None}
