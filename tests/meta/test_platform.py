"""The wire of the Graph API: addresses, credentials, envelopes, accounts, versions."""

from __future__ import annotations

import json
import logging
import pickle
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.meta.wire import AD, APP, BUSINESS, CATALOG, PAGE, Wire, answer, noun, refusal, rows, run

from socialcommerce import Client, errors
from socialcommerce.backends import Call, Meta, Response, Upload, WhatsApp
from socialcommerce.backends.meta.codes.versions import notice
from socialcommerce.backends.meta.graph import FORM
from socialcommerce.runtime.paging import Page

# -- the request


def test_a_path_gets_the_version_and_the_token_goes_into_its_header() -> None:
    request = Meta(access_token="tok").authorize(Call("GET", "/123/products"), "tok")
    assert request.url == "https://graph.facebook.com/v26.0/123/products"
    assert request.headers["Authorization"] == "Bearer tok"


def test_a_path_that_names_a_version_keeps_it() -> None:
    assert Meta().authorize(Call("GET", "/v25.0/me"), "tok").url.endswith(".com/v25.0/me")


def test_the_version_is_a_setting() -> None:
    assert "/v25.0/me" in Meta(api_version="v25.0").authorize(Call("GET", "/me"), "tok").url


@pytest.mark.parametrize("version", ["26.0", "v26", "v26.0/../x", ""])
def test_a_version_that_could_change_the_path_is_refused(version: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="v26"):
        Meta(api_version=version)


def test_parameters_are_written_as_meta_reads_them() -> None:
    query = {"filter": {"a": ["ü"]}, "summary": True, "limit": 5, "after": None}
    url = Meta().authorize(Call("GET", "/1", query=query), "tok").url
    assert url.endswith("/1?filter=%7B%22a%22%3A%5B%22%C3%BC%22%5D%7D&summary=true&limit=5")


def test_a_body_is_json_unless_it_is_asked_to_be_a_form() -> None:
    backend = Meta()
    sent = backend.authorize(Call("POST", "/1", body={"a": [1], "b": True}, safety="absolute"), "tok")
    assert (sent.headers["Content-Type"], sent.content) == ("application/json", b'{"a":[1],"b":true}')
    form = backend.authorize(Call("POST", "/1", body={"a": [1], "b": True, "c": None}, headers=FORM), "tok")
    assert form.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert form.content == b"a=%5B1%5D&b=true"


def test_bytes_go_as_they_are() -> None:
    sent = Meta().authorize(Call("POST", "/1", body=b"{}"), "tok")
    assert (sent.headers["Content-Type"], sent.content) == ("application/json", b"{}")
    sent = Meta().authorize(Call("POST", "/1", body=b"x", headers={"Content-Type": "text/csv"}), "tok")
    assert (sent.headers["Content-Type"], sent.content) == ("text/csv", b"x")


def test_files_go_as_multipart_with_fields_beside_them() -> None:
    call = Call("POST", "/1/media", body={"type": "image/png"}, files={"file": Upload("a.png", b"PNG")})
    sent = WhatsApp().authorize(call, "tok")
    assert sent.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="type"\r\n\r\nimage/png' in sent.content
    assert b'filename="a.png"' in sent.content


def test_without_a_secret_nothing_is_proved() -> None:
    assert "proof" not in Meta(app_id="1").authorize(Call("GET", "/me"), "tok").url


def test_the_way_of_proving_is_one_of_two() -> None:
    with pytest.raises(errors.ConfigurationError, match="proof"):
        Meta(proof="other")  # type: ignore[arg-type]  # what a wrong setting does


def test_no_secret_shows_in_the_backend_or_its_pickle() -> None:
    backend = Meta(APP, "top-secret", "tok-secret")
    assert "secret" not in repr(backend) + repr(backend.app) + repr(backend.services)
    for one in (backend, backend.app):
        with pytest.raises(TypeError):
            pickle.dumps(one)


# -- the reply


def told(wire: Wire, reply: Any) -> errors.SocialCommerceError:
    wire["/1"] = reply
    client = wire.meta()
    with pytest.raises(errors.SocialCommerceError) as caught:
        run(client, noun(client).ask("POST", "/1", body={}, safety="unsafe"))
    return caught.value


