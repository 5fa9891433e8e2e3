"""Published vectors: proofs of the app's secret, links of the login."""

from __future__ import annotations

import json
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
