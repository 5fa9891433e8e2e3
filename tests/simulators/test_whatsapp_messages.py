"""What may be sent on the pretend WhatsApp, to whom, when, and what becomes of it."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from tests.support.whatsapp_caller import Caller, filled, open_whatsapp

from socialcommerce.simulators.meta.whatsapp import people


@pytest.fixture
def wa() -> Caller:
    return open_whatsapp()


def body(text: str = "Choose") -> dict[str, Any]:
    return {"body": {"text": text}}


def buttons(*titles: str) -> dict[str, Any]:
    replies = [{"type": "reply", "reply": {"id": f"id-{one}", "title": one}} for one in titles]
    return {"type": "button", **body(), "action": {"buttons": replies}}


def rows(count: int, sections: int = 1, title: str = "Sizes") -> dict[str, Any]:
    made = [
        {
            "title": f"{title} {part}" if title else "",
            "rows": [{"id": f"{part}-{one}", "title": f"Row {part} {one}"} for one in range(count)],
        }
        for part in range(sections)
    ]
    return {"type": "list", **body(), "action": {"button": "Open", "sections": made}}


def product_list(wa: Caller, skus: list[str], **other: Any) -> dict[str, Any]:
    items = [{"product_retailer_id": one} for one in skus]
    action = {"catalog_id": wa.catalog, "sections": [{"title": "All", "product_items": items}]}
    return {
        "type": "product_list",
        "header": {"type": "text", "text": "Shop"},
        **body(),
        "action": action,
    } | other


def order_details(reference: str = "R-1", total: int = 1100, **other: Any) -> dict[str, Any]:
    amount = {"offset": 100, "value": 1000}
    parameters = {
        "reference_id": reference,
        "type": "physical-goods",
        "payment_type": "upi",
        "payment_configuration": "mine",
        "currency": "INR",
        "total_amount": {"offset": 100, "value": total},
        "order": {
            "status": "pending",
            "items": [{"retailer_id": "A", "name": "Mug", "amount": amount, "quantity": 1}],
            "subtotal": amount,
            "tax": {"offset": 100, "value": 100},
        },
        **other,
    }
    return {"type": "order_details", **body(), "action": {"name": "review_and_pay", "parameters": parameters}}


def order_status(status: str, reference: str = "R-1") -> dict[str, Any]:
    parameters = {"reference_id": reference, "order": {"status": status}}
    return {"type": "order_status", **body(), "action": {"name": "review_order", "parameters": parameters}}


# -- to whom


def test_a_person_is_answered_by_number_or_by_user_id(wa: Caller) -> None:
    talk = wa.talk("Is the blue one back?")
    who = talk.buyer.native
    frame = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text"}
    path = f"/{wa.phone}/messages"
    by_id = wa.json(path, recipient=talk.id, text={"body": "Yes"}, **frame)
    assert by_id["contacts"] == [{"input": talk.id, "user_id": talk.id, "wa_id": who["wa_id"]}]
    pretty = f"+{who['wa_id'][:2]} {who['wa_id'][2:6]}-{who['wa_id'][6:]}"
    by_number = wa.json(path, to=pretty, text={"body": "Yes"}, **frame)
    assert by_number["contacts"][0] == {"input": pretty, "user_id": talk.id, "wa_id": who["wa_id"]}
    assert by_number["messages"][0]["id"].startswith("wamid.")
    assert [one.contents for one in wa.market.outbox] == [[{"kind": "text", "text": "Yes"}]] * 2


def test_a_hidden_number_is_told_nowhere(wa: Caller) -> None:
    talk = wa.talk()
    people.hide_number(wa.waba, talk, "sheena")
    wa.market.say("Again", talk.id)
    told = wa.values()[-1]
    assert told["contacts"] == [
        {"profile": {"name": talk.buyer.name, "username": "sheena"}, "user_id": talk.id}
    ]
    assert "from" not in told["messages"][0]
    assert told["messages"][0]["from_user_id"] == talk.id
    sent = wa.write(talk.id)
    wa.market.advance(timedelta(seconds=3))
    assert {one["recipient_id"] for one in wa.statuses(sent)} == {""}
    assert {one["recipient_user_id"] for one in wa.statuses(sent)} == {talk.id}


def test_a_recipient_must_be_somebody_else_and_somebody(wa: Caller) -> None:
    assert wa.refused(wa.waba.display) == 131021
    assert wa.refused("twelve") == 131009
    assert wa.refused("GB.1") == 131009
    frame = {"messaging_product": "whatsapp", "type": "text", "text": {"body": "Hi"}}
    nobody = wa.refusal(lambda: wa.twin and wa.call("POST", f"/{wa.phone}/messages", body=frame))
    assert nobody.code == 131008
    wa.waba.allowed = {"15550001111"}
    assert wa.refused("15550002222") == 131030
    wa.write("15550001111")


def test_a_frame_must_be_whole(wa: Caller) -> None:
    talk = wa.talk()
    path = f"/{wa.phone}/messages"

    def code(**other: Any) -> int:
        frame = {"messaging_product": "whatsapp", "to": talk.buyer.id, "type": "text", "text": {"body": "Hi"}}
        return wa.refusal(lambda: wa.json(path, **{**frame, **other})).code

    assert code(messaging_product="sms") == 100
    assert code(type="fax", fax={"body": "Hi"}) == 131051
    assert code(recipient_type="group") == 131009
    assert code(text=None) == 131008
    assert code(text="Hi") == 131008
    assert code(biz_opaque_callback_data="x" * 513) == 131009
    assert code(context={"message_id": "wamid.unknown"}) == 131009
    wa.waba.registered = False
    assert code() == 133010


def test_an_answer_quotes_what_it_answers(wa: Caller) -> None:
    talk = wa.talk()
    sent = wa.write(talk.id, context={"message_id": talk.messages[0].id})
    assert talk.messages[-1].native["context"] == {"message_id": talk.messages[0].id}
    wa.write(talk.id, "reaction", {"message_id": sent, "emoji": "👍"})
    assert wa.refused(talk.id, "reaction", {"message_id": sent}) == 131008
    assert wa.refused(talk.id, "reaction", {"message_id": "wamid.x", "emoji": "👍"}) == 131009


# -- what


@pytest.mark.parametrize(
    ("kind", "good", "bad", "code"),
    [
        ("text", {"body": "x" * 4096, "preview_url": True}, {"body": "x" * 4097}, 131009),
        ("text", {"body": "x"}, {"body": ""}, 131008),
        (
            "image",
            {"link": "https://a.example/i.jpg", "caption": "x" * 1024},
            {"link": "ftp://a/i.jpg"},
            131009,
        ),
        (
            "image",
            {"link": "https://a.example/i.jpg"},
            {"link": "https://a.example/i.jpg", "id": "1"},
            131009,
        ),
        ("video", {"link": "https://a.example/v.mp4"}, {"caption": "no file"}, 131009),
        ("audio", {"link": "https://a.example/a.ogg"}, {"link": "https://a/a.ogg", "caption": "no"}, 131009),
        ("document", {"link": "https://a.example/d.pdf", "filename": "d.pdf"}, {"id": "404"}, 131009),
        ("location", {"latitude": 52.5, "longitude": 13.4}, {"latitude": 91, "longitude": 0}, 131009),
        ("location", {"latitude": 1, "longitude": 2, "name": "Shop"}, {"latitude": 1}, 131008),
        ("location", {"latitude": 1, "longitude": 2}, {"latitude": "north", "longitude": 1}, 131009),
        ("contacts", [{"name": {"formatted_name": "Ann", "first_name": "Ann"}}], [{"name": {}}], 131008),
        ("interactive", buttons("Yes", "No", "Maybe"), buttons("1", "2", "3", "4"), 131009),
        ("interactive", buttons("x" * 20), buttons("x" * 21), 131009),
        ("interactive", buttons("Yes", "No"), buttons("Yes", "Yes"), 131009),
        ("interactive", rows(10), rows(6, sections=2), 131009),
        ("interactive", rows(5, sections=2), rows(2, sections=2, title=""), 131008),
        ("interactive", rows(1), {"type": "poll", "action": {"name": "poll"}}, 131009),
    ],
)
def test_every_kind_has_its_limits(wa: Caller, kind: str, good: Any, bad: Any, code: int) -> None:
    talk = wa.talk()
    wa.write(talk.id, kind, good)
    assert talk.messages[-1].kind == kind
    assert wa.refused(talk.id, kind, bad) == code


def test_a_link_button_names_its_action(wa: Caller) -> None:
    talk = wa.talk()
    action = {"name": "cta_url", "parameters": {"display_text": "Shop", "url": "https://a.example"}}
    wa.write(talk.id, "interactive", {"type": "cta_url", **body(), "action": action})
    wrong = {"type": "cta_url", **body(), "action": {**action, "name": "url"}}
    assert wa.refused(talk.id, "interactive", wrong) == 131009
    duplicate = rows(2)
    duplicate["action"]["sections"][0]["rows"][1]["id"] = "0-0"
    assert wa.refused(talk.id, "interactive", duplicate) == 131009
    headed = {**buttons("Yes"), "header": {"type": "image", "image": {"link": "https://a.example/i.jpg"}}}
    wa.write(talk.id, "interactive", headed)
    assert wa.refused(talk.id, "interactive", {**rows(1), "header": headed["header"]}) == 131009
    odd = buttons("Yes")
    odd["action"]["buttons"][0]["type"] = "link"
    assert wa.refused(talk.id, "interactive", odd) == 131009


def test_products_are_those_of_the_linked_catalog(wa: Caller) -> None:
    for number in range(31):
        wa.market.add_product(f"S-{number}", stock=1)
    talk = wa.talk()
    action = {"catalog_id": wa.catalog, "product_retailer_id": "S-1"}
    one = {"type": "product", **body(), "action": action}
    wa.write(talk.id, "interactive", one)
    assert wa.refused(talk.id, "interactive", {**one, "header": {"type": "text", "text": "no"}}) == 131009
    assert wa.refused(talk.id, "interactive", {**one, "action": {**action, "catalog_id": "1"}}) == 131009
    missing = wa.refusal(
        lambda: wa.write(talk.id, "interactive", {**one, "action": {**action, "product_retailer_id": "S-99"}})
    )
    assert (missing.code, missing.error["error_data"]["details"]) == (
        131009,
        "Products not found in FB Catalog",
    )
    wa.write(talk.id, "interactive", product_list(wa, ["S-1", "S-2"]))
    split = product_list(wa, ["S-1"])
    split["action"]["sections"] = [
        {"title": str(part), "product_items": [{"product_retailer_id": f"S-{n}"} for n in range(16)]}
        for part in range(2)
    ]
    assert wa.refused(talk.id, "interactive", split) == 131009
    headless = product_list(wa, ["S-1"])
    del headless["header"]
    assert wa.refused(talk.id, "interactive", headless) == 131008
    parameters = {"thumbnail_product_retailer_id": "S-1"}
    whole = {
        "type": "catalog_message",
        **body(),
        "action": {"name": "catalog_message", "parameters": parameters},
    }
    wa.write(talk.id, "interactive", whole)
    wa.call("DELETE", f"/{wa.waba_id}/product_catalogs", catalog_id=wa.catalog)
    assert wa.refused(talk.id, "interactive", whole) == 131009
    assert wa.refused(talk.id, "interactive", one) == 131009


def test_orders_are_paid_in_the_chat_where_that_exists() -> None:
    wa = open_whatsapp(currency="INR")
    talk = wa.talk()
    wa.write(talk.id, "interactive", order_details())
    assert wa.refused(talk.id, "interactive", order_details()) == 131009
    assert wa.refused(talk.id, "interactive", order_details("R-2", 1200)) == 131009
    assert wa.refused(talk.id, "interactive", order_details("R-2", type="services")) == 131009
    wrong = order_details("R-2")
    wrong["action"]["parameters"]["order"]["tax"]["offset"] = 1000
    assert wa.refused(talk.id, "interactive", wrong) == 131009
    wa.write(talk.id, "interactive", order_status("processing"))
    assert wa.refused(talk.id, "interactive", order_status("lost")) == 131009
    assert wa.refused(talk.id, "interactive", order_status("shipped", "R-9")) == 131009
    people.pay(wa.waba, "R-1", "pending")
    people.pay(wa.waba, "R-1")
    told = [one["statuses"][0] for one in wa.values()[-2:]]
    assert [one["status"] for one in told] == ["pending", "captured"]
    assert told[1]["type"] == "payment"
    assert told[1]["payment"]["amount"] == {"value": 1100, "offset": 100}
    assert told[1]["payment"]["transaction"]["status"] == "success"
    assert wa.refused(talk.id, "interactive", order_status("canceled")) == 131009
    found = wa.get(f"/{wa.phone}/payments/mine/R-1")["payments"][0]
    assert (found["status"], found["currency"]) == ("captured", "INR")
    assert wa.refusal(lambda: wa.get(f"/{wa.phone}/payments/mine/R-9")).subcode == 33


def test_payments_are_refused_elsewhere(wa: Caller) -> None:
    assert wa.refused(wa.talk().id, "interactive", order_details()) == 131009


def test_flows_are_sent_once_published(wa: Caller) -> None:
    made = wa.json(f"/{wa.waba_id}/flows", name="Survey", categories=["SURVEY"])["id"]
    talk = wa.talk()
    parameters = {"flow_message_version": "3", "flow_id": made, "flow_cta": "Open"}
    flow = {"type": "flow", **body(), "action": {"name": "flow", "parameters": parameters}}

    def sent(**other: Any) -> int:
        changed = copy.deepcopy(flow)
        changed["action"]["parameters"] |= other
        return wa.refused(talk.id, "interactive", changed)

    assert sent() == 131009
    assert sent(flow_message_version="2") == 131009
    assert sent(flow_name="Survey") == 131009
    assert sent(flow_id="404") == 131009
    wa.write(
        talk.id,
        "interactive",
        {**flow, "action": {"name": "flow", "parameters": {**parameters, "mode": "draft"}}},
    )
    node = wa.waba.flows[made]
    for word, code in (("BLOCKED", 132068), ("THROTTLED", 132069)):
        node.data["status"] = word
        assert sent() == code
    node.data["status"] = "PUBLISHED"
    wa.write(talk.id, "interactive", flow)


# -- when


def test_outside_the_day_only_templates_arrive(wa: Caller) -> None:
    talk = wa.talk()
    wa.template()
    wa.market.advance(timedelta(hours=25))
    late = wa.write(talk.id)
    template = wa.write(talk.id, "template", filled("on_its_way", "4711"))
    wa.market.advance(timedelta(seconds=3))
    (failed,) = wa.statuses(late)
    assert failed["status"] == "failed"
    assert failed["errors"][0]["code"] == 131047
    assert [one["status"] for one in wa.statuses(template)] == ["sent", "delivered"]
    wa.waba.at_once = True
    assert wa.refused(talk.id) == 131047
    wa.market.say("Still here", talk.id)
    wa.write(talk.id)


def test_an_ad_opens_three_free_days_if_it_is_answered(wa: Caller) -> None:
    wa.waba.at_once = True
    answered, ignored = wa.talk(), wa.talk()
    for talk in (answered, ignored):
        people.come_by_ad(wa.waba, talk, "120226305854810726")
    assert wa.values()[-1]["messages"][0]["referral"]["source_id"] == "120226305854810726"
    first = wa.write(answered.id)
    wa.market.advance(timedelta(hours=30))
    wa.write(answered.id)
    assert wa.refused(ignored.id) == 131047
    assert wa.statuses(first)[0]["pricing"] == {
        "billable": False,
        "pricing_model": "PMP",
        "type": "free_entry_point",
        "category": "referral_conversion",
    }
    wa.market.advance(timedelta(hours=43))
    assert wa.refused(answered.id) == 131047


def test_one_person_can_be_written_to_only_so_fast(wa: Caller) -> None:
    talk = wa.talk()
    for _ in range(45):
        wa.write(talk.id)
    refusal = wa.refusal(lambda: wa.write(talk.id))
    assert (refusal.code, refusal.status) == (131056, 429)
    wa.market.advance(timedelta(seconds=6))
    wa.write(talk.id)
    assert wa.refused(talk.id) == 131056


def test_a_number_sends_eighty_messages_a_second(wa: Caller) -> None:
    talks = [wa.talk() for _ in range(9)]
    for number in range(80):
        wa.write(talks[number % 9].id)
    assert wa.refused(talks[0].id) == 130429
    wa.market.advance(timedelta(seconds=1))
    wa.write(talks[0].id)


@pytest.mark.parametrize(
    ("obstacle", "code"),
    [
        ("unreachable", 131026),
        ("experiment", 130472),
        ("marketing", 131050),
        ("america", 131049),
        ("reach", 131048),
    ],
)
def test_what_was_accepted_may_fail_later(wa: Caller, obstacle: str, code: int) -> None:
    wa.template("sale", "MARKETING", {"type": "BODY", "text": "Everything is cheaper"})
    number = "15550001111" if obstacle == "america" else "447700900123"
    if obstacle in ("experiment", "marketing"):
        wa.write(number, "template", filled("sale", components=()))
        talk = people.talk_of(wa.waba, number)
        talk.buyer.native["experiment"] = obstacle == "experiment"
        if obstacle == "marketing":
            people.prefer_marketing(wa.waba, talk, False)
    wa.waba.unreachable = {number} if obstacle == "unreachable" else set()
    wa.waba.reach = 0 if obstacle == "reach" else 2000
    sent = wa.write(
        number, "template", {"name": "sale", "language": {"policy": "deterministic", "code": "en_US"}}
    )
    wa.market.advance(timedelta(seconds=3))
    (failed,) = wa.statuses(sent)
    assert (failed["status"], failed["errors"][0]["code"]) == ("failed", code)


def test_who_was_reached_today_counts_once(wa: Caller) -> None:
    wa.template()
    wa.waba.reach, wa.waba.at_once = 1, True
    wa.write("447700900123", "template", filled("on_its_way", "1"))
    wa.write("447700900123", "template", filled("on_its_way", "2"))
    assert wa.refused("447700900124", "template", filled("on_its_way", "1")) == 131048
    wa.market.advance(timedelta(hours=25))
    wa.write("447700900124", "template", filled("on_its_way", "1"))


# -- what it costs


def test_a_thousand_service_messages_a_month_are_free(wa: Caller) -> None:
    talk = wa.talk()
    month = f"{wa.market.now():%Y-%m}"
    wa.waba.served[month] = 999
    free = wa.write(talk.id, biz_opaque_callback_data="order-1")
    paid = wa.write(talk.id)
    wa.waba.payment_method = False
    lost = wa.write(talk.id)
    wa.market.advance(timedelta(seconds=3))
    shown = wa.statuses(free)
    assert [one["status"] for one in shown] == ["sent", "delivered"]
    assert {one["biz_opaque_callback_data"] for one in shown} == {"order-1"}
    assert shown[0]["pricing"]["type"] == "free_customer_service"
    assert wa.statuses(paid)[0]["pricing"] == {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": "service",
    }
    assert [one["status"] for one in wa.statuses(lost)] == ["sent"]


def test_utility_is_free_inside_the_window_only(wa: Caller) -> None:
    talk = wa.talk()
    wa.template()
    inside = wa.write(talk.id, "template", filled("on_its_way", "1"))
    outside = wa.write("447700900123", "template", filled("on_its_way", "1"))
    wa.market.advance(timedelta(seconds=3))
    assert wa.statuses(inside)[0]["pricing"]["billable"] is False
    assert wa.statuses(outside)[0]["pricing"]["billable"] is True


# -- reading


def test_messages_are_marked_as_read_with_those_before(wa: Caller) -> None:
    talk = wa.talk()
    wa.market.say("And in red?", talk.id)
    wa.market.say("Hello?", talk.id)
    assert talk.unread == 3
    second = talk.messages[1].id
    frame = {"messaging_product": "whatsapp", "status": "read"}
    path = f"/{wa.phone}/messages"
    answer = wa.json(path, **frame, message_id=second, typing_indicator={"type": "text"})
    assert answer == {"success": True}
    assert (talk.unread, talk.native["typing"]) == (1, wa.twin.clock.now() + 25)
    sent = wa.write(talk.id)
    for bad in (
        {"message_id": sent},
        {"message_id": second, "status": "seen"},
        {"message_id": second, "typing_indicator": {"type": "voice"}},
    ):
        assert wa.refusal(lambda bad=bad: wa.json(path, **{**frame, **bad})).code == 131009  # type: ignore[misc]


def test_what_was_delivered_is_read_when_the_person_writes_again(wa: Caller) -> None:
    talk = wa.talk()
    sent = wa.write(talk.id)
    wa.market.advance(timedelta(seconds=3))
    wa.market.say("Thanks", talk.id)
    wa.market.say("Bye", talk.id)
    assert [one["status"] for one in wa.statuses(sent)] == ["sent", "delivered", "read"]