def test_an_error_keeps_its_code_its_trace_and_the_whole_reply(wire: Wire, shared: Path) -> None:
    body = json.loads((shared / "samples/meta/error_100_blame.json").read_text())
    error = told(wire, body)
    assert isinstance(error, errors.InvalidRequest)
    assert (error.code, error.status, error.platform) == ("100/1885183", 400, "meta")
    assert error.request_id == "AmFGcW_3hwDB7qFbl_QdebZ"
    assert error.raw == body
    assert list(error.fields) == ["targeting"]
    assert "Check the targeting spec." in error.message


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (1, None, errors.OutcomeUnknown),
        (2, None, errors.OutcomeUnknown),
        (3, None, errors.PermissionDenied),
        (10, None, errors.PermissionDenied),
        (200, None, errors.PermissionDenied),
        (299, None, errors.PermissionDenied),
        (12, None, errors.InvalidRequest),
        (33, None, errors.NotFound),
        (100, 33, errors.NotFound),
        (803, None, errors.NotFound),
        (4, None, errors.RateLimited),
        (17, 2446079, errors.RateLimited),
        (32, None, errors.RateLimited),
        (341, None, errors.RateLimited),
        (613, None, errors.RateLimited),
        (80000, None, errors.RateLimited),
        (80014, 2446079, errors.RateLimited),
        (80012, None, errors.RateLimited),
        (368, None, errors.AccountRestricted),
        (100, 1487534, errors.InvalidRequest),
        (100, 2018001, errors.RecipientUnreachable),
        (100, 3191001, errors.PermissionDenied),
        (-2, 2490547, errors.NotReady),
        (-3, 1504045, errors.InvalidRequest),
        (2, 1504041, errors.InvalidRequest),
        (2, 1504043, errors.OutcomeUnknown),
        (190, 458, errors.AuthorizationRevoked),
        (190, 460, errors.AuthorizationRevoked),
        (102, 452, errors.AuthorizationRevoked),
        (506, None, errors.Conflict),
        (804, None, errors.Conflict),
        (10803, None, errors.Conflict),
        (10800, None, errors.Conflict),
        (10801, None, errors.InvalidRequest),
        (551, None, errors.RecipientUnreachable),
        (10, 2018278, errors.PolicyViolation),
        (10, 2534022, errors.PolicyViolation),
        (10, 1893063, errors.AccountRestricted),
        (1545041, None, errors.RecipientUnreachable),
        (2635, None, errors.InvalidRequest),
        (2909035, None, errors.InvalidRequest),
        (1609005, None, errors.NotReady),
        (987654, None, errors.InvalidRequest),
    ],
)
def test_every_code_of_the_table_has_its_error(
    wire: Wire, code: int, subcode: int | None, kind: type[errors.SocialCommerceError]
) -> None:
    assert type(told(wire, refusal(code, subcode=subcode))) is kind


@pytest.mark.parametrize("code", [1, 2, 4, 17, 32, 341, 613, 80001])
def test_what_may_pass_is_tried_again(wire: Wire, code: int) -> None:
    wire["/1"] = [refusal(code), {"id": "1"}]
    client = wire.meta()
    assert run(client, noun(client).ask("GET", "/1")) == {"id": "1"}


@pytest.mark.parametrize("code", [10, 100, 200, 368])
def test_what_cannot_pass_is_not_tried_again_even_if_called_transient(wire: Wire, code: int) -> None:
    wire["/1"] = refusal(code, is_transient=code != 100)
    client = wire.meta()
    with pytest.raises(errors.PlatformError):
        run(client, noun(client).ask("GET", "/1"))
    assert len(wire.sent) == 1


def test_an_unknown_code_that_is_transient_is_tried_again(wire: Wire) -> None:
    wire["/1"] = [refusal(987654, is_transient=True), {"id": "1"}]
    client = wire.meta()
    assert run(client, noun(client).ask("GET", "/1")) == {"id": "1"}


def test_a_page_of_html_with_502_is_an_outage_not_a_riddle(wire: Wire) -> None:
    wire["/1"] = [Response(502, {}, b"<html>Bad Gateway</html>"), {"id": "1"}]
    client = wire.meta()
    assert run(client, noun(client).ask("GET", "/1")) == {"id": "1"}


def test_an_error_with_http_200_is_an_error(wire: Wire) -> None:
    assert isinstance(told(wire, answer(refusal(100), 200)), errors.InvalidRequest)


@pytest.mark.parametrize(
    ("status", "kind"), [(400, errors.InvalidRequest), (404, errors.NotFound), (429, errors.RateLimited)]
)
def test_without_an_error_object_the_status_decides(
    wire: Wire, status: int, kind: type[errors.SocialCommerceError]
) -> None:
    assert type(told(wire, Response(status, {}, b"what?"))) is kind


def test_a_reply_that_is_not_json_cannot_be_read(wire: Wire) -> None:
    wire["/1"] = Response(200, {}, b"what?")
    client = wire.meta()
    with pytest.raises(errors.DecodeError) as caught:
        run(client, noun(client).ask("GET", "/1"))
    assert caught.value.raw == b"what?"


