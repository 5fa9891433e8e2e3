"""The platform: which calls name a shop, what an envelope means, and where a cipher comes from."""

from __future__ import annotations

import pickle
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.tiktok_shop.wire import CIPHER, SHOP_ID, Wire, refusal, sample

from socialcommerce import Client, Response, Retry, State, errors
from socialcommerce.backends import Call, TikTokShop
from socialcommerce.backends.tiktok.shop.codes.errors import error_for
from socialcommerce.backends.tiktok.shop.codes.operations import takes_cipher

NOW = 1_763_700_000.0


def query_of(request: Any) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


class TestCipher:
    def test_every_operation_is_asked_as_the_vendor_lists_it(self, shared: Any) -> None:
        lines = (shared / "specs/tiktok_shop/operations.tsv").read_text().splitlines()[1:]
        rows = [line.split("\t") for line in lines]
        wrong = [
            row[1]
            for row in rows
            if takes_cipher(row[0], row[1].replace("{", "").replace("}", "")) != (row[4] == "yes")
        ]
        assert len(rows) == 318
        assert wrong == []

    def test_a_cipher_is_looked_up_once_and_kept(self) -> None:
        wire, state = Wire(), State.memory()
        wire["GET /brands"] = {"brands": []}
        shop = TikTokShop("key", "secret", shop_id=SHOP_ID, access_token="token")
        for _ in range(2):
            client = Client(shop, transport=wire, state=state)
            client.call("GET", "/product/202309/brands", query={"page_size": 1})
        assert [one.path for one in wire.sent].count("/authorization/202309/shops") == 1
        assert query_of(wire.sent[-1])["shop_cipher"] == CIPHER

    def test_a_shop_that_the_login_does_not_reach_is_not_found(self) -> None:
        wire = Wire()
        shop = TikTokShop("key", "secret", shop_id="1", access_token="token")
        with pytest.raises(errors.NotFound, match="does not reach shop 1"):
            Client(shop, transport=wire).call("GET", "/product/202309/brands", query={"page_size": 1})

    def test_a_call_may_bring_a_cipher_of_its_own(self) -> None:
        backend = TikTokShop("key", "secret")
        call = Call("GET", "/product/202309/brands", query={"shop_cipher": "mine", "page_size": 1})
        assert query_of(backend.authorize(call, "token", NOW))["shop_cipher"] == "mine"

    def test_without_a_shop_a_call_that_names_one_is_refused(self) -> None:
        with pytest.raises(errors.ConfigurationError, match="speaks for an account"):
            TikTokShop("key", "secret").authorize(Call("GET", "/product/202309/brands"), "token", NOW)

    def test_without_a_cipher_nothing_is_signed(self) -> None:
        shop = TikTokShop("key", "secret", shop_id=1)
        with pytest.raises(errors.ConfigurationError, match="cipher"):
            shop.authorize(Call("GET", "/product/202309/brands"), "token", NOW)

    def test_lists_are_one_value_and_booleans_small(self) -> None:
        backend = TikTokShop("key", "secret", shop_id=1, shop_cipher="c")
        call = Call("GET", "/order/202507/orders", query={"ids": ["1", "2"], "a": True, "b": None})
        query = query_of(backend.authorize(call, "token", NOW))
        assert (query["ids"], query["a"], "b" in query) == ("1,2", "true", False)


