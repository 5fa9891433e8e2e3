"""A Graph API that says exactly what a test tells it to: replies by path, requests kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce import Client
from socialcommerce.backends import Backend, Flow, Meta, Request, Response, WhatsApp
from socialcommerce.backends.meta.noun import GraphNoun

APP, SECRET, NOW = "123456789012345", "app-secret", 1_795_262_400.0
PAGE, CATALOG, AD, BUSINESS = "1001", "2002", "act_3003", "4004"
PHONE, WABA = "5005", "6006"
VERSION = "/v26.0"


class Wire:
    """A transport: ``wire["/1001"] = {…}``; of a list of replies the last is given again and again."""

    def __init__(self) -> None:
        self.sent: list[Request] = []
        self.replies: dict[str, list[Any]] = {}
        self.now = NOW
        self.slept: list[float] = []

    def __setitem__(self, path: str, reply: Any) -> None:
        self.replies[path] = list(reply) if isinstance(reply, list) else [reply]

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        replies = self.replies[self.path(request)]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Response):
            return reply
        status = 400 if isinstance(reply, Mapping) and "error" in reply else 200
        return answer(reply, status)

    @staticmethod
    def path(request: Request) -> str:
        """The path as backends write it: without the version."""
        return urlsplit(request.url).path.removeprefix(VERSION)

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [self.path(request) for request in self.sent]

    def requests(self, path: str) -> list[Request]:
        """The requests of a path."""
        return [one for one in self.sent if self.path(one) == path]

    def query(self, path: str, number: int = -1) -> dict[str, Any]:
        """The query of a path's request, lists and objects decoded; without the proof of the secret."""
        pairs = parse_qsl(urlsplit(self.requests(path)[number].url).query, keep_blank_values=True)
        found = {name: json.loads(one) if one[:1] in "[{" else one for name, one in pairs}
        found.pop("appsecret_proof", None)
        return found

    def body(self, path: str, number: int = -1) -> Any:
        """The JSON body of a path's request, the last unless told."""
        return json.loads(self.requests(path)[number].content, parse_float=Decimal)

    def form(self, path: str, number: int = -1) -> dict[str, str]:
        """The form fields of a path's request."""
        return dict(parse_qsl(self.requests(path)[number].content.decode(), keep_blank_values=True))

    def bearer(self, path: str, number: int = -1) -> str | None:
        """The token that a path's request carried."""
        return self.requests(path)[number].headers.get("Authorization", "").removeprefix("Bearer ") or None

    def meta(self, **settings: Any) -> Client:
        """A client of Facebook whose every request comes here."""
        given: dict[str, Any] = {
            "app_id": APP,
            "app_secret": SECRET,
            "access_token": "user-token",
            "page_id": PAGE,
            "page_token": "page-token",
            "catalog_id": CATALOG,
            "ad_account_id": AD,
        }
        return self.client(Meta(**(given | settings)))

    def whatsapp(self, **settings: Any) -> Client:
        """A client of WhatsApp whose every request comes here."""
        given: dict[str, Any] = {
            "app_id": APP,
            "app_secret": SECRET,
            "access_token": "business-token",
            "waba_id": WABA,
            "phone_number_id": PHONE,
            "catalog_id": CATALOG,
        }
        return self.client(WhatsApp(**(given | settings)))

    def client(self, backend: Backend, **options: Any) -> Client:
        """A client of any backend on this wire, whose clock only sleeping moves."""

        def sleep(seconds: float) -> None:
            self.slept.append(seconds)
            self.now += seconds

        return Client(backend, transport=self, clock=lambda: self.now, sleep=sleep, **options)


def noun(client: Client, service: str = "catalog", operation: str = "test") -> GraphNoun:
    class Tried(GraphNoun):
        pass

    Tried.service = service
    return Tried(client._core.session, operation)


def run(client: Client, flow: Flow[Any]) -> Any:
    return client._core.run(flow)


def answer(body: Any, status: int = 200, **headers: Any) -> Response:
    """A reply; ``headers`` are named with underscores, objects are written as JSON."""
    told = {
        name.replace("_", "-"): value if isinstance(value, str) else json.dumps(value)
        for name, value in headers.items()
    }
    return Response(status, {"content-type": "application/json", **told}, json.dumps(body).encode())


def rows(*items: Any, after: str | None = None, more: bool = True) -> dict[str, Any]:
    """A page of an edge; with ``after`` and ``more`` there is a next one."""
    paging: dict[str, Any] = {"cursors": {"before": "b", "after": after}} if after else {}
    if after and more:
        paging["next"] = "https://graph.facebook.com/v26.0/x?access_token=t&after=" + after
    return {"data": list(items), "paging": paging}


def refusal(code: int, message: str = "no", subcode: int | None = None, **facts: Any) -> dict[str, Any]:
    """An error object."""
    told = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AmFG", **facts}
    return {"error": told | ({"error_subcode": subcode} if subcode else {})}
