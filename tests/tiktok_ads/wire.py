"""A Business API that says exactly what a test tells it to: replies by path, requests kept."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce import Client
from socialcommerce.backends import Request, Response, TikTokAds

ADVERTISER, BUSINESS, NOW = "7000000000000000002", "_000abcDEF", 1_763_700_100.0
PREFIX = "/open_api/v1.3"


class Wire:
    """A transport: ``wire["/campaign/get/"] = [data, …]``; the last reply is given again and again."""

    def __init__(self) -> None:
        self.sent: list[Request] = []
        self.replies: dict[str, list[Any]] = {}
        self["/advertiser/info/"] = {
            "list": [
                {
                    "advertiser_id": ADVERTISER,
                    "currency": "USD",
                    "timezone": "America/New_York",
                    "status": "STATUS_ENABLE",
                    "name": "Acme US",
                    "balance": 12.5,
                }
            ]
        }
        for path in (
            "/campaign/get/",
            "/smart_plus/campaign/get/",
            "/gmv_max/campaign/get/",
            "/adgroup/get/",
            "/smart_plus/adgroup/get/",
            "/ad/get/",
            "/smart_plus/ad/get/",
        ):
            self[path] = page()
        self["/campaign/gmv_max/info/"] = refusal(40300, "not found")

    def __setitem__(self, path: str, reply: Any) -> None:
        self.replies[path] = list(reply) if isinstance(reply, list) else [reply]

    def __call__(self, request: Request) -> Response:
        self.sent.append(request)
        replies = self.replies[request.path.removeprefix(PREFIX)]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, Exception):
            raise reply
        if isinstance(reply, Response):
            return reply
        body = reply if "code" in reply else {"code": 0, "message": "OK", "request_id": "r", "data": reply}
        return Response(200, {"content-type": "application/json"}, json.dumps(body).encode())

    def paths(self) -> list[str]:
        """What was asked, in order."""
        return [request.path.removeprefix(PREFIX) for request in self.sent]

    def requests(self, path: str) -> list[Request]:
        """The requests of a path."""
        return [one for one in self.sent if one.path == PREFIX + path]

    def requests_elsewhere(self, path: str) -> list[Request]:
        """The requests of a path that is none of the Business API."""
        return [one for one in self.sent if one.path == path]

    def body(self, path: str, number: int = -1) -> Any:
        """The JSON body of a path's request, the last unless told."""
        return json.loads(self.requests(path)[number].content, parse_float=Decimal)

    def query(self, path: str, number: int = -1) -> dict[str, Any]:
        """The query of a path's request, lists and objects decoded."""
        pairs = parse_qsl(urlsplit(self.requests(path)[number].url).query, keep_blank_values=True)
        return {name: json.loads(one) if one[:1] in "[{" else one for name, one in pairs}

    def client(self, now: float = NOW, **settings: Any) -> Client:
        """A client whose every request comes here."""
        given = {
            "advertiser_id": ADVERTISER,
            "business_id": BUSINESS,
            "access_token": "t" * 40,
            "account_token": "act.one",
            "account_refresh_token": "rft.one",
        } | settings
        clock = [now]

        def sleep(seconds: float) -> None:
            clock[0] += seconds

        return Client(
            TikTokAds("7012345678901234567", "app-secret", **given),
            transport=self,
            clock=lambda: clock[0],
            sleep=sleep,
        )


def page(*rows: dict[str, Any], number: int = 1, of: int = 1, key: str = "list") -> dict[str, Any]:
    """A page of rows."""
    info = {"page": number, "page_size": 1000, "total_number": len(rows), "total_page": of}
    return {key: list(rows), "page_info": info}


def refusal(code: int, message: str = "no", data: Any = None) -> dict[str, Any]:
    """An envelope that says no."""
    return {"code": code, "message": message, "request_id": "r1", "data": data or {}}


def campaign(number: str = "1", **fields: Any) -> dict[str, Any]:
    """A row of /campaign/get/."""
    return {
        "campaign_id": number,
        "campaign_name": f"Campaign {number}",
        "objective_type": "TRAFFIC",
        "budget": 50.0,
        "budget_mode": "BUDGET_MODE_DAY",
        "operation_status": "DISABLE",
        "secondary_status": "CAMPAIGN_STATUS_DISABLE",
        "create_time": "2025-11-01 08:00:00",
        "modify_time": "2025-11-02 09:30:00",
        **fields,
    }


def group(number: str = "11", **fields: Any) -> dict[str, Any]:
    """A row of /adgroup/get/."""
    return {
        "adgroup_id": number,
        "adgroup_name": f"Group {number}",
        "campaign_id": "1",
        "budget": 20.0,
        "budget_mode": "BUDGET_MODE_DAY",
        "operation_status": "DISABLE",
        "location_ids": ["6252001"],
        "modify_time": "2025-11-02 09:30:00",
        **fields,
    }


def ad(number: str = "21", **fields: Any) -> dict[str, Any]:
    """A row of /ad/get/."""
    return {
        "ad_id": number,
        "ad_name": f"Ad {number}",
        "adgroup_id": "11",
        "campaign_id": "1",
        "operation_status": "DISABLE",
        "video_id": "v1",
        "ad_text": "Hi",
        **fields,
    }
