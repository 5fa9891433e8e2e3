"""A bare caller of the pretend Messenger and Instagram, who speaks for one Page."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.support.graph_caller import HOST, GraphCaller, Refusal
from tests.support.meta_spec import MetaSpec
from tests.support.tiktok_ads_caller import multipart

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.entities import Conversation
from socialcommerce.simulators.meta.social import MetaTwin

__all__ = ["Inbox", "file", "template"]


class Inbox(GraphCaller):
    """Speaks with the Page's token."""

    twin: MetaTwin

    def __init__(self, twin: MetaTwin, spec: MetaSpec | None) -> None:
        super().__init__(twin, spec)
        self.seller = twin.sellers[0]
        self.page, self.instagram = (self.seller.asset(kind).id for kind in ("Page", "IGUser"))
        self.token = twin.authority.page_token(twin.token(), self.page, self.seller.id).access
        self.app = twin.apps[0]

    def talk(self, platform: str = "messenger", text: str = "Is it in stock?") -> Conversation:
        """A person who has just written."""
        key = self.market.say(text) if platform == "messenger" else self.twin.say_on_instagram(text)
        return self.seller.conversations[key]

    def write(self, talk: Conversation | None, message: Any = None, **more: Any) -> Any:
        """Send a message, a text unless something else is given."""
        said = {"text": "Yes"} if message is None else message
        to = {} if talk is None else {"recipient": {"id": talk.buyer.id}}
        frame = {"messaging_type": "RESPONSE", "message": said}
        return self.call("POST", f"/{self.page}/messages", body={**to, **frame, **more})

    def refusal(self, talk: Conversation | None, message: Any = None, **more: Any) -> Refusal:
        """The error that a message meets."""
        with pytest.raises(Refusal) as caught:
            self.write(talk, message, **more)
        return caught.value

    def act(self, talk: Conversation, action: str, **more: Any) -> Any:
        """Show something to the person."""
        body = {"recipient": {"id": talk.buyer.id}, "sender_action": action, **more}
        return self.call("POST", f"/{self.page}/messages", body=body)

    def events(self, name: str = "page") -> list[Any]:
        """The messaging events that were pushed for an object, oldest first."""
        found = []
        for push in self.market.pushes():
            body = json.loads(push.body)
            if body["object"] == name:
                found += [one for entry in body["entry"] for one in entry.get("messaging", ())]
        return found

    def form(self, path: str, fields: dict[str, Any], content: bytes) -> Any:
        """Upload a file."""
        kind, body = multipart(fields, {"filedata": ("f.pdf", content)})
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        found = json.loads(self.twin.handle(Request("POST", f"{HOST}/v26.0{path}", headers, body)).content)
        if "error" in found:
            raise Refusal(400, found["error"])
        return found


def file(kind: str, url: str, **payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": kind, "payload": {"url": url, **payload}}}


def template(kind: str, **payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": {"template_type": kind, **payload}}}
