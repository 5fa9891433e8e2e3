"""Every published sample is read by the backend, or is exactly what it sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.meta.wire import PHONE, Wire, answer
from tests.whatsapp.chat import MESSAGES, NUMBER, deliver, known, sample

from socialcommerce import Client, errors
from socialcommerce.backends.meta.whatsapp.messaging import cards
from socialcommerce.models.content import (
    Button,
    Content,
    Interactive,
    ProductCard,
    ProductRef,
    Section,
    Template,
    Unsupported,
)
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.runtime.retry import Retry

SHARED = shared_path()
FILES = sorted(file.stem for file in (SHARED / "samples" / "whatsapp").glob("*.json")) if SHARED else []

pytestmark = pytest.mark.skipif(SHARED is None, reason="needs ../shared/samples/whatsapp")


# -- what is sent


def template_of_the_sample() -> Template:
    return Template(
        "template-name",
        "language-and-locale-code",
        header=Media.from_url("https://the-image-url"),
        variables={
            "1": "text-string",
            "2": Money("100.99", "USD"),
            "3": datetime(1977, 2, 25, 15, 33, tzinfo=UTC),
        },
        buttons=["aGlzIHRoaXMgaXMgY29v", "9rwnB8RbYmPF5t2Mn09x4h"],
    )


def a_list() -> Interactive:
    def row(section: int, place: int) -> Button:
        words = f"<SECTION_{section}_ROW_{place}_TITLE>\n<SECTION_{section}_ROW_{place}_DESC>"
        return Button(words, payload=f"<LIST_SECTION_{section}_ROW_{place}_ID>")

    sections = [Section(f"<LIST_SECTION_{one}_TITLE>", [row(one, 1), row(one, 2)]) for one in (1, 2)]
    return Interactive(
        "<BODY_TEXT>",
        sections=sections,
        header="<HEADER_TEXT>",
        footer="<FOOTER_TEXT>",
        list_label="<BUTTON_TEXT>",
    )


def products() -> Unsupported:
    return cards.product_list(
        "<YOUR_TEXT_HEADER_CONTENT>",
        "<YOUR_TEXT_BODY_CONTENT>",
        {
            f"<SECTION{one}_TITLE>": [
                f"<YOUR_PRODUCT{one}_SKU_IN_CATALOG>",
                f"<YOUR_SECOND_PRODUCT{one}_SKU_IN_CATALOG>",
            ]
            for one in (1, 2)
        },
        catalog_id="146265584024623",
        footer="<YOUR_TEXT_FOOTER_CONTENT>",
    )


def a_flow() -> Unsupported:
    return cards.flow_message(
        "<BODY_TEXT>",
        flow_id="{{Flow-ID}}",
        label="Open Flow!",
        token="<FLOW_TOKEN>",
        screen="<SCREEN_ID>",
        data={"<CUSTOM_KEY>": "<CUSTOM_VALUE>"},
        header="<HEADER_TEXT>",
        footer="<FOOTER_TEXT>",
    )


def payment_request() -> Unsupported:
    """The sample's total leaves out what its parts say of programmes and words, which no order has."""
    written = sample("send_order_details_request")["interactive"]
    return Unsupported("order_details", {name: part for name, part in written.items() if name != "type"})


SENT: dict[str, Callable[[], Content]] = {
    "send_catalog_message_request": lambda: cards.catalog_message(
        "Hello! Thanks for your interest. Ordering is easy. "
        "Just visit our catalog and add items to purchase.",
        thumbnail="2lc20305pt",
        footer="Best grocery deals on WhatsApp!",
    ),
    "send_flow_request": a_flow,
    "send_list_request": a_list,
    "send_order_details_request": payment_request,
    "send_order_status_request": lambda: cards.order_status(
        "unique-reference-id-from-order-details-msg",
        "processing",
        "your-text-body-content",
        description="optional-text",
    ),
    "send_product_list_request": products,
    "send_product_request": lambda: ProductCard(
        [ProductRef(sku="<ID_TEST_ITEM_1>", catalog_id="367025965434465")], text="<OPTIONAL_BODY_TEXT>"
    ),
    "send_template_interactive_request": template_of_the_sample,
}


def ours(name: str) -> dict[str, Any]:
    """The sample, as far as it is said otherwise on purpose or holds words to be filled in."""
    wanted: dict[str, Any] = deepcopy(sample(name))
    wanted["to"] = NUMBER
    if name == "send_template_interactive_request":
        template = wanted["template"]
        template["language"]["policy"] = "deterministic"  # the interface wants it, the example forgot it
        template["components"][0]["parameters"][0]["image"]["link"] = "https://the-image-url"
        template["components"][1]["parameters"][1]["currency"]["fallback_value"] = str(Money("100.99", "USD"))
    if name == "send_product_request":
        del wanted["interactive"]["footer"]  # a ProductCard has none
    if name == "send_product_list_request":
        wanted["interactive"]["header"]["type"] = "text"
    return wanted


@pytest.mark.parametrize("name", SENT)
def test_requests_are_those_of_the_samples(name: str) -> None:
    wire, client = known()
    quick = [{"type": "QUICK_REPLY", "text": "a"}, {"type": "QUICK_REPLY", "text": "b"}]
    row = {
        "id": "1",
        "name": "template-name",
        "language": "language-and-locale-code",
        "components": [{"type": "BUTTONS", "buttons": quick}],
    }
    wire["/6006/message_templates"] = {"data": [row]}
    client.messaging.send(NUMBER, SENT[name](), allow_paid=True)
    sent = wire.body(MESSAGES)
    del sent["biz_opaque_callback_data"]  # ours, always
    assert sent == ours(name)


