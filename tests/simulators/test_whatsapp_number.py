"""A number of the pretend WhatsApp at the wire: files, profile, shop, blocked people, links, flows."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.graph_caller import HOST, Refusal
from tests.support.tiktok_ads_caller import multipart
from tests.support.whatsapp_caller import Caller, open_whatsapp

from socialcommerce.runtime.transport import Request


@pytest.fixture
def wa() -> Caller:
    return open_whatsapp()


def test_a_file_is_uploaded_sent_fetched_and_deleted(wa: Caller) -> None:
    content = wa.market.image()
    key = wa.upload("image/png", content)["id"]
    talk = wa.talk()
    wa.write(talk.id, "image", {"id": key, "caption": "New"})
    assert wa.refused(talk.id, "video", {"id": key}) == 131009
    info = wa.get(f"/{key}", phone_number_id=wa.phone)
    assert (info["mime_type"], info["file_size"]) == ("image/png", str(len(content)))

    def fetched(token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return wa.twin.handle(Request("GET", info["url"], headers))

    assert fetched(wa.token).content == content
    assert fetched("").status == 400
    wa.market.advance(timedelta(minutes=6))
    assert fetched(wa.token).status == 404
    assert wa.refusal(lambda: wa.get(f"/{key}", phone_number_id="1")).code == 100
    wa.market.advance(timedelta(days=30))
    assert wa.refusal(lambda: wa.get(f"/{key}")).code == 100
    wa.market.say("Still there?", talk.id)
    assert wa.refused(talk.id, "image", {"id": key}) == 131009
    assert wa.call("DELETE", f"/{key}") == {"success": True}
    assert wa.refusal(lambda: wa.get(f"/{key}")).subcode == 33


def test_a_file_must_be_of_a_kind_and_size_that_is_taken(wa: Caller) -> None:
    assert wa.upload("audio/ogg; codecs=opus", b"OggS")["id"]
    for mime, content, more, code in (
        ("image/gif", b"GIF", {}, 100),
        ("image/jpeg", b"", {}, 131053),
        ("image/webp", b"x" * (500 * 1024 + 1), {}, 131053),
        ("", b"x", {}, 100),
        ("image/png", b"x", {"messaging_product": "sms"}, 100),
    ):
        with pytest.raises(Refusal) as caught:
            wa.upload(mime, content, **more)
        assert caught.value.code == code
    bare = wa.refusal(lambda: wa.json(f"/{wa.phone}/media", messaging_product="whatsapp", type="image/png"))
    assert bare.code == 100


# -- the number


def test_the_number_tells_what_it_is(wa: Caller) -> None:
    fields = "id,display_phone_number,verified_name,status,quality_rating,throughput,account_mode,name_status"
    shown = wa.get(f"/{wa.phone}", fields=fields)
    assert shown["display_phone_number"].startswith("+1 555-")
    assert (shown["status"], shown["account_mode"]) == ("LINKED", "LIVE")
    (listed,) = wa.get(f"/{wa.waba_id}/phone_numbers")["data"]
    assert listed["id"] == wa.phone
    wa.waba.reach = 250
    name = "whatsapp_business_manager_messaging_limit"
    assert wa.get(f"/{wa.waba_id}", fields=name)[name] == "TIER_250"
    wa.waba.reach = 10**9
    assert wa.get(f"/{wa.phone}", fields=name)[name] == "TIER_UNLIMITED"


def test_a_number_is_registered_by_its_pin(wa: Caller) -> None:
    path = f"/{wa.phone}"
    wa.post(f"{path}/deregister")
    assert wa.get(path, fields="status")["status"] == "UNLINKED"
    register = {"messaging_product": "whatsapp", "pin": "123456"}
    assert wa.refusal(lambda: wa.json(f"{path}/register", **register)).code == 133005
    wa.json(path, pin="123456")
    wa.json(f"{path}/register", **register)
    assert wa.refusal(lambda: wa.json(f"{path}/register", messaging_product="whatsapp", pin="12")).code == 100
    assert wa.refusal(lambda: wa.json(path, pin="12")).code == 100
    for _ in range(7):
        wa.json(f"{path}/register", **register)
    assert wa.refusal(lambda: wa.json(f"{path}/register", **register)).code == 133016
    wa.market.advance(timedelta(days=3, seconds=1))
    wa.json(f"{path}/register", **register)


def test_the_profile_is_kept(wa: Caller) -> None:
    path = f"/{wa.phone}/whatsapp_business_profile"
    given = {
        "about": "Mugs",
        "email": "a@example.com",
        "websites": ["https://a.example"],
        "vertical": "RETAIL",
    }
    wa.json(path, messaging_product="whatsapp", **given, profile_picture_handle="4::abc")
    (row,) = json.loads(wa.send("GET", path).content)["data"]
    assert {name: row[name] for name in given} == given
    assert row["profile_picture_url"].startswith("https://")
    (about,) = json.loads(wa.send("GET", path, fields="about").content)["data"]
    assert about == {"about": "Mugs"}
    for bad in ({"about": ""}, {"about": "x" * 140}, {"vertical": "SPACE"}, {"websites": ["a", "b", "c"]}):
        assert wa.refusal(lambda bad=bad: wa.json(path, messaging_product="whatsapp", **bad)).code == 100  # type: ignore[misc]
    assert wa.refusal(lambda: wa.json(path, about="x")).code == 100


def test_shop_settings_come_in_the_query(wa: Caller) -> None:
    path = f"/{wa.phone}/whatsapp_commerce_settings"
    assert wa.get(path)["data"] == [{"id": wa.catalog, "is_cart_enabled": True, "is_catalog_visible": False}]
    wa.call("POST", path, body={}, is_catalog_visible="true")
    assert wa.get(path)["data"][0]["is_catalog_visible"] is True
    refusal = wa.refusal(lambda: wa.twin and wa.call("POST", path, body={"is_cart_enabled": False}))
    assert refusal.code == 100
    wa.call("DELETE", f"/{wa.waba_id}/product_catalogs", catalog_id=wa.catalog)
    assert wa.get(path)["data"] == []
    assert wa.refusal(lambda: wa.call("POST", path, body={}, is_cart_enabled="true")).code == 100
    wa.json(f"/{wa.waba_id}/product_catalogs", catalog_id=wa.catalog)
    assert wa.get(f"/{wa.waba_id}/product_catalogs", fields="id,name")["data"][0]["id"] == wa.catalog


def test_who_is_blocked_is_not_heard(wa: Caller) -> None:
    talk, path = wa.talk(), f"/{wa.phone}/block_users"
    blocked = wa.json(
        path, messaging_product="whatsapp", block_users=[{"user": talk.buyer.id}, {"user": "1"}]
    )
    answer = blocked["block_users"]
    assert answer["added_users"] == [{"input": talk.buyer.id, "wa_id": talk.buyer.id, "user_id": talk.id}]
    assert answer["failed_users"][0]["input"] == "1"
    pushed = len(wa.market.pushes())
    wa.market.say("Hello?", talk.id)
    assert len(wa.market.pushes()) == pushed
    assert [one["wa_id"] for one in wa.get(path)["data"]] == [talk.buyer.id]
    wa.call("DELETE", path, body={"messaging_product": "whatsapp", "block_users": [{"user_id": talk.id}]})
    assert wa.get(path)["data"] == []
    wa.market.advance(timedelta(days=2))
    stale = wa.refusal(
        lambda: wa.json(path, messaging_product="whatsapp", block_users=[{"user": talk.buyer.id}])
    )
    assert stale.code == 139101
    assert wa.refusal(lambda: wa.json(path, messaging_product="whatsapp")).code == 100


def test_a_username_is_taken_once() -> None:
    wa = open_whatsapp(accounts=2)
    token = wa.twin.token().access
    first, second = (one.asset("WhatsAppBusinessPhoneNumber").id for one in wa.twin.sellers)
    assert wa.get(f"/{first}/username") == {}
    wa.call("POST", f"/{first}/username", token=token, body={"username": "mugs.shop"})
    assert wa.get(f"/{first}/username")["username"] == "mugs.shop"
    assert wa.get(f"/{first}", fields="username")["username"] == "mugs.shop"
    taken = wa.refusal(
        lambda: wa.call("POST", f"/{second}/username", token=token, body={"username": "mugs.shop"})
    )
    assert taken.code == 147001
    bad = wa.refusal(lambda: wa.call("POST", f"/{first}/username", token=token, body={"username": "A B"}))
    assert bad.code == 147002
    wa.call("DELETE", f"/{first}/username")
    assert wa.get(f"/{first}/username") == {}


def test_the_key_of_the_flows_is_kept(wa: Caller) -> None:
    path = f"/{wa.phone}/whatsapp_business_encryption"
    assert wa.get(path)["data"] == []
    key = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
    wa.post(path, business_public_key=key)
    assert wa.get(path)["data"][0]["business_public_key"] == key
    assert wa.refusal(lambda: wa.post(path, business_public_key="none")).code == 100


def test_short_links_are_made_and_changed(wa: Caller) -> None:
    path = f"/{wa.phone}/message_qrdls"
    made = wa.json(path, prefilled_message="Hi!", generate_qr_image="PNG")
    assert made["qr_image_url"].endswith(".png")
    changed = wa.json(path, code=made["code"], prefilled_message="Hello!")
    assert changed["deep_link_url"] == made["deep_link_url"]
    assert [one["prefilled_message"] for one in wa.get(path)["data"]] == ["Hello!"]
    assert wa.refusal(lambda: wa.json(path, prefilled_message="")).code == 100
    assert wa.refusal(lambda: wa.json(path, code="A" * 14, prefilled_message="x")).subcode == 33
    wa.json(f"/{wa.phone}/conversational_automation", enable_welcome_message=True)


def test_one_short_link_is_read_and_deleted_by_its_path(wa: Caller) -> None:
    path = f"/{wa.phone}/message_qrdls"
    first, second = (wa.json(path, prefilled_message=text)["code"] for text in ("One", "Two"))

    def answer(method: str, address: str) -> tuple[int, Any]:
        # The interface data gives this reply as a list in its examples and as one link in its schema.
        response = wa.send(method, address)
        return response.status, json.loads(response.content)

    status, shown = answer("GET", f"{path}/{second}")
    assert (status, [one["prefilled_message"] for one in shown["data"]]) == (200, ["Two"])
    assert answer("DELETE", f"{path}/{second}") == (200, {"success": True})
    assert [one["code"] for one in wa.get(path)["data"]] == [first]
    for method, address in (("GET", f"{path}/{second}"), ("DELETE", f"{path}/{second}"), ("DELETE", path)):
        status, refusal = answer(method, address)
        assert (status, refusal["error"]["code"]) == (404, 803)


# -- flows


SCREENS = {"version": "7.3", "screens": [{"id": "A", "terminal": True}]}


def put(wa: Caller, flow: str, content: bytes, **other: str) -> Any:
    fields = {"name": "flow.json", "asset_type": "FLOW_JSON", **other}
    kind, body = multipart(fields, {"file": ("flow.json", content)})
    headers = {"Authorization": f"Bearer {wa.token}", "Content-Type": kind}
    found = json.loads(wa.twin.handle(Request("POST", f"{HOST}/v26.0/{flow}/assets", headers, body)).content)
    if "error" in found:
        raise Refusal(400, found["error"])
    return found


def test_a_flow_is_drafted_published_and_retired(wa: Caller) -> None:
    path = f"/{wa.waba_id}/flows"
    flow = wa.json(path, name="Survey", categories=["SURVEY"])["id"]
    assert wa.refusal(lambda: wa.json(path, name="Survey", categories=["SURVEY"])).subcode == 4016019
    assert wa.refusal(lambda: wa.post(f"/{flow}/publish")).code == 139002
    assert wa.get(f"/{flow}/assets")["data"] == []
    for content, error in (
        (b"{", "INVALID_JSON"),
        (b"{}", "REQUIRED_PROPERTY"),
        (json.dumps({**SCREENS, "version": "1.0"}).encode(), "INVALID_PROPERTY_VALUE"),
        (json.dumps({"version": "7.3", "screens": [{"id": "A"}]}).encode(), "MISSING_TERMINAL_SCREEN"),
    ):
        assert put(wa, flow, content)["validation_errors"][0]["error"] == error
    with pytest.raises(Refusal):
        put(wa, flow, b"{}", asset_type="PNG")
    assert put(wa, flow, json.dumps(SCREENS).encode()) == {"success": True, "validation_errors": []}
    (asset,) = wa.get(f"/{flow}/assets")["data"]
    assert wa.twin.handle(Request("GET", asset["download_url"])).content == json.dumps(SCREENS).encode()
    wa.post(f"/{flow}", name="Survey 2", categories='["OTHER"]', endpoint_uri="https://a.example")
    shown = wa.get(f"/{flow}", fields="name,status,categories,json_version,data_channel_uri")
    assert (shown["name"], shown["categories"], shown["json_version"]) == ("Survey 2", ["OTHER"], "7.3")
    assert wa.refusal(lambda: wa.post(f"/{flow}", categories="[")).code == 100
    assert wa.refusal(lambda: wa.post(f"/{flow}", categories='["FUN"]')).code == 100
    assert wa.refusal(lambda: wa.post(f"/{flow}/deprecate")).code == 139003
    wa.post(f"/{flow}/publish")
    assert wa.refusal(lambda: wa.call("DELETE", f"/{flow}")).code == 139004
    with pytest.raises(Refusal):
        put(wa, flow, json.dumps(SCREENS).encode())
    wa.post(f"/{flow}/deprecate")
    assert wa.refusal(lambda: wa.post(f"/{flow}", name="x")).code == 139001
    assert [one["new_status"] for one in wa.values("flows")] == ["PUBLISHED", "DEPRECATED"]


def test_a_flow_is_copied_and_a_draft_deleted(wa: Caller) -> None:
    path = f"/{wa.waba_id}/flows"
    text = json.dumps(SCREENS)
    made = wa.json(path, name="One", categories=["OTHER"], flow_json=text)
    assert made["validation_errors"] == []
    copied = wa.json(path, name="Two", categories=["OTHER"], clone_flow_id=made["id"])["id"]
    wa.post(f"/{copied}/publish")
    assert (
        wa.refusal(lambda: wa.json(path, name="Three", categories=["OTHER"], clone_flow_id="404")).code == 100
    )
    wa.call("DELETE", f"/{made['id']}")
    assert [one["name"] for one in wa.get(path)["data"]] == ["Two"]


# -- the account


def test_another_catalog_cannot_be_linked_beside_the_first(wa: Caller) -> None:
    path = f"/{wa.waba_id}/product_catalogs"
    assert wa.refusal(lambda: wa.json(path, catalog_id=wa.catalog)).code == 100
    wa.call("DELETE", path, catalog_id=wa.catalog)
    assert wa.refusal(lambda: wa.call("DELETE", path, catalog_id=wa.catalog)).code == 100
    assert wa.refusal(lambda: wa.json(path, catalog_id="1")).subcode == 33


def test_a_client_is_signed_up_by_a_code() -> None:
    wa = open_whatsapp(accounts=2)
    assert "phone_number_id" not in wa.twin.settings()
    slots = {slot for slot, *_ in wa.twin.grants(wa.twin.accounts[0])}
    assert slots >= {"business", "catalog"}
    assert wa.twin.signup() != wa.twin.signup(wa.twin.accounts[0])