class TestEnvelope:
    @pytest.mark.parametrize(
        ("name", "error"),
        [
            ("error_bad_sign", errors.AuthenticationError),
            ("error_bad_timestamp_36009004", errors.NotReady),
            ("error_bad_token_36009004", errors.TokenExpired),
            ("error_internal", errors.PlatformUnavailable),
            ("error_missing_cipher", errors.InvalidRequest),
            ("error_rate_limited", errors.RateLimited),
            ("error_scope", errors.PermissionDenied),
            ("error_search_cap", errors.InvalidRequest),
            ("error_token_expired", errors.TokenExpired),
            ("auth_token_error", errors.AuthenticationError),
        ],
    )
    def test_a_refusal_is_typed(self, shared: Any, name: str, error: type[Exception]) -> None:
        body = sample(name)
        found = error_for(body, 200)
        assert type(found) is error
        assert (found.code, found.message, found.request_id) == (
            str(body["code"]),
            body["message"],
            body["request_id"],
        )

    @pytest.mark.parametrize(
        ("code", "message", "status", "error", "facts"),
        [
            (36009004, "Unexpected identifier", 400, errors.InvalidRequest, {}),
            (36009004, "Invalid app_key", 401, errors.AuthenticationError, {}),
            (36009033, "IP", 403, errors.PermissionDenied, {"kind": "ip"}),
            (12052003, "status", 200, errors.Conflict, {"reason": "state"}),
            (12052003, "the SKU is in a promotion", 200, errors.Conflict, {"reason": "promotion"}),
            (12052996, "external id", 200, errors.Conflict, {"reason": "duplicate"}),
            (12052048, "not yours", 200, errors.NotFound, {}),
            (12059999, "product does not exist", 200, errors.NotFound, {}),
            (12059999, "cannot be done", 200, errors.InvalidRequest, {}),
            (105999, "who are you", 200, errors.AuthenticationError, {}),
            (99, "oops", 503, errors.PlatformUnavailable, {}),
            (None, "", 429, errors.RateLimited, {"scope": "shop"}),
            (None, "", 418, errors.InvalidRequest, {}),
        ],
    )
    def test_code_message_and_status_decide_together(
        self, code: int | None, message: str, status: int, error: type[Exception], facts: dict[str, str]
    ) -> None:
        found = error_for({"code": code, "message": message}, status)
        assert type(found) is error
        assert {name: getattr(found, name) for name in facts} == facts

    def test_a_full_bucket_says_how_long(self) -> None:
        wire = Wire()
        wire["GET /brands"] = Response(429, {"Retry-After": "7"}, b'{"code": 36009002, "message": "slow"}')
        client = wire.client(retry=Retry(attempts=1))
        with pytest.raises(errors.RateLimited) as caught:
            client.call("GET", "/product/202309/brands", query={"page_size": 1})
        assert caught.value.retry_after == timedelta(seconds=7)

    def test_what_is_no_envelope_is_not_read(self) -> None:
        wire = Wire()
        wire["GET /brands"] = Response(200, {}, b"<html>")
        client = wire.client(retry=Retry(attempts=1))
        with pytest.raises(errors.DecodeError):
            client.call("GET", "/product/202309/brands", query={"page_size": 1})
        wire["GET /brands"] = Response(502, {}, b"[1]")
        with pytest.raises(errors.PlatformUnavailable):
            client.call("GET", "/product/202309/brands", query={"page_size": 1})

    def test_a_raw_call_answers_the_whole_envelope(self) -> None:
        wire = Wire()
        wire["GET /brands"] = {"brands": [{"id": "1"}]}
        reply = wire.client().call("GET", "/product/202309/brands", query={"page_size": 1})
        assert reply["code"] == 0
        assert reply["data"] == {"brands": [{"id": "1"}]}

    def test_a_refusal_reaches_the_caller(self) -> None:
        wire = Wire()
        wire["GET /brands"] = refusal(105005, "Access denied")
        with pytest.raises(errors.PermissionDenied) as caught:
            wire.client().call("GET", "/product/202309/brands", query={"page_size": 1})
        assert (caught.value.kind, caught.value.platform) == ("scope", "tiktok_shop")


class TestSecrets:
    def test_the_app_is_neither_shown_nor_pickled(self) -> None:
        backend = TikTokShop("key", "very-secret", access_token="tok")
        assert "very-secret" not in repr(backend) + repr(backend.app)
        for thing in (backend, backend.app):
            with pytest.raises(TypeError):
                pickle.dumps(thing)

    def test_key_and_secret_are_required(self) -> None:
        with pytest.raises(errors.ConfigurationError):
            TikTokShop("key", "")
