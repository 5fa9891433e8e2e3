"""Conversations and histories of both surfaces, read whole; templates, listed, made and deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.meta.chat_wire import (
    CONVERSATIONS,
    HISTORY,
    INSTAGRAM,
    JANE,
    JOHN,
    PAGE,
    THREAD,
    Wire,
    client,
    comment,
    error,
    jane,
    now,
    page,
    said,
    thread,
)
from tests.meta.hooks_wire import item, only

from socialcommerce import Button, Identity, Media, TemplateInput
from socialcommerce.errors import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    RateLimited,
    TransportError,
    Unsupported,
)
from socialcommerce.runtime.transport import Interrupted

TEMPLATES = f"/{PAGE}/message_templates"

# conversations


def both(request: Any) -> Any:
    """Two inboxes: Messenger's two pages, Instagram's one."""
    if "platform=instagram" in request.url:
        return page(thread("t_i", JOHN, INSTAGRAM, updated_time="2026-11-21T10:30:00+0000", unread_count=0))
    if "after=a2" in request.url:
        return page(thread("t_old", "3", updated_time="2026-11-01T10:00:00+0000"))
    rows = (thread("t_new", "1", updated_time="2026-11-21T11:00:00+0000"),
            thread("t_mid", "2", updated_time="2026-11-21T10:00:00+0000"))  # fmt: skip
    return page(*rows, after="a2")


def test_both_inboxes_are_merged_and_gone_through_to_their_ends() -> None:
    wire = Wire({CONVERSATIONS: both})
    found = client(wire).messaging.conversations().collect()
    assert [one.id for one in found] == ["t_new", "t_i", "t_mid", "t_old"]
    assert [one.ref.surface for one in found] == ["messenger", "instagram", "messenger", "messenger"]
    assert found[1].buyer == Identity(kind="igsid", scope=INSTAGRAM, value=JOHN)
    assert found[0].buyer == Identity(kind="psid", scope=PAGE, value="1")
    assert [wire.query(CONVERSATIONS, number)["platform"] for number in range(3)] == [
        "messenger",
        "instagram",
        "messenger",
    ]


def test_a_listing_goes_on_where_it_stood() -> None:
    wire = Wire({CONVERSATIONS: both})
    pager = client(wire).messaging.conversations()
    first = next(iter(pager.pages()))
    again = client(wire).messaging.conversations(cursor=pager.cursor)
    assert [one.id for one in (*first, *again)] == ["t_new", "t_i", "t_mid", "t_old"]


def test_a_page_without_instagram_is_asked_once() -> None:
    wire = Wire({CONVERSATIONS: page(thread())})
    client(wire, instagram=False).messaging.conversations().collect()
    assert wire.lines() == [CONVERSATIONS]


def test_what_moved_is_found_without_reading_further() -> None:
    wire = Wire({CONVERSATIONS: both})
    found = client(wire).messaging.conversations(updated_after=now(hours=-1.5)).collect()
    assert [one.id for one in found] == ["t_new", "t_i"]
    assert len(wire.sent) == 2


def test_the_unread_are_picked_out() -> None:
    found = client(Wire({CONVERSATIONS: both})).messaging.conversations(unread=True).collect()
    assert [one.id for one in found] == ["t_new", "t_mid", "t_old"]


@pytest.mark.parametrize(
    ("user", "platforms"),
    [
        (Identity(kind="igsid", value=JOHN), ["instagram"]),
        (Identity(kind="psid", value=JOHN), ["messenger"]),
        (JOHN, ["messenger", "instagram"]),
    ],
)
def test_one_person_is_asked_for_where_they_can_be(user: Any, platforms: list[str]) -> None:
    wire = Wire({CONVERSATIONS: page()})
    client(wire).messaging.conversations(user=user).collect()
    queries = [wire.query(CONVERSATIONS, number) for number in range(len(wire.sent))]
    assert [query["platform"] for query in queries] == platforms
    assert {query["user_id"] for query in queries} == {JOHN}


def test_people_have_no_phone_here() -> None:
    with pytest.raises(InvalidRequest, match="psid"):
        client(Wire()).messaging.conversations(user=Identity(kind="phone", value="+49")).collect()


def test_another_page_has_its_own_inbox_and_none_of_our_instagram() -> None:
    from socialcommerce import Account

    wire = Wire({
        "GET /42": {"id": "42", "access_token": "OTHER"},
        "GET /me/accounts": page({"id": "42", "name": "Other", "access_token": "OTHER"}),
        "GET /42/conversations": page(thread(own="42")),
    })  # fmt: skip
    other = client(wire).for_account(Account.build(kind="page", id="42"))
    assert [one.ref.own_account for one in other.messaging.conversations()] == ["42"]
    assert wire.lines().count("GET /42/conversations") == 1
    assert wire.sent[-1].headers["Authorization"] == "Bearer OTHER"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [(error(80006), RateLimited), (error(80001), RateLimited), (error(200), PermissionDenied)],
)
def test_refusals_are_typed(reply: Any, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        client(Wire({CONVERSATIONS: reply})).messaging.conversations().collect()


# histories


def test_a_history_is_read_newest_first() -> None:
    files = {"data": [
        {"id": "1", "mime_type": "image/jpeg", "name": "a.jpg", "image_data": {
            "url": "https://scontent.xx.fbcdn.net/a.jpg", "width": 640, "height": 480}},
        {"id": "2", "mime_type": "video/mp4", "video_data": {"url": "https://video.xx.fbcdn.net/b.mp4"}},
        {"id": "3", "mime_type": "audio/mpeg", "file_url": "https://cdn.fbsbx.com/c.mp3"},
        {"id": "4", "mime_type": "application/pdf", "name": "d.pdf", "file_url": "https://cdn.fbsbx.com/d.pdf"},
        {"id": "5", "mime_type": "application/x-odd"},
    ]}  # fmt: skip
    answered = said("Yes", "2026-11-21T11:00:00", by=PAGE, number="m_2")
    wire = Wire({HISTORY: page(answered, said("Look", "2026-11-21T10:00:00", attachments=files))})
    newest, oldest = client(wire).messaging.messages(jane()).collect()
    assert (newest.author, newest.echo, newest.delivery, newest.text) == ("person", True, "sent", "Yes")
    assert (oldest.author, oldest.echo, oldest.delivery) == ("buyer", False, None)
    kinds = [content.type for content in oldest.contents]
    assert kinds == ["text", "image", "video", "audio", "file", "unsupported"]
    picture: Any = oldest.contents[1]
    assert (picture.media.width, picture.media.name) == (640, "a.jpg")
    assert oldest.sent_at == datetime.fromisoformat("2026-11-21T10:00:00+00:00")
    assert oldest.sender == Identity(kind="psid", scope=PAGE, value=JANE)


def test_a_message_without_anything_known_keeps_what_it_was() -> None:
    (message,) = client(Wire({HISTORY: page(said(None, "2026-11-21T10:00:00"))})).messaging.messages(jane())
    assert message.contents[0].type == "unsupported"


def test_a_person_stands_for_their_conversation() -> None:
    wire = Wire({CONVERSATIONS: page(thread()), HISTORY: page(said("hi", "2026-11-21T10:00:00"))})
    (message,) = client(wire).messaging.messages(JANE)
    assert message.text == "hi"
    assert wire.query(CONVERSATIONS)["user_id"] == JANE


def test_who_never_wrote_has_no_conversation() -> None:
    with pytest.raises(NotFound, match="not written"):
        client(Wire({CONVERSATIONS: page()})).messaging.messages(JANE).collect()


def test_a_span_of_a_history() -> None:
    rows = [said(str(hour), f"2026-11-21T{hour:02}:00:00", number=str(hour)) for hour in (11, 10, 9)]
    wire = Wire({HISTORY: page(*rows, after="more")})
    found = client(wire).messaging.messages(jane(), since=now(hours=-2), until=now(hours=-1)).collect()
    assert [one.text for one in found] == ["10"]
    assert len(wire.sent) == 1


# templates


def row(number: str = "7", language: str = "en_US", **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": "shipped",
        "language": language,
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "News"},
            {"type": "BODY", "text": "Hello {{name}}, {{ order }} is on its way, {{name}}"},
            {"type": "FOOTER", "text": "Acme"},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Track", "url": "https://s.example"}]},
        ],
    } | fields


def test_templates_are_listed_with_their_state() -> None:
    wire = Wire({f"GET {TEMPLATES}": page(row(), row("8", status="IN_LIMBO", category="X", components=None))})
    first, second = client(wire).messaging.templates.list(status="in_review", language="en_US").collect()
    query = wire.query(f"GET {TEMPLATES}")
    assert (query["status"], query["language"]) == ('["PENDING","IN_APPEAL"]', '["en_US"]')
    assert (first.name, first.language, first.category, first.status) == (
        "shipped",
        "en_US",
        "utility",
        "approved",
    )
    assert (first.header, first.footer, first.variables) == ("News", "Acme", ("name", "order"))
    assert first.buttons == (Button("Track", url="https://s.example"),)
    assert (second.status, second.native_status, second.category) == ("other", "IN_LIMBO", "other")


@pytest.mark.parametrize("asked", [{"category": "marketing"}, {"status": "draft"}])
def test_what_messenger_has_none_of_is_not_asked_for(asked: Any) -> None:
    wire = Wire()
    assert client(wire).messaging.templates.list(**asked).collect() == []
    assert wire.sent == []


def handed_in(body: str = "Hello {{name}}", **fields: Any) -> TemplateInput:
    given = {"name": "shipped", "language": "en_US", "category": "utility", "variables": {"name": "Jane"}}
    return TemplateInput(body=body, **{**given, **fields})


def test_a_template_is_handed_in_for_review() -> None:
    wire = Wire({f"POST {TEMPLATES}": {"id": "9", "status": "PENDING", "category": "UTILITY"}})
    buttons = [Button("Track", url="https://s.example"), Button("Call", phone="+49301"), Button("Stop")]
    made = client(wire).messaging.templates.create(handed_in(header="News", footer="Acme", buttons=buttons))
    assert wire.body(f"POST {TEMPLATES}") == {
        "name": "shipped",
        "language": "en_US",
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "News"},
            {
                "type": "BODY",
                "text": "Hello {{name}}",
                "example": {"body_text_named_params": [{"param_name": "name", "example": "Jane"}]},
            },
            {"type": "FOOTER", "text": "Acme"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "URL", "text": "Track", "url": "https://s.example"},
                    {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+49301"},
                    {"type": "POSTBACK", "text": "Stop", "payload": "Stop"},
                ],
            },
        ],
    }
    assert (made.id, made.status, made.name, made.body) == ("9", "in_review", "shipped", "Hello {{name}}")


def test_numbered_and_absent_variables() -> None:
    wire = Wire({f"POST {TEMPLATES}": {"id": "9"}})
    one = client(wire).messaging.templates
    one.create(handed_in("{{2}} {{1}}", variables={"2": "b", "1": "a"}))
    one.create(handed_in("Hello", variables={}))
    first, second = (wire.body(f"POST {TEMPLATES}", number) for number in (0, 1))
    assert first["parameter_format"] == "POSITIONAL"
    assert first["components"][0]["example"] == {"body_text": [["a", "b"]]}
    assert second["components"] == [{"type": "BODY", "text": "Hello"}]


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("category", {"category": "marketing"}),
        ("header", {"header": Media.from_url("https://s.example/a.png")}),
        ("variables", {"variables": {}}),
    ],
)
def test_what_reviewers_would_send_back_is_said_first(field: str, fields: Any) -> None:
    wire = Wire()
    with pytest.raises(InvalidRequest) as caught:
        client(wire).messaging.templates.create(handed_in(**fields))
    assert list(caught.value.fields) == [field]
    assert wire.sent == []


def test_a_lost_template_is_found_by_name_and_language() -> None:
    wire = Wire(
        {f"POST {TEMPLATES}": Interrupted("gone"), f"GET {TEMPLATES}": page(row("1", "de"), row("2"))}
    )
    assert client(wire).messaging.templates.create(handed_in()).id == "2"
    assert wire.query(f"GET {TEMPLATES}")["name"] == "shipped"


def test_a_template_that_is_not_listed_was_not_made() -> None:
    wire = Wire({f"POST {TEMPLATES}": Interrupted("gone"), f"GET {TEMPLATES}": page(row("1", "de"))})
    with pytest.raises(TransportError) as caught:
        client(wire).messaging.templates.create(handed_in())
    assert caught.value.sent == "no"


def test_templates_are_deleted_one_language_at_a_time() -> None:
    wire = Wire(
        {f"GET {TEMPLATES}": page(row("1", "de"), row("2")), f"DELETE {TEMPLATES}": {"success": True}}
    )
    one = client(wire).messaging.templates
    listed = one.list().collect()[0]
    one.delete(listed)
    one.delete("2")
    one.delete("2", language="de")
    numbers = [wire.query(f"DELETE {TEMPLATES}", number) for number in range(3)]
    assert numbers == [{"name": "shipped", "template_id": number} for number in ("1", "2", "1")]
    for missing in ({"template": "5"}, {"template": "2", "language": "fr"}):
        with pytest.raises(NotFound):
            one.delete(**missing)


def test_a_template_is_not_changed() -> None:
    with pytest.raises(Unsupported, match="not changed"):
        client(Wire()).messaging.templates.update("7", body="x")


def test_a_conversation_is_the_same_whether_it_was_listed_read_or_pushed() -> None:
    wire = Wire({
        CONVERSATIONS: page(thread()),
        f"GET /{THREAD}": thread(),
        HISTORY: page(said("hi", "2026-11-21T10:00:00")),
    })  # fmt: skip
    one = client(wire, instagram=False)
    (listed,) = one.messaging.conversations()
    (read,) = one.messaging.messages(THREAD)
    pushed = only(item(message={"mid": "m", "text": "hi"})).state
    assert listed.ref == read.conversation == pushed.conversation


def test_where_a_conversation_lies_is_looked_up_once() -> None:
    wire = Wire({
        f"GET /{THREAD}": thread(),
        HISTORY: [
            page(said("b", "2026-11-21T11:00:00", number="m_2"), after="a"),
            page(said("a", "2026-11-21T10:00:00")),
        ],
    })  # fmt: skip
    one = client(wire)
    assert [message.text for message in one.messaging.messages(THREAD)] == ["b", "a"]
    assert one.messaging.policy(JANE).can_reply
    assert wire.lines() == [f"GET /{THREAD}", HISTORY, HISTORY, HISTORY]


def test_a_comment_has_no_history() -> None:
    ref = comment().model_copy(update={"peer": None})
    with pytest.raises(InvalidRequest, match="history"):
        client(Wire()).messaging.messages(ref).collect()
