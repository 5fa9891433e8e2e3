"""An ad account that says what a test tells it to; what is sent is held against Meta's interface data."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.conftest import shared_path
from tests.meta.wire import AD, Wire, answer, refusal, rows

from socialcommerce import Money
from socialcommerce.backends import Request, Response
from socialcommerce.models.ads import AdGroupInput, Budget, CampaignInput, Delivery, Targeting
from socialcommerce.models.creatives import ExistingPost

__all__ = [
    "ACCOUNT",
    "CLICKS",
    "CREATIVES",
    "DAILY",
    "FILMS",
    "GROUPS",
    "IMAGES",
    "LISTING",
    "NONE",
    "PAST",
    "POST",
    "SINGLE",
    "SOON",
    "TRAFFIC",
    "AdsWire",
    "ad",
    "campaign",
    "group",
    "group_plan",
    "plan",
    "ready",
    "refusal",
    "rows",
    "undocumented",
]

ACCOUNT = {
    "id": AD,
    "account_id": AD.removeprefix("act_"),
    "name": "Acme",
    "currency": "USD",
    "timezone_name": "America/New_York",
    "account_status": 1,
}
_EVERYWHERE = {"fields", "limit", "after", "filtering", "appsecret_proof", "title"}


class AdsWire(Wire):
    """``wire.nodes["1"] = {…}`` is read by id, alone and in batches; other replies stand by path."""

    def __init__(self, **account: Any) -> None:
        super().__init__()
        self.nodes: dict[str, Any] = {AD: ACCOUNT | account}

    def __call__(self, request: Request) -> Response:
        assert not (wrong := undocumented(request)), wrong
        path = self.path(request)
        if path == "/":
            self.sent.append(request)
            return answer([self.entry(one) for one in _batch(request)])
        if path not in self.replies and path.count("/") == 1:
            self[path] = self.node
        return super().__call__(request)

    def entry(self, call: dict[str, str]) -> dict[str, Any]:
        """The answer of one call of a batch."""
        told = self.told(call["relative_url"].partition("?")[0])
        return {"code": 400 if "error" in told else 200, "body": json.dumps(told)}

    def node(self, request: Request) -> Any:
        """The answer of a node: what is known of it, or that a write succeeded."""
        number = self.path(request).removeprefix("/")
        if request.method == "GET":
            return self.told(number)
        if request.method == "DELETE":
            self.nodes[number] = {**self.nodes[number], "status": "DELETED"}
            return {"success": True}
        told = {name: _decoded(one) for name, one in parse_qsl(request.content.decode())}
        self.nodes[number] = {**self.nodes[number], **told}
        return {"success": True}

    def told(self, number: str) -> Any:
        """A node, or Meta's words for one that is not there."""
        return self.nodes.get(number) or refusal(100, "Unsupported get request", 33)

    def sent_form(self, path: str, number: int = -1) -> dict[str, Any]:
        """The fields of the last POST to a path, lists and objects decoded."""
        posts = [one for one in self.requests(path) if one.method == "POST"]
        pairs = parse_qsl(posts[number].content.decode(), keep_blank_values=True)
        return {name: _decoded(one) for name, one in pairs}

    def writes(self) -> list[str]:
        """What was written, in order."""
        return [f"{one.method} {self.path(one)}" for one in self.sent if not self._reads(one)]

    def _reads(self, request: Request) -> bool:
        return request.method == "GET" or self.path(request) == "/"


def _decoded(text: str) -> Any:
    return json.loads(text) if text[:1] in "[{" else text


def _batch(request: Request) -> list[dict[str, str]]:
    told: list[dict[str, str]] = json.loads(dict(parse_qsl(request.content.decode()))["batch"])
    assert len(told) <= 50
    return told


def campaign(number: str = "1", **fields: Any) -> dict[str, Any]:
    """A campaign as Meta answers it."""
    return {
        "id": number,
        "name": f"Campaign {number}",
        "objective": "OUTCOME_TRAFFIC",
        "status": "PAUSED",
        "effective_status": "PAUSED",
        "daily_budget": "5000",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "special_ad_categories": [],
        "created_time": "2026-10-01T09:00:00+0000",
        "updated_time": "2026-11-20T09:00:00+0000",
        **fields,
    }