def test_codes_may_come_as_text_and_details_as_anything(wire: Wire) -> None:
    told_so = refusal(100, error_data="not json")
    told_so["error"]["code"] = "100"
    error = told(wire, told_so)
    assert (error.code, error.fields) == ("100", {})  # type: ignore[attr-defined]  # an InvalidRequest
    oddities: tuple[Any, ...] = (True, "x", [])
    for odd in oddities:
        told_so["error"]["code"] = odd
        assert told(Wire(), told_so).code is None  # type: ignore[attr-defined]  # a PlatformError


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (131047, errors.PolicyViolation),
        (131026, errors.RecipientUnreachable),
        (131009, errors.InvalidRequest),
        (131042, errors.InsufficientFunds),
        (131037, errors.ApprovalRequired),
        (131005, errors.PermissionDenied),
        (132001, errors.NotFound),
        (132016, errors.Conflict),
        (133016, errors.QuotaExhausted),
        (133010, errors.AuthenticationError),
        (138005, errors.InvalidRequest),
        (2388055, errors.InvalidRequest),
        (131000, errors.OutcomeUnknown),
        (80007, errors.RateLimited),
        (100, errors.InvalidRequest),
    ],
)
def test_whatsapp_has_codes_of_its_own(wire: Wire, code: int, kind: type[errors.SocialCommerceError]) -> None:
    wire["/1"] = refusal(code)
    client = wire.whatsapp()
    with pytest.raises(errors.SocialCommerceError) as caught:
        run(client, noun(client, "business").ask("POST", "/1", body={}, safety="unsafe"))
    assert type(caught.value) is kind


def test_whatsapps_details_are_told(wire: Wire, shared: Path) -> None:
    wire["/1"] = json.loads((shared / "samples/whatsapp/error_131056_pair_rate.json").read_text())
    client = wire.whatsapp()
    with pytest.raises(errors.RateLimited, match="same phone number") as caught:
        run(client, noun(client, "business").ask("POST", "/1", body={}, safety="unsafe"))
    assert caught.value.scope == "pair"


# -- accounts


@pytest.mark.parametrize(
    ("kind", "expected"), [("page", PAGE), ("catalog", CATALOG), ("ad", AD), ("app", APP)]
)
def test_the_settings_name_the_accounts(wire: Wire, kind: str, expected: str) -> None:
    assert noun(wire.meta()).own(kind) == expected


def test_the_chosen_account_goes_before_the_settings(wire: Wire) -> None:
    client = wire.meta(business_id=BUSINESS)
    wire["/4004/owned_product_catalogs"] = rows({"id": "77", "name": "Shop"})
    wire["/4004/client_product_catalogs"] = rows()
    (catalog,) = client.accounts(kind="catalog")
    chosen = noun(client.for_account(catalog))
    assert (chosen.own("catalog"), chosen.own("page")) == ("77", PAGE)


@pytest.mark.parametrize(
    ("make", "kind", "setting"),
    [
        (Meta, "page", "page_id"),
        (Meta, "ad", "ad_account_id"),
        (Meta, "instagram", "instagram_id"),
        (WhatsApp, "phone", "phone_number_id"),
        (WhatsApp, "waba", "waba_id"),
        (WhatsApp, "app", "app_id"),
    ],
)
def test_what_is_missing_is_named(
    wire: Wire, make: Callable[[], Meta | WhatsApp], kind: str, setting: str
) -> None:
    with pytest.raises(errors.ConfigurationError, match=setting):
        noun(wire.client(make())).own(kind)


def test_ad_accounts_are_named_with_or_without_their_prefix() -> None:
    assert Meta(ad_account_id=3003).identities["ad"].id == Meta(ad_account_id="act_3003").identities["ad"].id


@pytest.mark.parametrize(
    ("service", "token"),
    [
        ("catalog", "user-token"),
        ("ads", "user-token"),
        ("page", "page-token"),
        ("app", f"{APP}|app-secret"),
        ("pixel", "pixel-token"),
    ],
)
def test_every_service_has_its_token(wire: Wire, service: str, token: str) -> None:
    wire["/1"] = {}
    client = wire.meta(pixel_token="pixel-token")
    run(client, noun(client, service).ask("GET", "/1"))
    assert wire.bearer("/1") == token


def test_a_pixel_and_a_catalogue_without_a_token_use_the_logins(wire: Wire) -> None:
    wire["/1"] = {}
    client = wire.meta()
    run(client, noun(client, "pixel").ask("GET", "/1"))
    assert wire.bearer("/1") == "user-token"
    client = wire.whatsapp()
    run(client, noun(client, "catalog").ask("GET", "/1"))
    assert wire.bearer("/1") == "business-token"


def test_without_the_apps_secret_calls_of_the_app_are_not_sent(wire: Wire) -> None:
    client = wire.client(Meta(access_token="t"))
    with pytest.raises(errors.ConfigurationError, match="app_secret"):
        run(client, noun(client, "app").ask("GET", "/1/subscriptions"))
    assert not wire.sent


