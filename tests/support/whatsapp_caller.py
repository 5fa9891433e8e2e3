"""A bare caller of the pretend WhatsApp, who holds every exchange and push to the vendor's interface data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.support.graph_caller import HOST, GraphCaller, Refusal
from tests.support.tiktok_ads_caller import multipart
from tests.support.whatsapp_spec import WhatsAppSpec

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Conversation
from socialcommerce.simulators.meta.whatsapp import WhatsAppTwin
from socialcommerce.simulators.meta.whatsapp.waba import waba_of

SPEC = Path(__file__).resolve().parents[3] / "shared/specs/whatsapp"
BODY = {"type": "BODY", "text": "Order {{1}} is on its way."}


class Caller(GraphCaller):
    """Speaks for one number (``phone``) of one account (``waba_id``)."""

    twin: WhatsAppTwin

    def __init__(self, twin: WhatsAppTwin) -> None:
        spec: Any = WhatsAppSpec(SPEC) if SPEC.is_dir() else None
        super().__init__(twin, spec)
        settings = twin.settings(0)
        self.phone, self.waba_id = settings["phone_number_id"], settings["waba_id"]
        self.secret = settings["app_secret"]
        self.waba = waba_of(twin.sellers[0])

    def json(self, path: str, method: str = "POST", **body: Any) -> Any:
        """The reply to a JSON body."""
        return self.call(method, path, body=body)

    def talk(self, text: str = "Hello") -> Conversation:
        """A person who has just written."""
        return self.waba.talks[self.market.say(text)]

    def write(self, to: str, kind: str = "text", content: Any = None, **more: Any) -> str:
        """Send a message of a kind; answers its id."""
        said = {"body": "Hi"} if content is None else content
        address = {"recipient": to} if "." in to else {"to": to}
        frame = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": kind, kind: said}
        sent = self.json(f"/{self.phone}/messages", **address, **frame, **more)
        return str(sent["messages"][0]["id"])

    def refused(self, to: str, kind: str = "text", content: Any = None, **more: Any) -> int:
        """The code with which a message is refused."""
        return self.refusal(lambda: self.write(to, kind, content, **more)).code

    @staticmethod
    def refusal(action: Any) -> Refusal:
        """The error that an action meets."""
        try:
            action()
        except Refusal as refusal:
            return refusal
        raise AssertionError("nothing was refused")

    def upload(self, mime: str, content: bytes, **more: Any) -> Any:
        """Upload a file."""
        fields = {"messaging_product": "whatsapp", "type": mime, **more}
        kind, body = multipart(fields, {"file": ("a.bin", content)})
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        reply = self.twin.handle(Request("POST", f"{HOST}/v26.0/{self.phone}/media", headers, body))
        found = json.loads(reply.content)
        if "error" in found:
            raise Refusal(reply.status, found["error"])
        return found

    def values(self, field: str = "messages") -> list[Any]:
        """The values of the changes of a field that were pushed, oldest first; each held to the data."""
        found = []
        for push in self.market.pushes():
            change = json.loads(push.body)["entry"][0]["changes"][0]
            if change["field"] != field:
                continue
            if field == "messages" and isinstance(self.spec, WhatsAppSpec):
                assert not self.spec.webhook(push.body)
            found.append(change["value"])
        return found

    def statuses(self, message_id: str) -> list[Any]:
        """What was told of a message that was sent."""
        told = [one for value in self.values() for one in value.get("statuses", ())]
        return [one for one in told if one["id"] == message_id]

    def template(
        self, name: str = "on_its_way", category: str = "UTILITY", *components: Any, **more: Any
    ) -> str:
        """A template that was approved; answers its id."""
        given = {"name": name, "language": "en_US", "category": category, **more}
        path = f"/{self.waba_id}/message_templates"
        made = self.json(path, **given, components=list(components) or [BODY])
        self.market.approve_templates()
        return str(made["id"])


def filled(name: str = "on_its_way", *texts: str, **more: Any) -> dict[str, Any]:
    """A template as it is sent, its body filled in."""
    body = {"type": "body", "parameters": [{"type": "text", "text": one} for one in texts]}
    language = {"policy": "deterministic", "code": "en_US"}
    return {"name": name, "language": language, "components": [body, *more.get("components", ())]}


def open_whatsapp(seed: int = 7, **options: Any) -> Caller:
    """A caller of a new pretend world."""
    twin = open_twin("whatsapp", seed=seed, **options)
    assert isinstance(twin, WhatsAppTwin)
    return Caller(twin)
