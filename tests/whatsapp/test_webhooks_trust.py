"""Who sent it: signatures, the trial of an address, forms, the encrypted endpoint of Flows."""

from __future__ import annotations

import base64
import builtins
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.meta.wire import NOW, PHONE, SECRET, Wire
from tests.whatsapp.chat import (
    events,
    message,
    push,
)

from socialcommerce import Client, Event, EventRef
from socialcommerce.backends import WhatsApp
from socialcommerce.backends.meta import signature
from socialcommerce.backends.meta.whatsapp import flows
from socialcommerce.errors import ConfigurationError, Unsupported, WebhookError
from socialcommerce.webhooks.answers import refusal as answer_of
from socialcommerce.webhooks.delivery import Delivery

SHARED = shared_path()
VECTORS = json.loads((SHARED / "vectors" / "whatsapp.json").read_text()) if SHARED else []
PUSHES = [v for v in VECTORS if v["kind"] == "webhook" and "header_value" in v["inputs"]]
FLOW = next((v for v in VECTORS if v["inputs"].get("scheme") == "whatsapp_flow_endpoint"), None)
CLIENT = Wire().whatsapp()


def only(body: bytes) -> Event:
    (event,) = events(CLIENT, body)
    return event


# who sent it


@pytest.mark.parametrize("vector", PUSHES, ids=lambda v: v["name"])
def test_signatures_are_those_of_other_clients(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    body = base64.b64decode(inputs["body_b64"])
    assert body == inputs["body_utf8"].encode()
    delivery = Delivery.of("POST", {inputs["header_name"]: inputs["header_value"]}, body)
    now = datetime.fromtimestamp(NOW, UTC)
    if vector["expected"]["valid"]:
        assert signature.verify_push(delivery, [inputs["app_secret"]], now) == "signed"
        return
    with pytest.raises(WebhookError) as caught:
        signature.verify_push(delivery, [inputs["app_secret"]], now)
    assert caught.value.reason == "signature"


@pytest.mark.parametrize(
    "vector",
    [v for v in PUSHES if v["expected"]["valid"] and v["inputs"]["body_b64"]],
    ids=lambda v: v["name"],
)
def test_signed_pushes_are_read_and_answered(vector: dict[str, Any]) -> None:
    inputs = vector["inputs"]
    client = Client(WhatsApp(1, inputs["app_secret"]), transport=Wire())
    receipt = client.webhooks.receive(
        method="POST",
        headers={inputs["header_name"]: inputs["header_value"]},
        body=base64.b64decode(inputs["body_b64"]),
    )
    assert receipt.assurance == "signed"
    assert receipt.events
    assert (receipt.response.status, receipt.response.content) == (200, b"")


def test_the_trial_of_an_address_is_answered_with_the_bare_challenge() -> None:
    vector = next(v for v in VECTORS if "challenge" in v["name"]) if VECTORS else None
    query = vector["inputs"]["query_string"] if vector else "hub.mode=subscribe&hub.challenge=1632341"
    if vector is None:
        query += "&hub.verify_token=xyzxyz"
    client = Wire().whatsapp(verify_token="xyzxyz")
    receipt = client.webhooks.receive(method="GET", headers={}, body=b"", query=query)
    assert (receipt.response.status, receipt.response.content) == (200, b"1632341")
    assert receipt.assurance == "shared_secret"
    for wrong in (query.replace("xyzxyz", "other"), query.replace("subscribe", "no"), ""):
        with pytest.raises(WebhookError):
            client.webhooks.receive(method="GET", headers={}, body=b"", query=wrong)


def test_without_a_secret_nothing_is_taken() -> None:
    bare = Client(WhatsApp(), transport=Wire())
    with pytest.raises(WebhookError) as caught:
        bare.webhooks.receive(method="POST", headers={"X-Hub-Signature-256": "sha256=00"}, body=b"{}")
    assert caught.value.reason == "configuration"
    with pytest.raises(ConfigurationError, match="app_secret"):
        bare.webhooks.sign(b"{}")


def test_an_old_secret_counts_while_it_is_replaced() -> None:
    old = Client(WhatsApp(1, "old"), transport=Wire())
    new = Client(WhatsApp(1, "new", webhook_secrets=["old"]), transport=Wire())
    body = push(message())
    receipt = new.webhooks.receive(method="POST", headers=old.webhooks.sign(body).headers, body=body)
    assert receipt.events[0].account == PHONE


# forms and Flows


def form(client: Client, endpoint: str) -> Any:
    said = {"algorithm": "HMAC-SHA256", "user_id": "218471", "issued_at": 1291836800}
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    import hmac

    made = hmac.digest(SECRET.encode(), payload.encode(), "sha256")
    text = base64.urlsafe_b64encode(made).decode().rstrip("=")
    body = f"signed_request={text}.{payload}".encode()
    return client.webhooks.receive(method="POST", headers={}, body=body, endpoint=endpoint)


def test_people_take_the_apps_access_back() -> None:
    receipt = form(Wire().whatsapp(), "deauthorize")
    (event,) = receipt.events
    assert (event.type, event.ref) == ("authorization.revoked", EventRef(kind="user", id="218471"))
    assert (receipt.response.status, receipt.assurance) == (200, "signed")


def test_people_want_their_data_deleted() -> None:
    client = Wire().whatsapp(callback_urls={"deletion_status": "https://shop.example/deletion"})
    receipt = form(client, "deletion")
    assert receipt.events[0].type == "privacy.requested"
    answer = json.loads(receipt.response.content)
    assert answer["url"] == f"https://shop.example/deletion?code={answer['confirmation_code']}"
    with pytest.raises(WebhookError, match="deletion_status"):
        form(Wire().whatsapp(), "deletion")


def flow_client(**settings: Any) -> Client:
    if FLOW is None:
        pytest.skip("needs ../shared/vectors/whatsapp.json")
    pytest.importorskip("cryptography")
    return Wire().whatsapp(flow_private_key=FLOW["inputs"]["private_key_pem"], **settings)


def flow_body() -> bytes:
    return json.dumps(FLOW["inputs"]["body"]).encode() if FLOW else b""


def test_the_published_request_of_a_flow_is_opened_and_answered() -> None:
    client = flow_client()
    assert FLOW is not None
    opened = flows.decrypt(FLOW["inputs"]["body"], FLOW["inputs"]["private_key_pem"])
    assert opened.content == FLOW["expected"]["decrypted_request"]
    assert base64.b64encode(opened.key).decode() == FLOW["expected"]["aes_key_b64"]
    assert (
        opened.answer(FLOW["inputs"]["response_json_text"]).decode()
        == FLOW["expected"]["response_body_base64"]
    )
    signed = client.webhooks.sign(flow_body())
    receipt = client.webhooks.receive(
        method="POST", headers=signed.headers, body=flow_body(), minimum="encrypted"
    )
    assert receipt.assurance == "encrypted"
    assert (receipt.events[0].type, receipt.events[0].native_type) == ("verification", "flow.ping")
    assert receipt.response.headers["content-type"] == "text/plain"
    assert receipt.response.content == opened.answer({"data": {"status": "active"}})


def asked(content: Any) -> bytes:
    """A request of a Flow, encrypted for the published key as Meta encrypts it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    assert FLOW is not None
    private: Any = load_pem_private_key(FLOW["inputs"]["private_key_pem"].encode(), None)
    key, vector = bytes(range(16)), bytes(range(16, 32))
    wrap = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    parts = {
        "encrypted_flow_data": AESGCM(key).encrypt(vector, json.dumps(content).encode(), None),
        "encrypted_aes_key": private.public_key().encrypt(key, wrap),
        "initial_vector": vector,
    }
    return json.dumps({name: base64.b64encode(part).decode() for name, part in parts.items()}).encode()


def test_a_flow_is_answered_with_its_next_screen() -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    client = flow_client()
    body = asked({"version": "3.0", "action": "data_exchange", "screen": "A", "data": {"size": "M"}})
    receipt = client.webhooks.receive(method="POST", headers=client.webhooks.sign(body).headers, body=body)
    (event,) = receipt.events
    assert (event.type, event.native_type, event.data["data"]) == (
        "unknown",
        "flow.data_exchange",
        {"size": "M"},
    )
    receipt.respond({"screen": "B", "data": {}})
    inverted = bytes(byte ^ 0xFF for byte in range(16, 32))
    plain = AESGCM(bytes(range(16))).decrypt(inverted, base64.b64decode(receipt.response.content), None)
    assert json.loads(plain) == {"screen": "B", "data": {}}


def test_what_a_flows_endpoint_cannot_trust_has_answers_of_its_own() -> None:
    client = flow_client()
    body = flow_body()
    with pytest.raises(WebhookError) as forged:
        client.webhooks.receive(method="POST", headers={"X-Hub-Signature-256": "sha256=0"}, body=body)
    assert answer_of(forged.value).status == 432
    for wrong in (
        body.replace(b"SoajaPd", b"ToajaPd"),
        body.replace(b'"X+Wne', b'"Y+Wne'),
        body.replace(b"lSCY", b"????"),
    ):
        with pytest.raises(WebhookError) as locked:
            client.webhooks.receive(method="POST", headers=client.webhooks.sign(wrong).headers, body=wrong)
        assert answer_of(locked.value).status == 421
    listed = asked([1])
    with pytest.raises(WebhookError, match="no object"):
        events(client, listed)
    with pytest.raises(WebhookError, match="flow_private_key") as caught:
        events(Wire().whatsapp(), body)
    assert caught.value.reason == "configuration"


def test_a_flow_says_which_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = flow_client()
    found = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return found(name, *rest)

    body, headers = flow_body(), client.webhooks.sign(flow_body()).headers
    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigurationError, match=r"socialcommerce\[crypto\]"):
        client.webhooks.receive(method="POST", headers=headers, body=body)


def test_the_key_of_a_flow_must_be_one() -> None:
    flow_client()
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    curve = ec.generate_private_key(ec.SECP256R1())
    text = curve.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for key, match in (("no key", "PEM"), (text, "RSA")):
        with pytest.raises(ConfigurationError, match=match):
            events(Wire().whatsapp(flow_private_key=key), flow_body())


def test_a_push_that_only_names_encryption_is_a_push() -> None:
    event = only(push(message(text={"body": 'see "encrypted_flow_data"'})))
    assert event.type == "message.received"
    body = push(message(encrypted_flow_data="x"))
    assert events(CLIENT, body)[0].type == "message.received"


def test_pushes_take_no_content_in_their_answer() -> None:
    body = push(message())
    receipt = CLIENT.webhooks.receive(method="POST", headers=CLIENT.webhooks.sign(body).headers, body=body)
    with pytest.raises(Unsupported, match="Flow"):
        receipt.respond("hello")
