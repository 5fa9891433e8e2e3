"""Events: what happened, whether it was pushed to a webhook or found by polling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AwareDatetime, Field, PrivateAttr

from socialcommerce.errors import ConfigurationError
from socialcommerce.models.base import Lazy, Model, Personal
from socialcommerce.models.blueprint import (
    _get_dict,
    _new,
    _set_dict,
    _set_extra,
    _set_fields_set,
    _set_private,
)

__all__ = ["Event", "EventRef", "EventType"]

EventType: TypeAlias = Literal[
    "order.created",
    "order.paid",
    "order.updated",
    "order.completed",
    "order.cancelled",
    "order.cancellation_requested",
    "order.address_changed",
    "shipment.created",
    "shipment.updated",
    "shipment.delivered",
    "shipment.label_ready",
    "return.created",
    "return.updated",
    "refund.succeeded",
    "refund.failed",
    "settlement.updated",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.status_changed",
    "product.reviewed",
    "price.changed",
    "inventory.changed",
    "inventory.low",
    "message.received",
    "message.sent",
    "message.delivered",
    "message.read",
    "message.failed",
    "message.deleted",
    "message.updated",
    "message.window_opened",
    "message.handover",
    "message.subscribed",
    "message.unsubscribed",
    "message.template_updated",
    "ad.status_changed",
    "ad.reviewed",
    "ad.budget_exhausted",
    "ad.updated",
    "account.updated",
    "authorization.granted",
    "authorization.expiring",
    "authorization.revoked",
    "authorization.credentials",
    "job.finished",
    "privacy.requested",
    "verification",
    "unknown",
]


class EventRef(Model):
    """What the event is about: its noun (``order``, ``product``, …) and its id, as ``get`` takes it."""

    kind: str
    id: str
    parent_id: str | None = None


class Event(Lazy):
    """One thing that happened to one object of one account.

    ``key`` is the same each time the platform sends it: keep it to handle an event once. ``state`` is
    the object where the push carries it whole; ``fetch`` gets it where it does not. Not every native
    word has a unified one: ``type`` is then ``unknown`` and ``native_type`` keeps it.
    """

    key: str
    type: EventType
    native_type: str | None = None
    platform: str = ""
    account: str | None = None
    ref: EventRef | None = None
    occurred_at: AwareDatetime | None = None
    state: Any = None
    data: Annotated[dict[str, Any], Personal()] = Field(default_factory=dict)
    raw: Any = Field(default=None, repr=False, exclude=True)

    _UNCOMPARED = frozenset({"raw"})
    _fetch: Callable[[], Any] | None = PrivateAttr(default=None)

    def __hash__(self) -> int:
        return hash((self.platform, self.key))

    def attached(self, fetch: Callable[[], Any]) -> Event:
        """The same event, whose ``fetch`` calls this; the client does it before handing an event out."""
        copy = _new(type(self))
        _set_dict(copy, _get_dict(self).copy())
        _set_fields_set(copy, self.__pydantic_fields_set__)
        _set_extra(copy, None)
        _set_private(copy, {"_fetch": fetch})
        return copy

    def fetch(self) -> Any:
        """The object as it is now, from the platform; awaitable where the client is asynchronous.

        Raises ConfigurationError for an event that no client handed out (unpickled, made by hand).
        """
        attached = (self.__pydantic_private__ or {}).get("_fetch")
        if attached is None:
            raise ConfigurationError(
                "this event is not attached to a client; use client.<noun>.get(event.ref.id)"
            )
        return attached()

    def __getstate__(self) -> dict[Any, Any]:
        """A pickled event forgets its client, which belongs to one process."""
        return super().__getstate__() | {"__pydantic_private__": None}
