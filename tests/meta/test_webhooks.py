"""Meta's webhooks: signatures, the handshake, people's forms, and whatever hostile may arrive."""

from __future__ import annotations

import base64
import io
import json
import os
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.meta.chat_wire import APP, PAGE, SECRET, Wire, client, now
from tests.meta.hooks_wire import VECTORS, WHEN, events, item, only, signed

from socialcommerce import Client, EventRef
from socialcommerce.backends import Meta, Response
from socialcommerce.backends.meta import signature
from socialcommerce.backends.meta.social.codes import webhooks as codes
from socialcommerce.errors import ConfigurationError, Unsupported, WebhookError
from socialcommerce.webhooks import Delivery, wsgi_app

MANY = settings(max_examples=int(os.environ.get("WEBHOOK_EXAMPLES", "150")), deadline=None)

# who signed it


def _backend(inputs: dict[str, Any]) -> Client:
    secret = inputs.get("app_secret", "unused")
    return Client(Meta(APP, secret, verify_token=inputs.get("verify_token", "")), transport=Wire())


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if "body_b64" in v["inputs"]], ids=lambda vector: vector["name"]
)
def test_signatures_are_those_of_other_clients(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    body = base64.b64decode(inputs["body_b64"])
    one = _backend(inputs)
    delivery = Delivery.of("POST", {inputs["header_name"]: inputs["header_value"]}, body)
    if not vector["expected"]["valid"]:
        with pytest.raises(WebhookError) as caught:
            one.webhooks.receive(method="POST", headers=delivery.headers, body=body)
        assert caught.value.reason == "signature"
        return
    assert signature.verify_push(delivery, [inputs["app_secret"]], now()) == "signed"
    assert one.webhooks.sign(body).header(inputs["header_name"]) == inputs["header_value"]
    if body:
        receipt = one.webhooks.receive(method="POST", headers=delivery.headers, body=body)
        assert (receipt.assurance, receipt.response.status, receipt.response.content) == ("signed", 200, b"")
        assert receipt.events


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if "query_string" in v["inputs"]], ids=lambda vector: vector["name"]
)
def test_the_trial_of_an_address(vector: dict[str, Any]) -> None:
    status, answer = _served(_backend(vector["inputs"]), vector["inputs"]["query_string"])
    assert status == vector["expected"]["status"]
    assert answer == (vector["expected"]["body"] or "").encode()


def _served(one: Client, query: str) -> tuple[int, bytes]:
    """A GET as a web server gives it to the application, and what it answers."""
    found: list[str] = []
    environ = {"REQUEST_METHOD": "GET", "QUERY_STRING": query, "wsgi.input": io.BytesIO()}
    answer = wsgi_app(one, lambda _: None)(environ, lambda status, _: found.append(status))
    return int(found[0].split()[0]), b"".join(answer)


@pytest.mark.parametrize(
    "vector",
    [v for v in VECTORS if v["inputs"].get("scheme") == "signed_request"],
    ids=lambda vector: vector["name"],
)
def test_signed_requests_are_those_of_other_clients(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    said = signature.open_signed_request(inputs["signed_request"], [inputs["app_secret"]])
    assert said == vector["expected"]["payload"]
    body = urlencode({"signed_request": inputs["signed_request"]}).encode()
    receipt = _backend(inputs).webhooks.receive(method="POST", headers={}, body=body, endpoint="deletion")
    assert [event.type for event in receipt.events] == ["privacy.requested"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Hub-Signature-256": "abc"},
        {"X-Hub-Signature": "sha1=00"},
        {"X-Hub-Signature-256": "sha256=é\ud800"},
    ],
)
def test_what_is_not_signed_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(WebhookError) as caught:
        client(Wire()).webhooks.receive(method="POST", headers=headers, body=item(message={"mid": "m"}))
    assert caught.value.reason == "signature"


def test_a_body_that_a_proxy_decoded_is_still_metas() -> None:
    sent = json.dumps({"object": "page", "entry": [{"id": PAGE, "x": "ä 👟"}]}, ensure_ascii=True).encode()
    arrived = json.dumps(
        {"object": "page", "entry": [{"id": PAGE, "x": "ä 👟"}]}, ensure_ascii=False
    ).encode()
    one = client(Wire())
    headers = one.webhooks.sign(sent).headers
    assert one.webhooks.receive(method="POST", headers=headers, body=arrived).assurance == "signed"
    with pytest.raises(WebhookError):
        one.webhooks.receive(method="POST", headers=headers, body=arrived.replace("ä".encode(), "ö".encode()))
    with pytest.raises(WebhookError):
        one.webhooks.receive(method="POST", headers=headers, body=b"\xff" + arrived)