def test_reading_is_that_of_the_sample() -> None:
    wire, client = known()
    wire[MESSAGES] = {"success": True}
    number = sample("mark_read_typing_request")["message_id"]
    (newest,) = client.messaging.messages(NUMBER)
    client.messaging.typing(newest.model_copy(update={"id": number}))
    assert wire.body(MESSAGES) == sample("mark_read_typing_request")


# -- what is answered


def a_receipt(name: str) -> None:
    wire, client = known()
    wire[MESSAGES] = sample(name)
    receipt = client.messaging.send(NUMBER, "hello")
    assert receipt.ids == (sample(name)["messages"][0]["id"],)
    assert receipt.status == "pending"


def a_template_created(name: str) -> None:
    from tests.whatsapp.test_broadcast import INPUT

    wire, client = known()
    wire["/6006/message_templates"] = sample(name)
    made = client.messaging.templates.create(INPUT)
    assert (made.id, made.native_status, made.native_category) == ("template-1", "PENDING", "MARKETING")


def templates(name: str) -> None:
    wire, client = known()
    page = sample(name)
    page["paging"].pop("next", None)
    wire["/6006/message_templates"] = page
    found = client.messaging.templates.list().collect()
    assert [one.id for one in found] == [row["id"] for row in page["data"]]
    assert all(one.body and one.language and one.status != "other" for one in found)


def a_file(name: str) -> None:
    wire, client = known()
    wire["/2621233374848975"] = sample(name)
    with pytest.raises(errors.PlatformError, match="host"):  # the sample's address is a placeholder
        client.messaging.download_media(Media.from_id("2621233374848975"))


def subscribed(name: str) -> None:
    wire = Wire()
    wire["/1234567890123456/subscriptions"] = {"data": []}
    wire["/6006/subscribed_apps"] = sample(name)
    client = wire.whatsapp(app_id="1234567890123456")
    (found,) = client.webhooks.subscriptions()
    assert (found.level, found.account) == ("account", "6006")


def flows(name: str) -> None:
    """No operation lists Flows; ``client.call`` does."""
    wire, client = known()
    wire["/6006/flows"] = sample(name)
    rows = client.call("GET", "/6006/flows")["data"]
    assert [row["status"] for row in rows] == ["DRAFT", "DRAFT", "PUBLISHED"]


def numbers(name: str) -> None:
    """The store and the accounts read them; here only that the wire does."""
    wire, client = known()
    wire["/6006/phone_numbers"] = sample(name)
    rows = client.call("GET", "/6006/phone_numbers")["data"]
    assert [row["id"] for row in rows] == ["1906385232743451", "1913623884432103"]


def shop_settings(name: str) -> None:
    wire, client = known()
    path = f"/{PHONE}/whatsapp_commerce_settings"
    wire[path] = sample(name)
    assert client.call("GET", path)["data"][0]["is_cart_enabled"] is True


REFUSALS: dict[str, type[errors.PlatformError]] = {
    "error_130429_throughput": errors.RateLimited,
    "error_131009_parameter": errors.InvalidRequest,
    "error_131056_pair_rate": errors.RateLimited,
    "error_132001_template": errors.NotFound,
}


def a_refusal(name: str) -> None:
    wire, client = known()
    code = sample(name)["error"]["code"]
    throttled = code in (130429, 131056)
    wire[MESSAGES] = answer(sample(name), 429 if throttled else 400)
    patient = client.with_options(retry=Retry(attempts=1))
    with pytest.raises(REFUSALS[name]) as caught:
        patient.messaging.send(NUMBER, "hello")
    assert str(caught.value.code).partition("/")[0] == str(code)
    details = sample(name)["error"].get("error_data", {}).get("details", "")
    assert details in caught.value.message


def an_expired_token(name: str) -> None:
    """It cannot be renewed either, since the call that would is refused alike: the seller must come again."""
    wire, client = known()
    wire[MESSAGES] = wire["/debug_token"] = wire["/oauth/access_token"] = sample(name)
    with pytest.raises(errors.AuthenticationError):
        client.messaging.send(NUMBER, "hello")


def a_push(name: str) -> None:
    client: Client = Wire().whatsapp()
    found = deliver(client, json.dumps(sample(name)).encode())
    assert found
    told = sample(name)["entry"][0]["changes"][0]["value"]
    account = (told.get("metadata") or {}).get("phone_number_id") or sample(name)["entry"][0]["id"]
    for event in found:
        assert event.account == account
        assert event.raw == sample(name)
        assert event.ref is not None
    whole = [event.state for event in found if event.type == "message.received"]
    for message, row in zip(whole, told.get("messages") or (), strict=True):
        assert message.id == row["id"]
        assert int(message.sent_at.timestamp()) == int(row["timestamp"])


READ: dict[str, Callable[[str], None]] = {
    "commerce_settings_response": shop_settings,
    "error_190_expired": an_expired_token,
    "flows_list": flows,
    "media_url_response": a_file,
    "phone_numbers_list": numbers,
    "send_response_bsuid": a_receipt,
    "send_text_response": a_receipt,
    "subscribed_apps_list": subscribed,
    "template_create_response": a_template_created,
    "templates_list": templates,
    "templates_page_first": templates,
    "templates_page_middle": templates,
    "templates_page_last": templates,
    **dict.fromkeys(REFUSALS, a_refusal),
    **dict.fromkeys((name for name in FILES if name.startswith("webhook_")), a_push),
}


@pytest.mark.parametrize("name", READ)
def test_samples_are_read(name: str) -> None:
    READ[name](name)


def test_no_sample_is_left_out() -> None:
    assert set(FILES) == {*SENT, *READ, "mark_read_typing_request"}
