"""Conversions, told server to server (Events API, ``/event/track/``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.shared import chunks
from socialcommerce.backends.tiktok.ads.advertising.base import REQUIRES
from socialcommerce.backends.tiktok.ads.advertising.people import (
    EXTERNAL,
    IDENTIFIERS,
    hashed,
    normal_email,
    normal_phone,
)
from socialcommerce.backends.tiktok.ads.noun import TikTokNoun
from socialcommerce.errors import InvalidRequest, SocialCommerceError
from socialcommerce.models.audience import AudienceMember, ConversionEvent
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.ads_people import Conversions
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["TikTokConversions", "event_body"]

_BATCH = 1000
_SOURCES = {
    "website": "web",
    "app": "app",
    "physical_store": "offline",
    "phone_call": "offline",
    "system": "crm",
}
_EVENTS = {
    "purchase": "Purchase",
    "add_to_cart": "AddToCart",
    "initiate_checkout": "InitiateCheckout",
    "add_payment_info": "AddPaymentInfo",
    "view_content": "ViewContent",
    "search": "Search",
    "add_to_wishlist": "AddToWishlist",
    "lead": "Lead",
    "complete_registration": "CompleteRegistration",
    "contact": "Contact",
    "subscribe": "Subscribe",
}


class TikTokConversions(TikTokNoun, Conversions):
    """``client.ads.conversions`` on TikTok."""

    @supports(
        "native",
        params=native("events"),
        requires=REQUIRES,
        cost="1 call for 1000 of one source",
        confidence="official; event names from memory",
    )
    def send(self, events: Sequence[ConversionEvent]) -> Flow[BulkResult[ConversionEvent, None]]:
        """POST /event/track/, at most 1000 a call; ``event_id`` makes a repeat harmless.

        ``source`` is the pixel's code, the app's id or the event set. A call that is refused for one
        event is cut in two until that one is found.
        """
        results: dict[int, SocialCommerceError | None] = {}
        groups: dict[tuple[str, str, str | None], list[int]] = {}
        for index, event in enumerate(events):
            problem = _problem(event)
            if problem is not None:
                results[index] = problem
                continue
            groups.setdefault((_SOURCES[event.action_source], event.source, event.test_code), []).append(
                index
            )
        for where, places in groups.items():
            for part in chunks(places, _BATCH):
                results |= yield from self._track(where, events, part)
        return BulkResult(tuple(Outcome.of(event, results[index]) for index, event in enumerate(events)))

    def _track(
        self, where: tuple[str, str, str | None], events: Sequence[ConversionEvent], places: Sequence[int]
    ) -> Flow[dict[int, SocialCommerceError | None]]:
        source, source_id, test = where
        body: dict[str, Any] = {
            "event_source": source,
            "event_source_id": source_id,
            "data": [event_body(events[place]) for place in places],
        }
        if test is not None:
            body["test_event_code"] = test
        try:
            yield from self.ask("POST", "/event/track/", body=body, safety="keyed")
        except InvalidRequest as error:
            if len(places) == 1:
                return {places[0]: error}
            half = len(places) // 2
            left = yield from self._track(where, events, places[:half])
            return left | (yield from self._track(where, events, places[half:]))
        except SocialCommerceError as error:
            return dict.fromkeys(places, error)
        return dict.fromkeys(places)


def _problem(event: ConversionEvent) -> SocialCommerceError | None:
    """Why an event cannot be told to TikTok, without asking."""
    if event.action_source not in _SOURCES:
        return invalid(action_source=f"is one of {', '.join(_SOURCES)} at TikTok")
    if event.type not in _EVENTS and not event.native_type:
        return invalid(type=f"TikTok has no event {event.type!r}; type='other' with native_type names one")
    if event.consent is not None and "ads" not in event.consent.purposes:
        return invalid(consent="does not cover advertising: purposes must hold 'ads'")
    return None


def event_body(event: ConversionEvent) -> dict[str, Any]:
    """One event as TikTok takes it."""
    body: dict[str, Any] = {
        "event": event.native_type or _EVENTS[event.type],
        "event_time": int(event.occurred_at.timestamp()),
        "event_id": event.event_id,
        "user": _user(event),
        "properties": _properties(event),
    }
    if event.url is not None:
        body["page"] = {"url": event.url}
    return {name: value for name, value in body.items() if value} | event.native


def _user(event: ConversionEvent) -> dict[str, str]:
    person, click = event.person, event.click
    told = {
        **(_hashes(person) if person else {}),
        "ttclid": click.click_id if click else None,
        "ttp": click.browser_id if click else None,
        "ip": click.ip if click else None,
        "user_agent": click.user_agent if click else None,
    }
    return {name: value for name, value in told.items() if value}


def _hashes(person: AudienceMember) -> Mapping[str, str | None]:
    apple = (person.mobile_ad_id or "").isupper()
    device = IDENTIFIERS["IDFA_SHA256" if apple else "GAID_SHA256"]
    return {
        "email": hashed(person.email, normal_email),
        "phone": hashed(person.phone, normal_phone),
        "external_id": EXTERNAL.of(person),
        "idfa" if apple else "gaid": device.of(person),
    }


def _properties(event: ConversionEvent) -> dict[str, Any]:
    told: dict[str, Any] = {"order_id": event.order_id}
    if event.value is not None:
        told |= {"value": event.value.amount, "currency": event.value.currency}
    if event.items:
        told["contents"] = [
            {
                "content_id": item.id,
                "quantity": item.quantity,
                **({"price": item.price.amount} if item.price else {}),
            }
            for item in event.items
        ]
    return {name: value for name, value in told.items() if value is not None}