def test_an_old_secret_still_counts_while_it_is_replaced() -> None:
    old = Client(Meta(APP, "old"), transport=Wire())
    new = Client(Meta(APP, "new", webhook_secrets=["old"]), transport=Wire())
    assert new.webhooks.receive(**signed(item(message={"mid": "m", "text": "hi"}), old)).events


def test_without_a_secret_or_a_token_it_is_the_settings_that_are_wrong() -> None:
    bare = Client(Meta(), transport=Wire())
    with pytest.raises(ConfigurationError, match="app_secret"):
        bare.webhooks.sign(b"{}")
    for delivered in (
        {"method": "POST", "headers": {"X-Hub-Signature-256": "sha256=00"}, "body": b"{}"},
        {"method": "POST", "headers": {}, "body": b"signed_request=a.b"},
        {"method": "GET", "headers": {}, "body": b"", "query": "hub.mode=subscribe&hub.challenge=1"},
    ):
        with pytest.raises(WebhookError) as caught:
            bare.webhooks.receive(**delivered)
        assert caught.value.reason == "configuration"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=meatyhamhock",
        "hub.mode=subscribe&hub.verify_token=meatyhamhock",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
    ],
)
def test_strangers_get_no_echo(query: str) -> None:
    assert _served(client(Wire()), query) == (403, b"")


def test_the_echo_is_bare_text_and_no_event_unless_asked_for() -> None:
    query = {"hub_mode": "subscribe", "hub_challenge": "<b>7</b>", "hub_verify_token": "meatyhamhock"}
    given = {"method": "GET", "headers": {}, "body": b"", "query": query}
    one = client(Wire())
    receipt = one.webhooks.receive(**given)
    assert (receipt.events, receipt.assurance) == ((), "shared_secret")
    assert receipt.response.content == b"<b>7</b>"
    assert receipt.response.headers["content-type"].startswith("text/plain")
    (event,) = one.webhooks.receive(**given, minimum="shared_secret").events
    assert event.type == "verification"


# what people ask of the app

SAID = {"algorithm": "HMAC-SHA256", "user_id": "4711", "issued_at": 1_795_262_400}


def form(endpoint: str, **said: Any) -> dict[str, Any]:
    return signed(json.dumps({**SAID, **said}).encode(), endpoint=endpoint)


def test_a_request_of_deletion_is_answered_with_where_to_follow_it() -> None:
    one = client(Wire())
    receipt = one.webhooks.receive(**form("deletion"))
    (event,) = receipt.events
    assert (event.type, event.ref) == ("privacy.requested", EventRef(kind="user", id="4711"))
    assert event.occurred_at == now()
    answer = json.loads(receipt.response.content)
    assert answer["url"] == f"https://shop.example/deletion?code={answer['confirmation_code']}"
    again = one.webhooks.receive(**form("deletion"))
    assert again.response.content == receipt.response.content
    other = one.webhooks.receive(**form("deletion", user_id="4712"))
    assert json.loads(other.response.content)["confirmation_code"] != answer["confirmation_code"]


def test_the_answer_to_a_deletion_may_be_our_own() -> None:
    receipt = client(Wire(), callback_urls={}).webhooks.receive(**form("deletion"))
    assert json.loads(receipt.response.content)["url"] == ""
    receipt.respond("https://s.example/d?x=1")
    assert "?x=1&code=" in json.loads(receipt.response.content)["url"]
    receipt.respond({"url": "https://s.example", "confirmation_code": "c"})
    assert json.loads(receipt.response.content) == {"url": "https://s.example", "confirmation_code": "c"}
    pushed = client(Wire()).webhooks.receive(**signed(item(message={"mid": "m"})))
    with pytest.raises(Unsupported, match="delete data"):
        pushed.respond("no")


def test_who_removes_the_app_revokes_its_access() -> None:
    receipt = client(Wire()).webhooks.receive(**form("deauthorize"))
    (event,) = receipt.events
    assert (event.type, event.ref and event.ref.id, receipt.response.content) == (
        "authorization.revoked",
        "4711",
        b"",
    )


def test_forms_are_told_apart_by_their_address_alone() -> None:
    given = form("deletion")
    types = {
        endpoint: client(Wire()).webhooks.receive(**given | {"endpoint": endpoint}).events[0].type
        for endpoint in ("default", "deauthorize", "deletion")
    }
    assert types == {
        "default": "authorization.revoked",
        "deauthorize": "authorization.revoked",
        "deletion": "privacy.requested",
    }


