"""What a user is given: orders that add up, events, results, media, tokens, messages."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from socialcommerce.errors import (
    BulkFailure,
    ConfigurationError,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    SocialCommerceError,
)
from socialcommerce.models import (
    Account,
    AuthStatus,
    BulkResult,
    Buyer,
    Check,
    ConversationRef,
    Discounts,
    Document,
    Event,
    EventRef,
    Grant,
    Identity,
    Image,
    Line,
    Media,
    Message,
    Money,
    Order,
    Outcome,
    Problem,
    Product,
    ReplyHandle,
    Report,
    ReportRow,
    Text,
    Token,
    Unsupported,
    Variant,
    ads,
    audience,
    order,
    product,
    returns,
    shipping,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SGD = Money(10, "SGD")


def unified(path: Path, axis: str, column: str) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    words = {row[1] for row in (line.split("\t") for line in lines[1:]) if row[0].startswith(axis)}
    assert words, f"{path.name} has no {column} {axis}"
    return words - {"(none)"} | {"other"}


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        ("product", product.ProductStatus),
        ("order", order.OrderStatus),
        ("payment", order.PaymentStatus),
        ("fulfilment", order.FulfilmentStatus),
        ("settlement", order.SettlementStatus),
        ("return", returns.ReturnStatus),
        ("shipment", shipping.ShipmentStatus),
    ],
)
def test_statuses_are_those_of_the_table(shared: Path, axis: str, words: Any) -> None:
    assert set(get_args(words)) == unified(shared / "mapping" / "statuses.tsv", axis, "axis")


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        ("status", ads.AdStatus),
        ("delivery", ads.AdDelivery),
        ("review", product.ReviewStatus),
        ("audience", audience.AudienceStatus),
    ],
)
def test_statuses_of_ads_are_those_of_the_table(shared: Path, axis: str, words: Any) -> None:
    assert set(get_args(words)) == unified(shared / "mapping" / "ad_statuses.tsv", axis, "axis")


def test_parts_are_found_by_name() -> None:
    listing = Product.build(id="1", variants=(Variant.build(id="2", sku="TS-1"),))
    bought = Order.build(id="1", lines=(Line.build(key="7"),))
    assert listing.variant("TS-1").id == "2"
    assert bought.line("7").key == "7"
    for missing in (lambda: listing.variant("TS-2"), lambda: bought.line("8")):
        with pytest.raises(KeyError):
            missing()
    buyer = Buyer.build(identities=(Identity(kind="phone", value="+65"),))
    assert buyer.identity("phone") == Identity(kind="phone", value="+65")
    assert buyer.identity("email") is None


def test_discounts_add_up_where_they_are_known() -> None:
    assert Discounts(seller=SGD, platform=SGD).total == Money(20, "SGD")
    assert Discounts(platform=SGD).total == SGD
    assert Discounts().total is None


def test_an_event_fetches_through_the_client_that_handed_it_out() -> None:
    event = Event.build(key="k", type="order.paid", platform="shopee", ref=EventRef(kind="order", id="1"))
    with pytest.raises(ConfigurationError, match=r"event\.ref\.id"):
        event.fetch()
    attached = event.attached(lambda: "order 1")
    assert attached.fetch() == "order 1"
    assert attached == event
    assert hash(attached) == hash(event)
    forgotten = pickle.loads(pickle.dumps(attached))
    assert forgotten == event
    with pytest.raises(ConfigurationError):
        forgotten.fetch()


def outcomes() -> BulkResult[str, int]:
    lost = OutcomeUnknown("nobody knows")
    return BulkResult([Outcome.of("a", 1), Outcome.of("b", NotFound("no b")), Outcome.of("c", lost)])


def test_what_stopped_half_way_is_unknown_where_its_last_step_is() -> None:
    stopped, within = PartiallyApplied("stopped"), PartiallyApplied("split, and then", done=["split"])
    stopped.__cause__ = OutcomeUnknown("nobody knows")
    within.__cause__ = stopped
    refused = PartiallyApplied("stopped")
    refused.__cause__ = NotFound("no b")
    statuses = [Outcome.of("a", one).status for one in (stopped, within, refused, PartiallyApplied("bare"))]
    assert statuses == ["unknown", "unknown", "failed", "failed"]


def test_a_bulk_result_keeps_one_outcome_an_input_in_order() -> None:
    result = outcomes()
    assert [(outcome.input, outcome.status) for outcome in result] == [
        ("a", "ok"),
        ("b", "failed"),
        ("c", "unknown"),
    ]
    assert result.values == (1,)
    assert [outcome.input for outcome in result.failures] == ["b", "c"]
    assert (len(result), result.ok, result[:1].ok, result[0].unwrap()) == (3, False, True, 1)
    assert "1 ok, 2 not" in repr(result)
    assert "no b" in result._repr_html_()
    with pytest.raises(NotFound):
        result[1].unwrap()


def test_failures_are_raised_together_on_demand() -> None:
    with pytest.raises(BulkFailure) as caught:
        outcomes().raise_for_failures()
    assert [type(error) for error in caught.value.exceptions] == [NotFound, OutcomeUnknown]
    assert isinstance(caught.value, SocialCommerceError)
    fine = outcomes()[:1]
    assert fine.raise_for_failures() is fine


def test_a_check_is_true_where_nothing_is_wrong() -> None:
    assert Check.of([], cost=SGD)
    refused = Check.of([Problem(field="title", message="at most 120 characters")])
    assert not refused
    assert refused.problems[0].field == "title"


def test_media_know_where_they_lie(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"film")
    assert (Media.from_file(file).kind, Media.from_file(str(file)).read()) == ("video", b"film")
    picture = Media.from_bytes(b"\x89PNG", "image/png")
    assert (picture.kind, picture.read(), picture.name) == ("image", b"\x89PNG", "upload.png")
    assert "PNG" not in repr(picture)
    assert Media.from_bytes(b"", "audio/ogg").kind == "audio"
    assert Media.from_bytes(b"", "application/pdf").kind == "file"
    assert Media.model_validate_json(picture.model_dump_json()) == picture
    assert (Media.from_id("7").id, Media.from_url("https://a.example/x").url) == ("7", "https://a.example/x")
    with pytest.raises(ValueError, match="download"):
        Media.from_id("7").read()
    with pytest.raises(ValueError, match="https"):
        Media.from_url("ftp://a")
    with pytest.raises(FileNotFoundError):
        Media.from_file(tmp_path / "none.png")


def test_a_document_is_saved_under_its_own_name_and_nowhere_else(tmp_path: Path) -> None:
    label = Document.build(name="../label.pdf", media_type="application/pdf", content=b"%PDF")
    assert label.save(tmp_path) == tmp_path / "label.pdf"
    assert label.save(tmp_path / "mine.pdf").read_bytes() == label.read() == b"%PDF"
    assert "%PDF" not in repr(label)


def test_tokens_are_never_shown_nor_pickled() -> None:
    token = Token(access_token=SecretStr("s3cret"), refresh_token=SecretStr("s3cret"), access_expires_at=NOW)
    grant = Grant(subject="shop 1", accounts=(Account(id="1", kind="shop"),), token=token)
    assert "s3cret" not in repr(grant) + repr(token) + grant.model_dump_json()
    with pytest.raises(TypeError, match="token store"):
        pickle.dumps(grant)
    assert copy.copy(grant).token.access_token.get_secret_value() == "s3cret"
    assert AuthStatus(authorized=True)
    assert not AuthStatus()


def test_a_conversation_is_the_same_whatever_its_last_message() -> None:
    peer = Identity(kind="psid", value="9")
    first = ConversationRef(platform="meta", surface="messenger", own_account="p", peer=peer)
    later = first.model_copy(update={"reply_handle": ReplyHandle(value="token", expires_at=NOW)})
    assert first.key == later.key
    assert hash(first) == hash(later)
    assert ConversationRef.model_validate_json(later.model_dump_json()) == later
    assert "token" not in repr(later.reply_handle)


def test_contents_read_back_as_what_they_were() -> None:
    contents = (Text("Hi"), Image(Media.from_id("7")), Text("there"), Unsupported("poll", raw={"a": 1}))
    message = Message.build(id="1", contents=contents)
    assert message.text == "Hi\nthere"
    assert Message.model_validate_json(message.model_dump_json()) == message


def test_ratios_are_none_where_they_are_undefined() -> None:
    row = ReportRow(
        impressions=1000,
        clicks=30,
        orders=4,
        conversions=Decimal("2.5"),
        spend=SGD,
        conversion_value=Money(50, "SGD"),
    )
    assert (row.ctr, row.roas, row.cpm) == (Decimal("0.03"), Decimal(5), SGD)
    assert (row.cpa, row.cost_per_order, row.aov) == (
        Money(4, "SGD"),
        Money("2.5", "SGD"),
        Money("12.5", "SGD"),
    )
    assert row.cpc is not None
    assert row.cpc.rounded() == Money("0.33", "SGD")
    assert row.conversion_rate == Decimal("2.5") / 30
    for empty in (ReportRow(), ReportRow(impressions=0, clicks=0, orders=0, spend=Money(0, "SGD"))):
        ratios = (empty.ctr, empty.cpc, empty.cpm, empty.cpa, empty.cost_per_order, empty.roas, empty.aov)
        assert ratios == (None,) * 7


def test_a_report_iterates_its_rows() -> None:
    rows = [ReportRow(date=date(2026, 1, day), spend=SGD) for day in (1, 2)]
    report = Report(rows=rows, level="ad", since=date(2026, 1, 1), until=date(2026, 1, 2), currency="SGD")
    assert list(report) == rows
    assert (len(report), report[1], report[:1]) == (2, rows[1], (rows[0],))
    assert "<2 rows>" in repr(report)
    assert pickle.loads(pickle.dumps(report)) == report


def test_what_was_set_and_what_happens_are_two_things() -> None:
    for kind in (ads.Campaign, ads.AdGroup, ads.Ad):
        made = kind.build(id="1", status="active", delivery="rejected", reasons=("alcohol",))
        assert (made.status, made.delivery, made.reasons) == ("active", "rejected", ("alcohol",))


@pytest.mark.parametrize(
    ("head", "media_type", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png", "image"),
        (b"\xff\xd8\xff\xe0", "image/jpeg", "image"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4", "video"),
        (b"no known beginning", "application/octet-stream", "file"),
    ],
)
def test_the_media_type_of_bytes_is_read_from_them(head: bytes, media_type: str, kind: str) -> None:
    media = Media.from_bytes(head)
    assert (media.media_type, media.kind) == (media_type, kind)
