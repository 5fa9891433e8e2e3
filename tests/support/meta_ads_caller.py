"""Somebody who calls the pretend Marketing API by the book."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.support.meta_spec import MetaSpec

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.meta.social import MetaTwin
from socialcommerce.simulators.meta.social.advertising import Advertising, advertising

__all__ = ["HASH", "SPECS", "AdsCaller", "Refusal", "open_ads", "pushed", "read", "refused", "status"]

HASH = "ab" * 32
SPECS = Path(__file__).resolve().parents[3] / "shared/specs/meta/api_specs"
US = {"geo_locations": {"countries": ["US"]}}


SPEC = MetaSpec(SPECS.parent) if SPECS.is_dir() else None
"""The vendor's interface data, where it is at hand; every exchange that succeeds is held to it."""


class Refusal(Exception):
    """The API said no: ``code``, ``subcode``, the HTTP ``status`` and the whole ``error`` object."""

    def __init__(self, status: int, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']} {error['message']} {error.get('error_user_msg', '')}")
        self.status, self.error = status, error
        self.code, self.subcode = error["code"], error.get("error_subcode")

    @property
    def blamed(self) -> list[str]:
        """The fields that the error blames."""
        specs = json.loads(self.error.get("error_data", "{}")).get("blame_field_specs", [])
        return [field for one in specs for field in one]


def _text(value: Any) -> str:
    if isinstance(value, dict | list | bool):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


class AdsCaller:
    """Calls of one seller's ad account; what goes wrong is raised as ``Refusal``.

    ``headers`` are those of the last reply; ``checked`` holds what succeeds to the interface data.
    """

    def __init__(self, twin: MetaTwin, scopes: tuple[str, ...] | None = None) -> None:
        self.twin, self.market, self.seller = twin, twin.market, twin.sellers[0]
        more: dict[str, Any] = {} if scopes is None else {"scopes": scopes}
        self.headers: Mapping[str, str] = {}
        self.checked = True
        self.token = twin.token(self.seller, **more).access
        self.act = self.seller.asset("AdAccount").id
        self.page = self.seller.asset("Page").id
        self.pixel = self.seller.asset("AdsPixel").id

    @property
    def books(self) -> Advertising:
        """What the ad account holds, and its switches."""
        return advertising(self.twin, self.seller)

    def wait(self, seconds: float) -> None:
        """Let pretend time pass."""
        self.market.advance(timedelta(seconds=seconds))

    # -- the wire

    def send(self, method: str, path: str, files: dict[str, bytes] | None = None, **given: Any) -> Any:
        """One call; query on GET and DELETE, form on POST, multipart with ``files``."""
        text = {name: _text(value) for name, value in given.items() if value is not None}
        url, headers, body = f"https://graph.facebook.com/v26.0{path}", {}, b""
        if files is not None:
            headers["content-type"], body = _multipart(text, files)
        elif method == "POST":
            headers["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode(text).encode()
        elif text:
            url += f"?{urlencode(text)}"
        headers["authorization"] = f"Bearer {self.token}"
        request = Request(method, url, headers, body)
        reply = self.twin.handle(request)
        self.headers = reply.headers
        answer = json.loads(reply.content)
        if reply.status != 200:
            raise Refusal(reply.status, answer["error"])
        if SPEC is not None and self.checked and files is None:
            faults = SPEC.exchange(request, reply, self._kind)
            assert not faults, faults
        return answer

    def _kind(self, key: str) -> str | None:
        """Of what kind the object with an id is, or was before it was deleted."""
        node = self.twin.nodes.get({"me": self.twin.system_user.id}.get(key, key))
        return None if node is None else node.kind

    def get(self, path: str, **given: Any) -> Any:
        """Read."""
        return self.send("GET", path, **given)

    def post(self, path: str, **given: Any) -> Any:
        """Write."""
        return self.send("POST", path, **given)

    def delete(self, path: str, **given: Any) -> Any:
        """Delete."""
        return self.send("DELETE", path, **given)

    def rows(self, path: str, **given: Any) -> list[dict[str, Any]]:
        """All rows of an edge, page by page."""
        found: list[dict[str, Any]] = []
        answer = self.get(path, **given)
        while True:
            found.extend(answer["data"])
            if "next" not in answer.get("paging", {}):
                return found
            answer = self.get(path, **{**given, "after": answer["paging"]["cursors"]["after"]})

    # -- what most tests need

    def campaign(self, **other: Any) -> str:
        """A new campaign without a budget of its own; answers its id."""
        given = {
            "name": "Sale",
            "objective": "OUTCOME_SALES",
            "status": "ACTIVE",
            "special_ad_categories": [],
            "is_adset_budget_sharing_enabled": False,
        }
        return str(self.post(f"/{self.act}/campaigns", **{**given, **other}).get("id"))

    def budgeted(self, **other: Any) -> str:
        """A new campaign with a daily budget of 50.00."""
        return self.campaign(**{"daily_budget": 5000, "is_adset_budget_sharing_enabled": None, **other})

    def adset(self, campaign: str, **other: Any) -> str:
        """A new ad set with a daily budget of 20.00; answers its id."""
        given = {
            "name": "Everyone",
            "campaign_id": campaign,
            "status": "ACTIVE",
            "billing_event": "IMPRESSIONS",
            "optimization_goal": "LINK_CLICKS",
            "daily_budget": 2000,
            "targeting": US,
        }
        return str(self.post(f"/{self.act}/adsets", **{**given, **other}).get("id"))

    def creative(self, **other: Any) -> str:
        """A new creative out of a link; answers its id."""
        story = {"page_id": self.page, "link_data": {"link": "https://shop.example/", "message": "Look"}}
        given = {"name": "Look", "object_story_spec": story}
        return str(self.post(f"/{self.act}/adcreatives", **{**given, **other}).get("id"))

    def ad(self, adset: str, **other: Any) -> str:
        """A new ad; answers its id."""
        given: dict[str, Any] = {"name": "Ad", "adset_id": adset, "status": "ACTIVE"}
        if "creative" not in other:
            given["creative"] = {"creative_id": self.creative()}
        return str(self.post(f"/{self.act}/ads", **{**given, **other}).get("id"))

    def tree(self) -> tuple[str, str, str]:
        """A campaign, an ad set and an ad, all on."""
        campaign = self.campaign()
        adset = self.adset(campaign)
        return campaign, adset, self.ad(adset)


def _multipart(text: dict[str, str], files: dict[str, bytes]) -> tuple[str, bytes]:
    edge = "----pretend-edge"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode()
        for k, v in text.items()
    ]
    for name, content in files.items():
        field, _, filename = name.partition("/")
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename or field}"\r\n'
        )
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={edge}", b"".join(parts) + f"--{edge}--\r\n".encode()


def open_ads(currency: str | None = None, page_size: int | None = None, accounts: int = 1) -> AdsCaller:
    """A caller of a fresh pretend Meta."""
    twin = open_twin("meta", seed=7, currency=currency, page_size=page_size, accounts=accounts)
    assert isinstance(twin, MetaTwin)
    return AdsCaller(twin)


def refused(call: Any, *args: Any, **given: Any) -> Refusal:
    """The refusal that a call meets."""
    with pytest.raises(Refusal) as caught:
        call(*args, **given)
    return caught.value


def read(ads: AdsCaller, key: str, *fields: str) -> dict[str, Any]:
    """Some fields of an object."""
    return dict(ads.get(f"/{key}", fields=",".join(fields)))


def status(ads: AdsCaller, key: str) -> tuple[str, str]:
    """What was set of an object, and what really happens."""
    found = read(ads, key, "status", "effective_status")
    return found["status"], found["effective_status"]


def pushed(ads: AdsCaller) -> list[dict[str, Any]]:
    """The changes that were told of the ad account."""
    bodies = [json.loads(one.body) for one in ads.market.pushes()]
    return [
        change for body in bodies if body["object"] == "ad_account" for change in body["entry"][0]["changes"]
    ]