@pytest.mark.parametrize(
    ("request_text", "reason"),
    [
        ("", "signature"),
        ("no point", "signature"),
        ("AAAA.e30", "signature"),
        ("!!!.???", "signature"),
        (signature.seal_signed_request(b"[]", SECRET), "malformed"),
        (signature.seal_signed_request(b"{not json", SECRET), "malformed"),
        (signature.seal_signed_request(b'{"algorithm":"none","user_id":"1"}', SECRET), "signature"),
        (signature.seal_signed_request(b"{}", "another"), "signature"),
    ],
)
def test_forged_forms_are_refused(request_text: str, reason: str) -> None:
    body = urlencode({"signed_request": request_text or "."}).encode()
    with pytest.raises(WebhookError) as caught:
        client(Wire()).webhooks.receive(method="POST", headers={}, body=body, endpoint="deletion")
    assert caught.value.reason == reason


# whatever arrives


@MANY
@given(st.binary(max_size=200) | st.from_type(dict[str, int]).map(lambda value: json.dumps(value).encode()))
def test_hostile_bodies_are_one_kind_of_error(body: bytes) -> None:
    with pytest.raises(WebhookError):
        events(body)


JSONISH = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
PARTS = st.sampled_from(
    ["mid", "text", "is_echo", "app_id", "attachments", "reply_to", "quick_reply", "referral", "watermark",
     "payload", "action", "emoji", "num_edit", "user_ref", "token_expiry_timestamp", "id", "item", "verb",
     "comment_id", "post_id", "from", "media", "created_time", "leadgen_id", "level", "message",
     "message_template_id", "sender", "recipient"]
)  # fmt: skip
TOLD = st.dictionaries(PARTS, JSONISH, max_size=6) | JSONISH
ITEMS = st.dictionaries(
    st.sampled_from([*codes.ITEMS, "sender", "recipient", "timestamp", "odd"]), TOLD, max_size=4
)
CHANGES = st.fixed_dictionaries(
    {"field": st.sampled_from(["feed", "comments", "leadgen", "messages", codes.TEMPLATE_STATUS]) | JSONISH,
     "value": TOLD | ITEMS}
)  # fmt: skip
ENTRIES = st.fixed_dictionaries(
    {},
    optional={
        "id": JSONISH,
        "time": JSONISH,
        "messaging": st.lists(ITEMS, max_size=3) | JSONISH,
        "standby": st.lists(ITEMS, max_size=2) | JSONISH,
        "changes": st.lists(CHANGES, max_size=3) | JSONISH,
    },
)
FAMILIES = st.sampled_from(
    ["page", "instagram", "permissions", "ad_account", "user", "whatsapp_business_account"]
)


@MANY
@given(FAMILIES, st.lists(ENTRIES | JSONISH, min_size=1, max_size=3))
def test_whatever_a_signed_push_holds_it_becomes_events(family: str, entries: list[Any]) -> None:
    body = json.dumps({"object": family, "entry": entries}).encode()
    found = events(body)
    assert len(found) >= len(entries)
    assert [event.key for event in found] == [event.key for event in events(body)]
    json.dumps([event.model_dump(mode="json") for event in found])


@MANY
@given(st.text(max_size=300))
def test_hostile_forms_are_one_kind_of_error(text: str) -> None:
    body = urlencode({"signed_request": text}, errors="surrogatepass").encode()
    with pytest.raises(WebhookError):
        client(Wire()).webhooks.receive(method="POST", headers={}, body=body, endpoint="deletion")


@pytest.mark.parametrize(
    "body",
    [
        b'{"object":"page","entry":' + b"[" * 100_000,
        b'{"object":"page","entry":[' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"]}",
        b'{"object":"page"}',
        b'{"object":"","entry":[]}',
        b'{"object":"page","entry":{}}',
        b"[]",
    ],
)
def test_what_is_no_push_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookError) as caught:
        events(body)
    assert caught.value.reason == "malformed"


def test_halves_of_surrogate_pairs_and_endless_numbers_do_no_harm() -> None:
    body = (
        item(message={"mid": "m", "text": "x"})
        .replace(b'"x"', b'"\\ud800"')
        .replace(str(WHEN).encode(), b"1e999999")
    )
    event = only(body)
    assert event.state.text == "?"
    assert event.occurred_at is None
    json.dumps(event.model_dump(mode="json"), ensure_ascii=False).encode()


def test_a_handler_that_fails_gets_the_event_again() -> None:
    one = client(Wire())
    given = signed(item(message={"mid": "m_2", "text": "hi"}), one)
    with pytest.raises(RuntimeError), one.webhooks.receive(**given):
        raise RuntimeError
    with one.webhooks.receive(**given) as receipt:
        assert len(receipt.events) == 1
    assert isinstance(receipt.response, Response)
