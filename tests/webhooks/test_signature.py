"""Signature schemes: what they accept, and that hostile input is always the same error."""

from __future__ import annotations

import base64
import builtins
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from socialcommerce.errors import ConfigurationError, WebhookError
from socialcommerce.webhooks import Delivery, Hmac, Rsa, SharedSecret, Window

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BODY = '{"text": "grüße"}'.encode()


def refused(scheme: Any, delivery: Delivery, keys: list[Any], now: datetime = NOW) -> str:
    with pytest.raises(WebhookError) as caught:
        scheme.verify(delivery, keys, now)
    return caught.value.reason


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (
            Hmac("X-Hub-Signature-256", prefix="sha256="),
            "sha256=" + hmac.new(b"k", BODY, "sha256").hexdigest(),
        ),
        (Hmac("X-Old", digest="sha1"), hmac.new(b"k", BODY, "sha1").hexdigest()),
        (
            Hmac("x-line-signature", encoding="base64"),
            base64.b64encode(hmac.new(b"k", BODY, hashlib.sha256).digest()).decode(),
        ),
        (
            Hmac("Authorization", message=lambda delivery: b"app" + delivery.body),
            hmac.new(b"k", b"app" + BODY, "sha256").hexdigest(),
        ),
    ],
    ids=["meta", "sha1", "line", "tiktok shop"],
)
def test_the_families_of_hmac(scheme: Hmac, expected: str) -> None:
    delivery = Delivery(body=BODY)
    assert dict(scheme.sign(delivery, "k")) == {scheme.header: expected}
    signed = Delivery.of("POST", {scheme.header: expected}, BODY)
    assert scheme.verify(signed, ["k"], NOW) == "signed"
    assert scheme.verify(signed, ["new", SecretStr("k")], NOW) == "signed"
    assert scheme.verify(signed, [b"k"], NOW) == "signed"
    assert refused(scheme, signed, ["other"]) == "signature"
    assert refused(scheme, Delivery.of("POST", {scheme.header: expected}, BODY + b" "), ["k"]) == "signature"


def test_a_signature_must_be_there_once_and_whole() -> None:
    scheme = Hmac("X-Signature", prefix="sha256=")
    value = scheme.sign(Delivery(body=BODY), "k")["X-Signature"]
    for headers in (
        {},
        {"X-Signature": ""},
        {"X-Signature": value.removeprefix("sha256=")},
        {"X-Signature": value.upper()},
        {"X-Signature": value[:-1]},
        {"X-Signature": "sha256=ä\udcff"},
        [("X-Signature", "sha256=00"), ("x-signature", value)],
    ):
        assert refused(scheme, Delivery.of("POST", headers, BODY), ["k"]) == "signature"


@pytest.mark.parametrize("scheme", [Hmac("X"), SharedSecret("X"), Rsa("X")])
def test_without_a_key_nothing_is_accepted(scheme: Any) -> None:
    assert refused(scheme, Delivery.of("POST", {"X": "x"}, BODY), []) == "configuration"


@pytest.mark.parametrize("unit", [1, 1000])
def test_a_signed_time_is_checked_both_ways(unit: int) -> None:
    window = Window(lambda delivery: delivery.header("x-time"), timedelta(minutes=5), unit)
    scheme = Hmac("X", message=lambda d: d.header("x-time").encode() + b"." + d.body, window=window)

    def signed(at: datetime) -> Delivery:
        headers = {"X-Time": str(int(at.timestamp() * unit))}
        made = scheme.sign(Delivery.of("POST", headers, BODY), "k")
        return Delivery.of("POST", headers | dict(made), BODY)

    assert scheme.verify(signed(NOW - timedelta(minutes=5)), ["k"], NOW) == "signed"
    assert scheme.verify(signed(NOW + timedelta(minutes=5)), ["k"], NOW) == "signed"
    assert refused(scheme, signed(NOW - timedelta(minutes=6)), ["k"]) == "stale"
    assert refused(scheme, signed(NOW + timedelta(minutes=6)), ["k"]) == "stale"
    assert refused(scheme, signed(NOW), ["other"]) == "signature"


@pytest.mark.parametrize("text", ["", "soon", "-1", "1e5", "٣", "9" * 17, "9" * 5000])
def test_a_time_that_cannot_be_read_is_malformed(text: str) -> None:
    window = Window(lambda delivery: text)
    with pytest.raises(WebhookError) as caught:
        window.check(Delivery(), NOW)
    assert caught.value.reason == "malformed"