def test_a_call_of_a_page_needs_one(wire: Wire) -> None:
    client = wire.client(Meta(access_token="t"))
    with pytest.raises(errors.ConfigurationError, match="page_id"):
        run(client, noun(client, "page").ask("GET", "/me"))


def test_whatsapps_files_are_fetched_with_the_token_and_without_proof(wire: Wire) -> None:
    wire["/whatsapp_business/attachments/"] = Response(200, {}, b"PNG")
    wire["/file"] = Response(200, {}, b"PNG")
    client, url = wire.whatsapp(), "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1"
    assert run(client, noun(client, "business").ask("GET", url, raw=True)) == b"PNG"
    assert (wire.sent[-1].url, wire.sent[-1].headers["Authorization"]) == (url, "Bearer business-token")
    run(client, noun(client, "business").ask("GET", "https://example.com/file", raw=True, account="none"))
    assert "Authorization" not in wire.sent[-1].headers


# -- edges


def edge(client: Client, **fields: Any) -> Page[Any]:
    page: Page[Any] = run(client, noun(client).edge("/1/products", {"fields": "id"}, **fields))
    return page


def test_an_edge_goes_on_by_cursor_until_no_next_is_told(wire: Wire) -> None:
    wire["/1/products"] = [rows(1, 2, after="c1"), rows(after="c2"), rows(3, after="c3", more=False)]
    client = wire.meta()
    assert run(client, noun(client).edge_all("/1/products", {"fields": "id"}, limit=2)) == [1, 2, 3]
    assert [wire.query("/1/products", number).get("after") for number in range(3)] == [None, "c1", "c2"]
    assert wire.query("/1/products") == {"fields": "id", "limit": "2", "after": "c2"}
    assert all("access_token" not in request.url for request in wire.sent)


def test_a_page_with_a_cursor_and_no_next_is_the_last(wire: Wire) -> None:
    wire["/1/products"] = rows(1, after="c", more=False)
    assert edge(wire.meta()).next is None


def test_an_edge_that_is_paged_by_time_goes_on_where_its_address_says(wire: Wire) -> None:
    following = "https://graph.facebook.com/v26.0/1/feed?access_token=t&limit=25&until=17&__paging_token=p"
    wire["/1/feed"] = [{"data": [1], "paging": {"next": following}}, {"data": [], "paging": {}}]
    client = wire.meta()
    assert run(client, noun(client).edge_all("/1/feed", {"since": 5})) == [1]
    assert wire.query("/1/feed") == {"since": "5", "until": "17", "__paging_token": "p"}


def test_an_empty_edge_has_no_rows(wire: Wire) -> None:
    wire["/1/products"] = {"data": []}
    assert list(edge(wire.meta()).items) == []


@pytest.mark.parametrize(
    "too_large",
    [
        refusal(1, "Please reduce the amount of data you're asking for, then retry your request"),
        refusal(100, subcode=1487534),
    ],
)
def test_too_much_data_is_asked_for_in_halves(wire: Wire, too_large: dict[str, Any]) -> None:
    wire["/1/products"] = [too_large, too_large, rows(1, after="c"), rows(2)]
    client = wire.meta()
    assert run(client, noun(client).edge_all("/1/products", limit=200)) == [1, 2]
    limits = [wire.query("/1/products", number)["limit"] for number in range(4)]
    assert limits == ["200", "100", "50", "50"]


def test_one_row_that_is_too_large_is_an_error(wire: Wire) -> None:
    wire["/1/products"] = refusal(100, subcode=1487534)
    with pytest.raises(errors.InvalidRequest):
        edge(wire.meta())
    assert [wire.query("/1/products", number).get("limit") for number in range(5)] == [
        None, "12", "6", "3", "1",
    ]  # fmt: skip


# -- versions


@pytest.mark.parametrize(
    ("days", "words"), [(-91, None), (-90, "ends on"), (-1, "ends on"), (0, "ended on"), (400, "ended on")]
)
def test_a_version_is_warned_of_90_days_before_its_end(days: int, words: str | None) -> None:
    service = Meta(api_version="v25.0").services["catalog"]
    assert service.sunset is not None
    said = notice("v25.0", service.sunset, service.sunset + timedelta(days=days))
    assert said is None if words is None else words in str(said)


def test_the_newest_version_has_no_end_yet() -> None:
    service = Meta().services["ads"]
    assert (service.version, service.sunset) == ("v26.0", None)


def test_the_log_hears_once_of_a_version_that_ended(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    client = wire.meta(api_version="v24.0")
    wire["/v24.0/1"] = {}
    with caplog.at_level(logging.WARNING, "socialcommerce"):
        for _ in range(2):
            run(client, noun(client, "ads").ask("GET", "/1"))
            run(client, noun(client, "catalog").ask("GET", "/1"))
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "Graph API v24.0 ended on 2026-10-06"
    ]
