"""Published vectors: proofs of the app's secret, links of the login."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from tests.conftest import shared_path
from tests.meta.wire import Wire

from socialcommerce.backends import Call, Meta, WhatsApp

SHARED = shared_path()


def vectors(kind: str, scheme: str | None = None) -> list[Any]:
    """The vectors of both platforms, of one kind; none in a clone that stands alone."""
    found = []
    for platform in ("meta", "whatsapp") if SHARED else ():
        rows = json.loads((SHARED / f"vectors/{platform}.json").read_text()) if SHARED else []
        chosen = [row for row in rows if row["kind"] == kind]
        if scheme is not None:
            chosen = [row for row in chosen if row["inputs"].get("scheme", "").startswith(scheme)]
        found += [pytest.param(platform, row, id=row["name"]) for row in chosen]
    return found


@pytest.mark.parametrize(("platform", "vector"), vectors("request_sign", "appsecret_proof"))
def test_the_secret_is_proved_as_meta_computes_it(platform: str, vector: dict[str, Any]) -> None:
    given, expected = vector["inputs"], dict(vector["expected"]["query"])
    backend = (Meta if platform == "meta" else WhatsApp)(
        app_id="1",
        app_secret=given["app_secret"],
        proof="timed" if "appsecret_time" in given else "plain",
    )
    moment = float(given.get("appsecret_time", 0)) + 0.9
    request = backend.authorize(Call("GET", "/me"), given["access_token"], moment)
    assert request.headers["Authorization"] == f"Bearer {expected.pop('access_token')}"
    assert dict(parse_qsl(urlsplit(request.url).query)) == expected


@pytest.mark.parametrize(("platform", "vector"), vectors("oauth_url"))
def test_the_links_are_as_published(platform: str, vector: dict[str, Any]) -> None:
    assert platform == "meta"
    given, wanted = vector["inputs"], urlsplit(vector["expected"]["url"])
    client = Wire().meta(app_id=given["app_id"])
    link = urlsplit(
        client.auth.authorize_url(
            given["redirect_uri"], state=given["state"], scopes=given["scope"], native=given["extra"]
        )
    )
    assert (link.netloc, link.path) == (wanted.netloc, f"/v26.0{wanted.path}")
    expected, found = parse_qs(wanted.query), parse_qs(link.query)
    assert found.pop("scope")[0].split(",") == expected.pop("scope")[0].split(" ")
    assert found == expected


READ_AS = (
    lambda one: one["inputs"].get("scheme", "").startswith("appsecret_proof"),  # here
    lambda one: one["kind"] == "oauth_url",  # here
    lambda one: one["inputs"].get("scheme") == "capi_user_data_hash",  # test_conversion_vectors
    lambda one: one["inputs"].get("scheme") == "signed_request",  # test_webhooks
    lambda one: one["inputs"].get("scheme") == "whatsapp_flow_endpoint",  # whatsapp/test_webhooks_trust
    lambda one: "body_b64" in one["inputs"],  # test_webhooks, whatsapp/test_webhooks_trust
    lambda one: "query_string" in one["inputs"],  # test_webhooks, whatsapp/test_webhooks_trust
)
"""The vectors of each test, as it chooses them."""


@pytest.mark.parametrize("platform", ["meta", "whatsapp"])
def test_every_vector_is_one_of_a_tests(shared: Path, platform: str) -> None:
    for vector in json.loads((shared / f"vectors/{platform}.json").read_text(encoding="utf-8")):
        assert sum(bool(is_read(vector)) for is_read in READ_AS) == 1, vector["name"]
