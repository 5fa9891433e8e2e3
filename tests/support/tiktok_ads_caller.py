"""A bare caller of the pretend TikTok API for Business, who holds every reply to the known fields."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.support.tiktok_ads_spec import TikTokAdsSpec

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators import open_twin
from socialcommerce.simulators.tiktok_ads import TikTokAdsTwin

HOST = "https://business-api.tiktok.com/open_api/v1.3"
BOUNDARY = "x-boundary-x"
SPEC = Path(__file__).resolve().parents[3] / "shared/specs/tiktok_ads/community_go_models.json.gz"

Names = dict[str, Any]
"""Known field -> the names below it (None: anything)."""

UNLISTED = frozenset({"/tt_user/token_info/get/", "/tt_user/oauth2/revoke/", "/user/info/", "/bc/get/"})
"""Paths whose models are another call's, or too thin."""
SHEET_ONLY = frozenset({"/user/info/", "/oauth2/access_token/", "/business/video/list/"})
"""Paths (or a parameter of theirs) that stand in the platform's documents and in no interface data."""
ALSO = frozenset(
    {"campaign_list", "ad_ids", "need_audit", "creatives", "message", "list", "app_promotion_type",
     "excluded_audience_ids", "operation_status", "secondary_status",
     "action_scene", "message_type"}
)  # fmt: skip
"""Fields that replies really have (the samples, the vendor's pages) and the community's models lack."""


@cache
def _community() -> Any:
    with gzip.open(SPEC) as packed:
        return json.load(packed)


@cache
def _vendor() -> TikTokAdsSpec:
    return TikTokAdsSpec(SPEC.parent)


@cache
def known_fields(method: str, path: str) -> Names | None:
    """The fields of the ``data`` of a reply; None where the models do not say."""
    verb = {"GET": ("Get",), "POST": ("Post", "Upload")}[method]
    for one in _community()["operations"]:
        if one["path"].removeprefix("/open_api/v1.3") == path and one["verb"] in verb:
            package = one["pkg"].replace("api/", "model/", 1)
            fields = _fields(package, f"{one['func']}Response", 6)
            return fields.get("data", fields) if fields else None
    return None


def _fields(package: str, name: str, depth: int) -> Names:
    struct = _community()["structs"].get(package, {}).get(name)
    if struct is None or not depth:
        return {}
    found: Names = {}
    for field in struct["fields"]:
        inner = str(field.get("type", "")).lstrip("[]*")
        owner, _, short = inner.rpartition(".")
        home = {"model": "model", "enum": ""}.get(owner, _home(package, owner))
        below = _fields(home, short, depth - 1) if home else {}
        if "json" in field:
            found[field["json"]] = below or None
        else:
            embedded = _fields(package, str(field.get("embed", "")).lstrip("*"), depth - 1)
            found |= embedded
    return found


def _home(package: str, owner: str) -> str:
    if not owner:
        return package
    packages = _community()["structs"]
    return next((one for one in packages if one.rpartition("/")[2] == owner), "")


def strangers(value: Any, names: Names | None, where: str = "data") -> Iterator[str]:
    """The fields of a reply that nobody has documented."""
    if isinstance(value, list):
        for one in value:
            yield from strangers(one, names, where)
    if not isinstance(value, dict) or not names:
        return
    for key, inner in value.items():
        if key not in names and key not in ALSO and where.rpartition(".")[2] not in ("metrics", "dimensions"):
            yield f"{where}.{key}"
        else:
            yield from strangers(inner, names.get(key), f"{where}.{key}")


