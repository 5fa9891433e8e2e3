"""What a platform was told to push, and how well that works."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from socialcommerce.models.base import Model
from socialcommerce.models.event import EventType

__all__ = ["Subscription", "WebhookHealth"]


class Subscription(Model):
    """One native topic that is switched on, and the events that come of it.

    ``level`` is what it holds for: the whole app, or one account. ``url`` is where it is delivered.
    """

    topic: str
    events: tuple[EventType, ...] = ()
    url: str | None = None
    level: Literal["app", "account"] = "app"
    account: str | None = None
    raw: Any = Field(default=None, repr=False, exclude=True)


class WebhookHealth(Model):
    """How deliveries fare. ``since`` when it is ``down``: nothing was delivered from then on.

    ``blocked`` are accounts of which nothing is sent. True where events arrive.
    """

    status: Literal["ok", "warning", "down", "unknown"]
    native_status: str | None = None
    since: AwareDatetime | None = None
    blocked: tuple[str, ...] = ()
    message: str | None = None
    raw: Any = Field(default=None, repr=False, exclude=True)

    def __bool__(self) -> bool:
        return self.status in ("ok", "warning")