def group(number: str = "11", **fields: Any) -> dict[str, Any]:
    """An ad set as Meta answers it."""
    return {
        "id": number,
        "campaign_id": "1",
        "name": f"Group {number}",
        "status": "PAUSED",
        "effective_status": "CAMPAIGN_PAUSED",
        "optimization_goal": "LINK_CLICKS",
        "billing_event": "IMPRESSIONS",
        "created_time": "2026-10-01T09:00:00+0000",
        "updated_time": "2026-11-20T09:00:00+0000",
        **fields,
    }


def ad(number: str = "21", **fields: Any) -> dict[str, Any]:
    """An ad as Meta answers it."""
    return {
        "id": number,
        "campaign_id": "1",
        "adset_id": "11",
        "name": f"Ad {number}",
        "status": "PAUSED",
        "effective_status": "ADSET_PAUSED",
        "creative": {"id": "31"},
        "created_time": "2026-10-01T09:00:00+0000",
        "updated_time": "2026-11-20T09:00:00+0000",
        **fields,
    }


LISTING, GROUPS, SINGLE, CREATIVES, IMAGES, FILMS = (
    f"/{AD}/{one}" for one in ("campaigns", "adsets", "ads", "adcreatives", "adimages", "advideos")
)
NONE = {"special_ad_categories": []}
TRAFFIC = Delivery(objective="traffic")
DAILY = Budget(kind="daily", amount=Money("50", "USD"))
CLICKS = Delivery(goal="clicks", targeting=Targeting(countries=["US"]))
POST = ExistingPost("1001_77")
SOON, PAST = datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)


def ready() -> AdsWire:
    """An ad account in which every create succeeds, with one object of each level."""
    found = AdsWire()
    found.nodes |= {
        "1": campaign("1"),
        "11": group("11"),
        "21": ad("21"),
        "v1": {"id": "v1", "status": {"video_status": "ready"}, "picture": "https://cdn.example/p.jpg"},
    }
    found[LISTING], found[GROUPS], found[SINGLE] = {"id": "1"}, {"id": "11"}, {"id": "21"}
    found[CREATIVES] = {"id": "31"}
    found[IMAGES] = {"images": {"bytes": {"hash": "hash1", "url": "https://cdn.example/1.png", "width": 600}}}
    return found


def plan(**fields: Any) -> CampaignInput:
    return CampaignInput(
        **({"name": "Spring", "delivery": TRAFFIC, "native": NONE, "budget": DAILY} | fields)
    )


def group_plan(**fields: Any) -> AdGroupInput:
    return AdGroupInput(**({"name": "G", "campaign_id": "1", "delivery": CLICKS} | fields))


# -- Meta's interface data


@cache
def spec(name: str) -> Any:
    """One file of the interface data; None in a clone that stands alone."""
    shared = shared_path()
    if shared is None:
        return None
    return json.loads((shared / f"specs/meta/api_specs/{name}.json").read_text(encoding="utf-8"))


@cache
def words(kind: str) -> frozenset[str]:
    """The values of a closed type; nothing where the type is open."""
    found = [one["values"] for one in spec("enum_types") if one["name"] == kind]
    return frozenset(found[0]) if found else frozenset()


def undocumented(request: Request) -> list[str]:
    """The parameters of an ads call that Meta's interface data does not know, and words it does not have."""
    path = Wire.path(request).strip("/")
    owner, _, edge = path.partition("/")
    if owner != AD or spec("AdAccount") is None:
        return []
    call = next(
        (
            one
            for one in spec("AdAccount")["apis"]
            if one["method"] == request.method and (one.get("endpoint") or "").strip("/") == edge
        ),
        None,
    )
    if call is None:
        return [f"{request.method} {edge} is not documented"]
    params = {one["name"]: one["type"] for one in call["params"]}
    query = dict(parse_qsl(urlsplit(request.url).query))
    form = {} if b"multipart" in request.content[:60] else dict(parse_qsl(request.content.decode("latin-1")))
    given = query | form if "multipart" not in request.headers.get("Content-Type", "") else query
    unknown = [f"{edge}: {name}" for name in given if name not in params and name not in _EVERYWHERE]
    return unknown + [
        f"{edge}.{name}: {one}"
        for name, text in given.items()
        for one in _told_words(text)
        if words(_plain(params.get(name, ""))) and one not in words(_plain(params[name]))
    ]


def _plain(kind: str) -> str:
    return kind.removeprefix("list<").removesuffix(">")


def _told_words(text: str) -> list[str]:
    found = _decoded(text)
    return [str(one) for one in found] if isinstance(found, list) else [str(found)]
