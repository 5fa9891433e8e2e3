"""A page whose messages say exactly what a test tells them to: replies by path, requests kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.conftest import shared_path
from tests.meta.vendor import vendor_spec

from socialcommerce import Client, Identity, Media, Retry
from socialcommerce.backends import Request, Response
from socialcommerce.backends.meta.social import Meta
from socialcommerce.models.message import ConversationRef, ReplyHandle

APP, SECRET = "123456789012345", "5f4dcc3b5aa765d61d8327deb882cf99"
PAGE, INSTAGRAM = "1906385232743851", "17841405822304914"
JANE, JOHN = "24569812345678901", "1254459154682919"
"""A person as the page knows them, and one as its Instagram account does."""
THREAD = "t_10224567890123456"
CATALOG = "998877665544"

ONCE = Retry(attempts=1)
"""Nothing is repeated: the clock of these tests stands still."""

SEND = f"POST /{PAGE}/messages"
HISTORY = f"GET /{THREAD}/messages"
CONVERSATIONS = f"GET /{PAGE}/conversations"


def sample(name: str) -> Any:
    """One of the shared replies or pushes."""
    shared = shared_path()
    if shared is None:
        pytest.skip("the platform facts (../shared beside the repository) are not here")
    return json.loads((shared / "samples" / "meta" / f"{name}.json").read_text())


def now(**ahead: float) -> datetime:
    """The instant at which the clients of these tests live, or one so much later."""
    return datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(**ahead)


class Wire:
    """A transport: ``wire["GET /123/messages"] = [reply, …]``; the last reply is given again and again.

    A reply is a decoded body, a ``Response``, an exception to raise, or a function of the request.
    """

    def __init__(self, replies: Mapping[str, Any] | None = None) -> None:
        self.replies: dict[str, list[Any]] = {}
        self.sent: list[Request] = []
        for key, reply in (replies or {}).items():
            self[key] = reply

    def __setitem__(self, key: str, reply: Any) -> None:
        self.replies[key] = list(reply) if isinstance(reply, list) else [reply]

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        replies = self.replies[line(request)]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, BaseException):
            raise reply
        if isinstance(reply, Response):
            return reply
        status = 400 if "error" in reply else 200
        response = Response(status, {"content-type": "application/json"}, json.dumps(reply).encode())
        documented(request, response)
        return response

    def lines(self) -> list[str]:
        """What was asked, in order."""
        return [line(request) for request in self.sent]

    def body(self, key: str, number: int = 0) -> Any:
        """The JSON body of one request, without the version in its path."""
        return json.loads(self._asked(key)[number].content)

    def query(self, key: str, number: int = 0) -> dict[str, str]:
        """The query of one request, without the proof that every call carries."""
        query = dict(parse_qsl(urlsplit(self._asked(key)[number].url).query))
        query.pop("appsecret_proof", None)
        return query

    def _asked(self, key: str) -> list[Request]:
        return [request for request in self.sent if line(request) == key]


KINDS = {PAGE: "Page", "42": "Page", APP: "Application", THREAD: "UnifiedThread"}


def documented(request: Request, response: Response) -> None:
    """Fail a test whose exchange is not as Meta's interface data has it; files are not looked into."""
    spec = vendor_spec()
    if spec is not None and not request.content.startswith(b"--"):
        found = spec.exchange(request, response, KINDS.get)
        assert not found, found


def line(request: Request) -> str:
    """Method and path without the version: ``GET /123/messages``."""
    return f"{request.method} {urlsplit(request.url).path.removeprefix('/v26.0')}"


def client(wire: Any, *, at: datetime | None = None, instagram: bool = True, **more: Any) -> Client:
    """A client of the page at an instant, with its Instagram account unless told otherwise."""
    settings: dict[str, Any] = {
        "app_id": APP,
        "app_secret": SECRET,
        "access_token": "USER",
        "page_id": PAGE,
        "page_token": "PAGE",
        "instagram_id": INSTAGRAM if instagram else None,
        "catalog_id": CATALOG,
        "verify_token": "meatyhamhock",
        "callback_urls": {
            "default": "https://shop.example/hooks",
            "deletion_status": "https://shop.example/deletion",
        },
    }
    moment = (at or now()).timestamp()
    return Client(Meta(**{**settings, **more}), transport=wire, clock=lambda: moment, retry=ONCE)


def error(code: int, subcode: int | None = None, message: str = "no") -> dict[str, Any]:
    """The body of a refusal."""
    told = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return {"error": told | ({"error_subcode": subcode} if subcode else {})}


def thread(number: str = THREAD, peer: str = JANE, own: str = PAGE, **fields: Any) -> dict[str, Any]:
    """A row of the conversations."""
    return {
        "id": number,
        "updated_time": "2026-11-21T10:11:12+0000",
        "snippet": "Is it in stock?",
        "unread_count": 1,
        "participants": {"data": [{"name": "Jane Doe", "id": peer}, {"name": "Acme", "id": own}]},
        **fields,
    }


def said(text: str | None, at: str, *, by: str = JANE, number: str = "m_1", **fields: Any) -> dict[str, Any]:
    """A row of a history, ``at`` an ISO time without a zone (UTC)."""
    return {
        "id": number,
        "created_time": f"{at}+0000",
        "from": {"id": by},
        "to": {"data": [{"id": PAGE if by != PAGE else JANE}]},
        **({"message": text} if text is not None else {}),
        **fields,
    }


def page(*rows: Any, after: str = "") -> dict[str, Any]:
    """One page of an edge; ``after`` where there is another."""
    paging: dict[str, Any] = {"cursors": {"before": "b", "after": after or "end"}}
    if after:
        paging["next"] = "https://graph.facebook.com/v26.0/next"
    return {"data": list(rows), "paging": paging}


SENT = {"recipient_id": JANE, "message_id": "m_sent"}
RECENT = said("Is it in stock?", "2026-11-21T10:11:12")
PNG = Media.from_bytes(b"\x89PNGhello")
LINK = Media.from_url("https://shop.example/mug.jpg")


def talk(**replies: Any) -> Wire:
    """A page whom Jane wrote to two hours ago."""
    return Wire(
        {
            CONVERSATIONS: page(thread()),
            f"GET /{THREAD}": thread(),
            HISTORY: page(RECENT),
            SEND: SENT,
            f"POST /{PAGE}/message_attachments": {"attachment_id": "55"},
        }
        | replies
    )


def jane() -> ConversationRef:
    who = Identity(kind="psid", scope=PAGE, value=JANE)
    return ConversationRef(platform="meta", surface="messenger", own_account=PAGE, peer=who, native_id=THREAD)


def john() -> ConversationRef:
    who = Identity(kind="igsid", scope=INSTAGRAM, value=JOHN)
    return ConversationRef(
        platform="meta", surface="instagram", own_account=INSTAGRAM, peer=who, native_id=THREAD
    )


def instagram(**replies: Any) -> Wire:
    return talk(**{HISTORY: page(said("hi", "2026-11-21T10:11:12", by=JOHN))} | replies)


def comment(**fields: Any) -> ConversationRef:
    handle = ReplyHandle(value="comment_id:1_2", expires_at=now(days=6), **fields)
    return jane().model_copy(update={"reply_handle": handle, "native_id": None})