def multipart(fields: Mapping[str, Any], files: Mapping[str, tuple[str, bytes]]) -> tuple[str, bytes]:
    """The content type and bytes of a form."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'.encode()
        + b"Content-Type: application/octet-stream\r\n\r\n"
        + content
        + b"\r\n"
        for name, (file, content) in files.items()
    ]
    return f"multipart/form-data; boundary={BOUNDARY}", b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


class Refusal(AssertionError):
    """The platform answered another code than 0."""

    def __init__(self, code: int, message: str, data: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.data = code, message, data


class AdsCaller:
    """Speaks for one ad account (``token``) and one TikTok account (``account_token``)."""

    def __init__(self, twin: TikTokAdsTwin, index: int = 0) -> None:
        self.twin, self.market = twin, twin.market
        self.account = twin.advertisers[index]
        settings = twin.settings(index)
        self.app_id, self.secret = settings["app_id"], settings["secret"]
        self.id, self.business_id, self.bc_id = self.account.id, self.account.open_id, settings["bc_id"]
        self.token = str(twin.issue_token(self.account, slot="advertiser")["access_token"])
        self.account_token = str(twin.issue_token(self.account, slot="account")["access_token"])

    @property
    def app(self) -> dict[str, str]:
        """App id and secret."""
        return {"app_id": self.app_id, "secret": self.secret}

    def request(self, method: str, path: str, values: Mapping[str, Any], token: str | None = None) -> Request:
        """A request by the book, with the ids that its path needs."""
        who = (
            {"business_id": self.business_id} if path.startswith("/business/") else {"advertiser_id": self.id}
        )
        bare = (
            "/advertiser/balance/",
            "/bc/",
            "/business/webhook/",
            "/subscription/",
            "/oauth2/",
            "/tt_user/",
            "/catalog/",
            "/event/",
            "/user/",
        )
        given = {**({} if path.startswith(bare) or "advertiser_ids" in values else who), **values}
        mine = self.account_token if path.startswith("/business/") else self.token
        headers = {"Access-Token": mine if token is None else token}
        files = {name: one for name, one in given.items() if isinstance(one, tuple)}
        if method == "GET":
            query = {name: one if isinstance(one, str) else json.dumps(one) for name, one in given.items()}
            return Request("GET", f"{HOST}{path}?{urlencode(query)}", headers)
        if files:
            plain = {name: one for name, one in given.items() if name not in files}
            headers["Content-Type"], body = multipart(plain, files)
        else:
            headers["Content-Type"], body = "application/json", json.dumps(given).encode()
        return Request("POST", f"{HOST}{path}", headers, body)

    def send(self, method: str, path: str, token: str | None = None, **values: Any) -> Response:
        """The bare response."""
        return self.twin.handle(self.request(method, path, values, token))

    def call(self, method: str, path: str, token: str | None = None, **values: Any) -> Any:
        """The ``data`` of a reply; raises ``Refusal`` for another code than 0."""
        request = self.request(method, path, values, token)
        response = self.twin.handle(request)
        assert response.status == 200
        body = json.loads(response.content)
        assert set(body) >= {"code", "message", "request_id"}
        if body["code"] != 0:
            raise Refusal(body["code"], body["message"], body.get("data"))
        if SPEC.exists() and path not in SHEET_ONLY:
            faults = _vendor().disagreements(request)
            assert not faults, f"{path} was taken in spite of {faults}"
        if SPEC.exists() and path not in UNLISTED:
            unknown = list(strangers(body.get("data"), known_fields(method, path)))
            assert not unknown, f"{path} answers {unknown}"
        return body.get("data")

    def get(self, path: str, **values: Any) -> Any:
        """The ``data`` of a GET."""
        return self.call("GET", path, **values)

    def post(self, path: str, **values: Any) -> Any:
        """The ``data`` of a POST."""
        return self.call("POST", path, **values)

    # -- what many tests begin with

    def campaign(self, **values: Any) -> str:
        """A campaign with a daily budget; answers its id."""
        given = {"objective_type": "TRAFFIC", "budget_mode": "BUDGET_MODE_DAY", "budget": 50, **values}
        made = self.post("/campaign/create/", **{"campaign_name": "Holiday", **given})
        return str(made["campaign_id"])

    def adgroup(self, campaign: str, **values: Any) -> str:
        """An ad group that runs from now on; answers its id."""
        start = f"{self.market.now():%Y-%m-%d %H:%M:%S}"
        given = {
            "campaign_id": campaign, "adgroup_name": "Everyone", "promotion_type": "WEBSITE",
            "placement_type": "PLACEMENT_TYPE_AUTOMATIC", "location_ids": ["6252001"], "billing_event": "CPC",
            "optimization_goal": "CLICK", "pacing": "PACING_MODE_SMOOTH", "budget_mode": "BUDGET_MODE_DAY",
            "budget": 20, "schedule_type": "SCHEDULE_FROM_NOW", "schedule_start_time": start, **values,
        }  # fmt: skip
        return str(self.post("/adgroup/create/", **given)["adgroup_id"])

    def video(self) -> str:
        """A video in the library; answers its id."""
        content = self.market.random.randbytes(40)
        signature = hashlib.md5(content, usedforsecurity=False).hexdigest()
        file = ("v.mp4", content)
        found = self.post("/file/video/ad/upload/", video_file=file, video_signature=signature)
        return str(found[0]["video_id"])

    def creative(self, **values: Any) -> dict[str, Any]:
        """What an ad shows."""
        who = self.account.identities[0]
        return {
            "ad_name": "Video A", "ad_format": "SINGLE_VIDEO", "identity_type": who["identity_type"],
            "identity_id": who["identity_id"], "ad_text": "Summer sale", "call_to_action": "SHOP_NOW",
            "landing_page_url": "https://example.com/sale", **values,
        }  # fmt: skip

    def ad(self, adgroup: str, **values: Any) -> str:
        """An ad with a video; answers its id."""
        given = self.creative(**{"video_id": self.video(), **values})
        creative = {name: value for name, value in given.items() if value is not None}
        return str(self.post("/ad/create/", adgroup_id=adgroup, creatives=[creative])["ad_ids"][0])


def open_ads(seed: int = 7, index: int = 0, **options: Any) -> AdsCaller:
    """A caller of a new pretend world."""
    twin = open_twin("tiktok_ads", seed=seed, **options)
    assert isinstance(twin, TikTokAdsTwin)
    return AdsCaller(twin, index)
