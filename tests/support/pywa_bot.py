"""A bot made with pywa, pointed at a served twin, and the web server that it would stand behind."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import httpx
from attrs import define, field

from socialcommerce.simulators.entities import Conversation
from socialcommerce.simulators.market import Delivery, Market
from socialcommerce.simulators.meta.whatsapp import WhatsAppTwin
from socialcommerce.simulators.serve import Served

__all__ = ["Shop", "connect"]

UPDATES = (
    "Message",
    "MessageStatus",
    "CallbackButton",
    "CallbackSelection",
    "TemplateStatusUpdate",
    "FlowCompletion",
)


@define
class Shop:
    """A bot made with pywa (``wa``), the number it speaks for, and what its handlers have been given."""

    twin: WhatsAppTwin
    wa: Any
    settings: dict[str, str]
    got: list[Any] = field(factory=list)
    seen: int = 0

    @property
    def market(self) -> Market:
        return self.twin.market

    @property
    def catalog(self) -> str:
        return self.settings["catalog_id"]

    def listen(self) -> None:
        """Let pywa's handlers note every update that its parser makes."""
        handlers = import_module("pywa.handlers")
        for name in UPDATES:
            self.wa.add_handlers(
                getattr(handlers, f"{name}Handler")(lambda _wa, update: self.got.append(update))
            )

    def hear(self) -> list[Any]:
        """Deliver what was pushed since, as a web server would; the updates that the handlers got."""
        before, fresh = len(self.got), self.market.pushes()[self.seen :]
        self.seen += len(fresh)
        for push in fresh:
            assert self.take(push) in ("ok", push.query.get("hub.challenge"))
        return self.got[before:]

    def take(self, push: Delivery) -> str | None:
        """One request to the bot's own server."""
        if push.method == "GET":
            challenge, status = self.wa.webhook_challenge_handler(
                push.query["hub.verify_token"], push.query["hub.challenge"]
            )
            assert status == 200
            return str(challenge)
        assert self.wa.webhook_update_validator(push.body, push.headers["X-Hub-Signature-256"]) is None
        said, status = self.wa.webhook_update_handler(push.body)
        assert status == 200
        return str(said)

    def visitor(self, text: str = "Hello") -> tuple[Conversation, Any]:
        """A person who has just written, and pywa's message."""
        talk = self.twin.waba().talks[self.market.say(text)]
        return talk, self.hear()[-1]

    def settle(self) -> list[Any]:
        """What is told a minute later."""
        self.market.advance(timedelta(minutes=1))
        return self.hear()

    def said(self) -> Any:
        """What was sent last."""
        return self.market.outbox[-1].contents[0]


def connect(served: Served, session: httpx.Client, settings: dict[str, str], token: str) -> Any:
    """A bot, as pywa's users make one; then the host is moved."""
    wa = import_module("pywa").WhatsApp(
        phone_id=settings["phone_number_id"],
        token=token,
        session=session,
        waba_id=settings["waba_id"],
        business_portfolio_id=settings["business_id"],
        app_id=settings["app_id"],
        app_secret=settings["app_secret"],
        verify_token=settings["verify_token"],
    )
    session.base_url = f"{served.base_url}{session.base_url.path}"  # type: ignore[assignment]
    return wa