def test_a_shared_secret_proves_who_but_not_what() -> None:
    header = SharedSecret(header="Authorization", prefix="KakaoAK ")
    assert (
        header.verify(Delivery.of("POST", {"authorization": "KakaoAK s"}, b""), ["s"], NOW) == "shared_secret"
    )
    assert refused(header, Delivery.of("POST", {"authorization": "KakaoAK t"}, b""), ["s"]) == "signature"
    assert refused(header, Delivery.of("POST", {"authorization": "Bearer s"}, b""), ["s"]) == "signature"
    parameter = SharedSecret(parameter="hub.verify_token")
    assert parameter.verify(Delivery.of("GET", {}, b"", "hub.verify_token=s"), ["s"], NOW) == "shared_secret"
    assert refused(parameter, Delivery.of("GET", {}, b""), ["s"]) == "signature"
    assert refused(parameter, Delivery.of("GET", {}, b""), [""]) == "signature"


def test_rsa_is_checked_with_the_public_key() -> None:
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(*form)
    other = rsa.generate_private_key(65537, 2048).public_key().public_bytes(*form)
    made = base64.b64encode(private.sign(BODY, padding.PKCS1v15(), hashes.SHA256())).decode()
    scheme = Rsa("X", window=Window(lambda _: str(int(NOW.timestamp()))))
    signed = Delivery.of("POST", {"X": made}, BODY)
    assert scheme.verify(signed, [other, public], NOW) == "signed"
    assert refused(scheme, signed, [other]) == "signature"
    assert refused(scheme, Delivery.of("POST", {"X": "ä" + made}, BODY), [public]) == "signature"
    assert refused(scheme, signed, [public], NOW + timedelta(hours=1)) == "stale"
    curve = ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*form)
    with pytest.raises(ConfigurationError, match="RSA"):
        scheme.verify(signed, [curve], NOW)


def test_rsa_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigurationError, match=r"socialcommerce\[crypto\]"):
        Rsa("X").verify(Delivery.of("POST", {"X": "AA=="}, BODY), ["pem"], NOW)


# deliveries


def test_a_delivery_reads_what_frameworks_hand_over() -> None:
    class Items:
        def items(self) -> list[tuple[str, str]]:
            return [("X-A", "1")]

    for headers in ({"X-A": "1"}, [(b"x-a", b"1")], Items(), (("x-A", "1"),)):
        assert Delivery.of("post", headers, b"").header("x-a") == "1"
    for body in (b"a", bytearray(b"a"), memoryview(b"a"), "a"):
        assert Delivery.of("POST", {}, body).body == b"a"
    for query in ("a=1&a=2&b=", b"a=1&b=", {"a": "1", "b": ""}, [("a", "1"), ("b", "")]):
        assert dict(Delivery.of("GET", {}, b"", query).query) == {"a": "1", "b": ""}
    assert Delivery.of("get", {}, b"").method == "GET"


@pytest.mark.parametrize(
    ("headers", "body", "query"),
    [
        (5, b"", None),
        ({"a": 5}, b"", None),
        ([("a",)], b"", None),
        ({}, {"code": 3}, None),
        ({}, None, None),
        ({}, b"", 5),
        ({}, b"", "&".join(["a=1"] * 300)),
    ],
)
def test_what_is_no_request_is_malformed(headers: Any, body: Any, query: Any) -> None:
    with pytest.raises(WebhookError) as caught:
        Delivery.of("POST", headers, body, query)
    assert caught.value.reason == "malformed"


def test_a_delivery_does_not_show_what_it_holds() -> None:
    delivery = Delivery.of("POST", {"Authorization": "secret"}, b"personal")
    assert repr(delivery) == "<Delivery POST to 'default', 8 bytes>"


@given(st.binary(), st.text(), st.dictionaries(st.text(), st.text()))
def test_no_input_gets_past_a_signature(body: bytes, claimed: str, more: dict[str, str]) -> None:
    delivery = Delivery.of("POST", more | {"X": claimed}, body)
    for scheme in (Hmac("X"), Hmac("X", encoding="base64"), SharedSecret("X")):
        with pytest.raises(WebhookError):
            scheme.verify(delivery, ["a key that nobody guesses"], NOW)
