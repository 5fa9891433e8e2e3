"""pywa speaks to the pretend WhatsApp over HTTP, reads its signed webhooks, and does not notice.

pywa sends through an ``httpx.Client`` of the caller's, on which it sets the platform's address; the test
sets the simulator's in its place. Nothing else of it is touched.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.pywa_bot import Shop, connect

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.meta.whatsapp import WhatsAppTwin, people
from socialcommerce.simulators.serve import serve

pytest.importorskip("pywa", reason='needs pywa: pip install "socialcommerce[peers]"')
types = pytest.importorskip("pywa.types")
templates = pytest.importorskip("pywa.types.templates")
errors = pytest.importorskip("pywa.errors")


@pytest.fixture
def shop(caplog: pytest.LogCaptureFixture) -> Iterator[Shop]:
    twin = open_twin("whatsapp", seed=7)
    assert isinstance(twin, WhatsAppTwin)
    settings = twin.settings(0)
    with serve(twin) as served, httpx.Client(trust_env=False) as session:
        made = Shop(twin, connect(served, session, settings, twin.token(twin.accounts[0]).access), settings)
        made.listen()
        yield made
    # What pywa's parser cannot read it only writes into its log.
    told = [one for one in caplog.get_records("call") if one.levelno >= logging.ERROR]
    assert not [one.getMessage() for one in told if one.name.startswith("pywa")]


# -- messages


def test_a_text_is_sent_and_its_fate_is_told(shop: Shop) -> None:
    _, asked = shop.visitor("Café – 10/10 🙂")
    assert (asked.text, asked.metadata.phone_number_id) == (
        "Café – 10/10 🙂",
        shop.settings["phone_number_id"],
    )
    sent = shop.wa.send_message(asked.from_user.wa_id, "Thank you", tracker="order-1")
    assert sent.chat.id == asked.from_user.wa_id
    assert shop.said() == {"kind": "text", "text": "Thank you"}
    first, second = shop.settle()
    assert (first.id, first.status.value, second.status.value) == (sent.id, "sent", "delivered")
    assert (first.tracker, first.pricing.billable) == ("order-1", False)
    assert first.from_user.bsuid == asked.from_user.bsuid


def test_an_answer_goes_to_the_persons_business_scoped_id(shop: Shop) -> None:
    talk, asked = shop.visitor()
    people.hide_number(shop.twin.waba(), talk, "ada")
    shop.market.say("Still me", talk.id)
    (hidden,) = shop.hear()
    assert (hidden.from_user.wa_id or None, hidden.from_user.username) == (None, "ada")
    assert hidden.from_user.bsuid == asked.from_user.bsuid
    reply = hidden.reply("Hello Ada", quote=True)
    assert (reply.input, shop.said()["text"]) == (asked.from_user.bsuid, "Hello Ada")
    hidden.react("👍")
    assert shop.said()["reaction"] == {"message_id": hidden.id, "emoji": "👍"}


def test_a_message_is_marked_as_read(shop: Shop) -> None:
    talk, asked = shop.visitor()
    assert talk.unread == 1
    assert asked.mark_as_read().success
    assert talk.unread == 0
    assert asked.indicate_typing().success


def test_pressed_buttons_and_rows_come_back(shop: Shop) -> None:
    _, asked = shop.visitor()
    pair = [types.Button("Yes", "yes"), types.Button("No", "no")]
    sent = asked.reply("Sure?", header="Your order", footer="Tap one", buttons=pair)
    people.press(shop.twin.waba(), sent.id, "yes")
    (pressed,) = shop.hear()
    assert (type(pressed).__name__, pressed.data, pressed.title) == ("CallbackButton", "yes", "Yes")
    assert pressed.reply_to_message.id == sent.id
    rows = [types.SectionRow("Blue", "blue", "Like the sea"), types.SectionRow("Red", "red")]
    sent = asked.reply("Which?", buttons=types.SectionList("Open", [types.Section("Colours", rows)]))
    people.press(shop.twin.waba(), sent.id, "blue")
    (chosen,) = shop.hear()
    assert (chosen.data, chosen.title, chosen.description) == ("blue", "Blue", "Like the sea")


def test_links_places_and_people(shop: Shop) -> None:
    _, asked = shop.visitor()
    asked.reply("Our shop", buttons=types.URLButton("Open", "https://shop.example/"))
    assert shop.said()["interactive"]["action"]["parameters"]["url"] == "https://shop.example/"
    asked.reply_location(51.5, -0.1, "Shop", "1 High Street")
    assert shop.said()["location"]["name"] == "Shop"
    shop.wa.request_location(asked.from_user.wa_id, "Where to?")
    assert shop.said()["interactive"]["action"] == {"name": "send_location"}
    name = types.Contact.Name(formatted_name="Ada L", first_name="Ada")
    asked.reply_contact(types.Contact(name=name, phones=[types.Contact.Phone(phone="+442079460958")]))
    assert shop.said()["contacts"][0]["name"]["first_name"] == "Ada"


def test_products_are_shown_and_ordered(shop: Shop) -> None:
    for sku in ("TS-1", "TS-2"):
        shop.market.add_product(sku, stock=5, price="12.50")
    _, asked = shop.visitor()
    asked.reply_product(shop.catalog, "TS-1", body="This one?")
    assert shop.said()["interactive"]["action"]["product_retailer_id"] == "TS-1"
    both = [types.ProductsSection("Tees", ["TS-1", "TS-2"])]
    asked.reply_products(shop.catalog, both, "Tees", "Have a look")
    assert shop.said()["interactive"]["type"] == "product_list"
    asked.reply_catalog("All we have", thumbnail_product_sku="TS-2")
    assert shop.said()["interactive"]["type"] == "catalog_message"
    with pytest.raises(errors.InvalidParameter, match="Products not found"):
        asked.reply_product(shop.catalog, "TS-9")
    bought = shop.market.buy("TS-1", 2)
    (order,) = shop.hear()
    (line,) = order.order.products
    assert (order.id, order.order.catalog_id) == (bought, shop.catalog)
    assert (line.sku, line.quantity, line.price, line.currency) == ("TS-1", 2, 12.5, "USD")
    assert order.order.total_price == 25


def test_a_day_later_only_a_template_arrives(shop: Shop) -> None:
    _, asked = shop.visitor()
    shop.market.advance(timedelta(hours=25))
    late = asked.reply("Are you there?")
    (failed,) = shop.settle()
    assert (failed.id, failed.status.value) == (late.id, "failed")
    assert isinstance(failed.error, errors.ReEngagementMessage)


# -- templates


def greeting(name: str = "on_its_way") -> Any:
    """A template with a header, a body and two buttons, its parameters named."""
    return templates.Template(
        name=name,
        language=templates.TemplateLanguage.ENGLISH_US,
        category=templates.TemplateCategory.UTILITY,
        parameter_format=templates.ParamFormat.NAMED,
        components=[
            templates.HeaderText("Hello {{name}}", name="Ada"),
            templates.BodyText("Order {{number}} is on its way.", number="4711"),
            templates.FooterText(text="Your shop"),
            templates.Buttons(
                buttons=[
                    templates.QuickReplyButton(text="Thanks"),
                    templates.URLButton(
                        text="Track", url="https://shop.example/{{1}}", example="https://shop.example/4711"
                    ),
                ]
            ),
        ],
    )


def test_a_template_is_made_reviewed_and_sent(shop: Shop) -> None:
    _, asked = shop.visitor()
    made = shop.wa.create_template(greeting())
    assert made.status is templates.TemplateStatus.PENDING
    shop.market.approve_templates()
    (approved,) = shop.hear()
    assert (approved.template_id, approved.new_status) == (made.id, templates.TemplateStatus.APPROVED)
    held = shop.wa.get_template(made.id)
    assert (held.name, held.parameter_format) == ("on_its_way", templates.ParamFormat.NAMED)
    shop.market.advance(timedelta(hours=25))
    sent = shop.wa.send_template(
        asked.from_user.wa_id,
        "on_its_way",
        templates.TemplateLanguage.ENGLISH_US,
        [
            templates.HeaderText.params(name="Ada"),
            templates.BodyText.params(number="4711"),
            templates.QuickReplyButton.params(callback_data="thanks", index=0),
            templates.URLButton.params(url_variable="4711", index=1),
        ],
    )
    assert sent.status.value == "accepted"
    assert [one.status.value for one in shop.settle()] == ["sent", "delivered"]
    people.press(shop.twin.waba(), sent.id, "thanks")
    assert shop.hear()[-1].data == "thanks"


def test_a_template_shows_a_picture(shop: Shop) -> None:
    _, asked = shop.visitor()
    language, picture = templates.TemplateLanguage.ENGLISH_US, shop.market.image()
    header = templates.HeaderImage(example=picture, mime_type="image/png")
    made = shop.wa.create_template(
        templates.Template(
            name="new_tees",
            language=language,
            category=templates.TemplateCategory.MARKETING,
            components=[header, templates.BodyText("Hello {{1}}, have a look.", "Ada")],
        )
    )
    shop.market.approve_templates()
    handle = made.get().components[0].example
    assert str(getattr(handle, "handle", handle)).startswith("2:")
    shop.wa.send_template(
        asked.from_user.wa_id,
        "new_tees",
        language,
        [header.params(image=picture, mime_type="image/png"), templates.BodyText.params("Ada")],
    )
    assert [part["type"] for part in shop.said()["template"]["components"]] == ["HEADER", "BODY"]


def test_a_template_without_its_parameters_is_refused(shop: Shop) -> None:
    _, asked = shop.visitor()
    shop.wa.create_template(greeting())
    shop.market.approve_templates()
    to, language = asked.from_user.wa_id, templates.TemplateLanguage.ENGLISH_US
    with pytest.raises(errors.TemplateParamCountMismatch):
        shop.wa.send_template(to, "on_its_way", language, [])
    with pytest.raises(errors.TemplateNotExists):
        shop.wa.send_template(to, "unheard_of", language, [])


def test_templates_are_listed_page_by_page_found_and_deleted(shop: Shop) -> None:
    for name in ("one", "two", "three"):
        shop.wa.create_template(greeting(name))
    found = shop.wa.get_templates(pagination=types.Pagination(limit=2))
    assert (len(found), found.has_next) == (2, True)
    # ``found.next()`` fails in pywa 4.5 before it can look at the reply: its pages of templates take no
    # ``item_factory``. The cursor is good, though.
    rest = shop.wa.get_templates(pagination=types.Pagination(limit=2, after=found.after))
    assert sorted(one.name for page in (found, rest) for one in page) == ["one", "three", "two"]
    assert not rest.has_next
    (one,) = shop.wa.get_templates(name="one", statuses=[templates.TemplateStatus.PENDING])
    assert repr(one.components) == repr(greeting().components)
    assert not shop.wa.get_templates(statuses=[templates.TemplateStatus.APPROVED])
    assert shop.wa.delete_template("one").success
    assert {one.name for one in shop.wa.get_templates()} == {"two", "three"}


# -- media


def test_a_file_is_uploaded_sent_fetched_and_deleted(shop: Shop, tmp_path: Path) -> None:
    picture = shop.market.image()
    _, asked = shop.visitor()
    media = shop.wa.upload_media(picture, mime_type="image/png", filename="tee.png")
    asked.reply_image(media, caption="Like this")
    assert shop.said()["image"] == {"id": media.id, "caption": "Like this"}
    url = shop.wa.get_media_url(media.id)
    assert (url.mime_type, int(url.file_size)) == ("image/png", len(picture))
    assert shop.wa.get_media_bytes(url.url) == picture
    assert b"".join(shop.wa.stream_media(url.url)) == picture
    assert url.download(path=tmp_path).read_bytes() == picture
    assert shop.wa.delete_media(media.id).success
    with pytest.raises(errors.WhatsAppError):
        shop.wa.get_media_url(media.id)


def test_bytes_are_uploaded_on_the_way(shop: Shop) -> None:
    _, asked = shop.visitor()
    sent = asked.reply_document(b"%PDF-1.4 bill", filename="bill.pdf", mime_type="application/pdf")
    assert shop.said()["document"] == {"id": sent.uploaded_media.id, "filename": "bill.pdf"}
    assert sent.uploaded_media.get_bytes() == b"%PDF-1.4 bill"


def test_a_persons_picture_is_fetched(shop: Shop) -> None:
    talk, _ = shop.visitor()
    picture = shop.market.image()
    people.send_file(shop.twin.waba(), talk, "image", "image/png", picture, caption="Mine")
    (got,) = shop.hear()
    assert (got.image.mime_type, got.caption) == ("image/png", "Mine")
    assert got.image.get_bytes() == picture


def test_a_link_to_a_file_ends_after_five_minutes(shop: Shop) -> None:
    media = shop.wa.upload_media(shop.market.image(), mime_type="image/png", filename="tee.png")
    url = shop.wa.get_media_url(media.id)
    shop.market.advance(timedelta(minutes=6))
    with pytest.raises(httpx.HTTPStatusError):
        shop.wa.get_media_bytes(url.url)


@pytest.mark.parametrize(
    ("kind", "mime"),
    [
        ("video", "video/mp4"),
        ("audio", "audio/mpeg"),
        ("voice", "audio/ogg; codecs=opus"),
        ("sticker", "image/webp"),
    ],
)
def test_every_kind_of_file_is_sent(shop: Shop, kind: str, mime: str) -> None:
    _, asked = shop.visitor()
    getattr(shop.wa, f"send_{kind}")(asked.from_user.wa_id, b"content", mime_type=mime)
    assert shop.said()["kind"] == ("audio" if kind == "voice" else kind)


# -- flows


def test_a_flow_is_published_sent_and_filled_in(shop: Shop) -> None:
    flows = pytest.importorskip("pywa.types.flows")
    _, asked = shop.visitor()
    done = flows.CompleteAction(payload={})
    form = flows.Form(
        name="form",
        children=[flows.TextInput(name="size", label="Size"), flows.Footer(label="Go", on_click_action=done)],
    )
    screen = flows.Screen(id="SIZE", title="Size", terminal=True, layout=flows.Layout(children=[form]))
    made = shop.wa.create_flow(
        "size", [flows.FlowCategory.OTHER], flow_json=flows.FlowJSON(version="7.0", screens=[screen])
    )
    assert (made.success, made.validation_errors) == (True, None)
    (asset,) = shop.wa.get_flow_assets(made.id)
    assert httpx.get(asset.url, trust_env=False).json()["screens"][0]["id"] == "SIZE"
    assert shop.wa.publish_flow(made.id).success
    assert [one.status for one in shop.wa.get_flows()] == [flows.FlowStatus.PUBLISHED]
    button = types.FlowButton(
        title="Choose",
        flow_id=made.id,
        flow_token="order-1",
        flow_action_type=types.FlowActionType.NAVIGATE,
        flow_action_screen="SIZE",
    )
    sent = asked.reply("Which size?", buttons=button)
    people.fill_in(shop.twin.waba(), sent.id, {"size": "M", "flow_token": "order-1"})
    (filled,) = shop.hear()
    assert (type(filled).__name__, filled.token, filled.response["size"]) == (
        "FlowCompletion",
        "order-1",
        "M",
    )
    assert shop.wa.deprecate_flow(made.id).success


# -- webhooks


def test_what_was_changed_on_the_way_is_refused(shop: Shop) -> None:
    shop.market.say("Hello")
    push = shop.market.pushes()[-1]
    signed = push.headers["X-Hub-Signature-256"]
    assert shop.wa.webhook_update_validator(push.body, signed) is None
    changed = push.body.replace(b"Hello", b"Hallo")
    assert shop.wa.webhook_update_validator(changed, signed) == ("Forbidden", 403)
    again = json.dumps(json.loads(push.body)).encode()
    assert shop.wa.webhook_update_validator(again, signed) == ("Forbidden", 403)


def test_the_bot_subscribes_and_is_asked_for_its_consent(shop: Shop) -> None:
    token = shop.wa.get_app_access_token(shop.settings["app_id"], shop.settings["app_secret"])
    url, verify = "https://bot.example/hook", shop.settings["verify_token"]
    fields = ("messages", "message_template_status_update")
    assert shop.wa.set_app_callback_url(shop.settings["app_id"], token, url, verify, fields).success
    (asked,) = shop.market.pushes()
    assert (asked.method, asked.url) == ("GET", url)
    assert shop.take(asked) == asked.query["hub.challenge"]
    shop.hear()
    shop.market.say("Hello")
    assert shop.market.pushes()[-1].url == url
    assert shop.hear()[-1].text == "Hello"
    assert shop.wa.override_phone_callback_url("https://other.example/hook", verify).success
    shop.market.say("Hello again")
    assert shop.market.pushes()[-1].url == "https://other.example/hook"


def test_a_push_that_comes_twice_is_handled_once(shop: Shop) -> None:
    shop.market.fault("duplicate_push")
    shop.market.say("Hello")
    assert len(shop.market.pushes()) == 2
    assert [one.text for one in shop.hear()] == ["Hello"]


# -- the number and its shop


def test_the_number_its_account_and_profile_are_read(shop: Shop) -> None:
    number = shop.wa.get_business_phone_number()
    assert number.id == shop.settings["phone_number_id"]
    assert [one.id for one in shop.wa.get_business_phone_numbers()] == [number.id]
    assert shop.wa.get_business_account().id == shop.settings["waba_id"]
    shop.wa.update_business_profile(about="Tees", websites=["https://shop.example/"])
    profile = shop.wa.get_business_profile()
    assert (profile.about, list(profile.websites)) == ("Tees", ["https://shop.example/"])


def test_the_shop_is_shown_and_hidden(shop: Shop) -> None:
    for shown in (True, False):
        assert shop.wa.update_commerce_settings(is_catalog_visible=shown, is_cart_enabled=True).success
        settings = shop.wa.get_commerce_settings()
        assert (settings.catalog_id, settings.is_catalog_visible) == (shop.catalog, shown)


def test_people_are_blocked_and_let_in_again(shop: Shop) -> None:
    users = [shop.visitor()[1].from_user for _ in range(3)]
    for one in users:
        assert one.block()
    found = shop.wa.get_blocked_users(pagination=types.Pagination(limit=1))
    assert (len(found), found.has_next) == (1, True)
    assert {one.wa_id for one in found.all()} == {one.wa_id for one in users}
    for one in users:
        assert one.unblock()
    assert not shop.wa.get_blocked_users()


def test_links_that_open_the_chat(shop: Shop) -> None:
    made = shop.wa.create_qr_code("I want a tee")
    assert [one.code for one in shop.wa.get_qr_codes()] == [made.code]
    shop.wa.update_qr_code(made.code, "I want two")
    assert shop.wa.get_qr_code(made.code).prefilled_message == "I want two"
    assert shop.wa.delete_qr_code(made.code).success


def test_trouble_is_told_in_pywas_own_errors(shop: Shop) -> None:
    _, asked = shop.visitor()
    shop.market.fault("throttle")
    with pytest.raises(errors.ThrottlingError):
        asked.reply("One")
    shop.market.fault("expire_token")
    with pytest.raises(errors.AuthorizationError):
        asked.reply("Two")


# -- the same, with coroutines


@pytest.mark.parametrize("anyio_backend", ["asyncio"])  # pywa_async knows no other loop
async def test_its_other_half_does_not_notice_either(anyio_backend: str) -> None:
    client = pytest.importorskip("pywa_async").WhatsApp
    twin = open_twin("whatsapp", seed=7)
    assert isinstance(twin, WhatsAppTwin)
    talk, settings = twin.waba().talks[twin.market.say("Hello")], twin.settings(0)
    token, phone = twin.token(twin.accounts[0]).access, settings["phone_number_id"]
    with serve(twin) as served:
        async with httpx.AsyncClient(trust_env=False) as session:
            wa = client(phone_id=phone, token=token, session=session, waba_id=settings["waba_id"])
            session.base_url = f"{served.base_url}{session.base_url.path}"
            await wa.send_message(talk.id, "Hello yourself")
            media = await wa.upload_media(b"%PDF-1.4 bill", mime_type="application/pdf", filename="bill.pdf")
            assert await media.get_bytes() == b"%PDF-1.4 bill"
            assert not await wa.get_templates()
    assert twin.market.outbox[-1].contents[0]["text"] == "Hello yourself"
