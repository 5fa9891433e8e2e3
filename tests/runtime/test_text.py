"""JSON, queries and multipart bodies: to the byte, and never a binary float between two decimals."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from socialcommerce.runtime import text
from socialcommerce.runtime.call import Upload
from socialcommerce.runtime.multipart import multipart
from socialcommerce.runtime.text import read_json, write_json, write_query


class TestReadJson:
    def test_a_fraction_is_a_decimal_and_keeps_its_digits(self) -> None:
        assert str(read_json(b'{"price": 19.90}')["price"]) == "19.90"
        assert read_json(b"[1, 1.0, 1e2]") == [1, Decimal("1.0"), Decimal("1E+2")]
        assert isinstance(read_json(b"12345678901234567890"), int)

    @given(st.decimals(allow_nan=False, allow_infinity=False))
    def test_every_decimal_is_read_as_written(self, value: Decimal) -> None:
        assert read_json(f"[{value}]".encode()) == [value]

    def test_a_byte_order_mark_is_no_content(self) -> None:
        assert read_json("\ufeff{}".encode()) == {}

    @pytest.mark.parametrize(
        "content", [b"", b"{", b"<html>", b"\xff", b"NaN", b"[Infinity]", b"-Infinity", b"[" * 200_000]
    )
    def test_anything_else_is_a_value_error(self, content: bytes) -> None:
        with pytest.raises(ValueError, match=r"."):
            read_json(content)


NUMBERS = st.one_of(
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,30})([.][0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", fullmatch=True),
).map(str)
TEXTS = st.one_of(st.text(), st.sampled_from(["\ud800", "\udc00x", "\x00", '"', "\\"])).map(json.dumps)
DOCUMENTS = st.recursive(
    st.one_of(NUMBERS, TEXTS, st.sampled_from(["null", "true", "false"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(TEXTS, inner), max_size=4).map(
            lambda items: "{" + ",".join(f"{name}: {value}" for name, value in items) + "}"
        ),
    ),
    max_leaves=20,
)


def told(content: bytes) -> str:
    """What is read, to the last digit and the type of every number; or that it is not JSON."""
    try:
        return repr(read_json(content))
    except ValueError:
        return "not JSON"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\ud83d!", "?!"),
        (r"\uDE42", "?"),
        (r"\ud83d\ude42", "🙂"),
        (r"\u00e9\ud800", "é?"),
        (r"\\ud800", r"\ud800"),
    ],
)
def test_half_a_character_becomes_a_question_mark(written: str, read: str) -> None:
    assert read_json(f'[{{"{written}": "{written}"}}]'.encode()) == [{read: read}]


class TestBothDecoders:
    """The extra ``fast`` brings a faster decoder; nobody can tell which one is at work."""

    @pytest.fixture
    def alone(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
        """What is told without the extra."""
        pytest.importorskip("msgspec")

        def slowly(content: bytes) -> str:
            with monkeypatch.context() as patch:
                patch.setattr(text, "_fast_decoder", lambda: None)
                return told(content)

        return slowly

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(DOCUMENTS)
    def test_they_read_the_same(self, alone: Callable[[bytes], str], document: str) -> None:
        content = document.encode("utf-8", "surrogatepass")
        assert told(content) == alone(content) != "not JSON"

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        st.one_of(
            st.binary(max_size=40), st.text('[]{}:,"0123eE.-+ntrufalse\\ \n', max_size=12).map(str.encode)
        )
    )
    def test_they_refuse_the_same(self, alone: Callable[[bytes], str], content: bytes) -> None:
        assert told(content) == alone(content)

    @pytest.mark.parametrize(
        "content", [b"1e99999999999999999999", b"1" * 5000, b"\xef\xbb\xbf1", b"[" * 200_000]
    )
    def test_neither_is_led_astray(self, alone: Callable[[bytes], str], content: bytes) -> None:
        assert told(content) == alone(content)

    def test_the_standard_library_is_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "msgspec", None)
        text._fast_decoder.cache_clear()
        try:
            assert read_json(b"[0.10]") == [Decimal("0.10")]
        finally:
            text._fast_decoder.cache_clear()


class TestWriteJson:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({"a": [1, None, True]}, '{"a":[1,null,true]}'),
            ("日本語 ü", '"日本語 ü"'),
            (Decimal("19.90"), "19.9"),
            (Decimal("5.00"), "5"),
            (Decimal("1E+3"), "1000"),
            (Decimal("0.1"), "0.1"),
            (Decimal("-0.0000001"), "-1e-07"),
            (Decimal("1234567890123.45"), "1234567890123.45"),
            (Decimal("12345678901234567890"), "12345678901234567890"),
        ],
    )
    def test_exact_bytes(self, value: Any, text: str) -> None:
        assert write_json(value) == text.encode()

    @given(
        st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**10), max_value=10**10)
    )
    def test_money_survives_there_and_back(self, value: Decimal) -> None:
        assert read_json(write_json(value)) == value

    @given(st.decimals(allow_nan=False, allow_infinity=False))
    def test_a_number_is_written_exactly_or_refused(self, value: Decimal) -> None:
        assume(abs(value.adjusted()) < 1000)
        try:
            written = write_json(value)
        except ValueError:
            return
        assert Decimal(written.decode()) == value

    @pytest.mark.parametrize("value", ["0.1234567890123456789", "1E-400", "NaN", "sNaN", "Infinity"])
    def test_what_json_cannot_keep_is_refused(self, value: str) -> None:
        with pytest.raises(ValueError, match=value):
            write_json({"price": Decimal(value)})

    def test_a_float_that_is_no_number_is_refused(self) -> None:
        with pytest.raises(ValueError, match="JSON"):
            write_json(float("nan"))

    def test_other_things_are_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="set is not JSON"):
            write_json({"a": {1}})

    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text('añ日\n"\\'), st.lists))
    def test_is_what_any_json_reader_reads(self, value: Any) -> None:
        assert json.loads(write_json(value)) == value


class TestWriteQuery:
    def test_only_unreserved_characters_stand_for_themselves(self) -> None:
        assert write_query({"a b": "c/d~e-f_g.h", "ü": "&="}) == "a%20b=c%2Fd~e-f_g.h&%C3%BC=%26%3D"

    @given(st.lists(st.tuples(st.text(min_size=1), st.text())))
    def test_is_read_as_it_was_written_in_order(self, pairs: list[tuple[str, str]]) -> None:
        try:
            written = write_query(pairs)
        except UnicodeEncodeError:  # a lone surrogate is no text
            return
        assert parse_qsl(written, keep_blank_values=True, strict_parsing=bool(pairs)) == pairs


IMAGE = Upload("red shirt.png", b"\x89PNG\r\n\0", "image/png")


def parts_of(kind: str, body: bytes) -> list[Message]:
    whole = message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    return list(whole.get_payload())  # type: ignore[arg-type]


class TestMultipart:
    def test_exact_bytes(self) -> None:
        kind, body = multipart({"scene": "normal"}, {"image": IMAGE})
        boundary = kind.removeprefix("multipart/form-data; boundary=")
        assert (
            body
            == (
                f'--{boundary}\r\nContent-Disposition: form-data; name="scene"\r\n\r\nnormal\r\n'
                f'--{boundary}\r\nContent-Disposition: form-data; name="image"; filename="red shirt.png"\r\n'
                "Content-Type: image/png\r\n\r\n"
            ).encode()
            + b"\x89PNG\r\n\0\r\n"
            + f"--{boundary}--\r\n".encode()
        )

    def test_several_files_may_share_a_name(self) -> None:
        kind, body = multipart({}, {"image": [IMAGE, Upload("b", b"2")]})
        assert [part.get_filename() for part in parts_of(kind, body)] == ["red shirt.png", "b"]
        assert [part.get_content_type() for part in parts_of(kind, body)] == [
            "image/png",
            "application/octet-stream",
        ]

    def test_the_same_inputs_give_the_same_bytes_and_others_another_boundary(self) -> None:
        assert multipart({"a": "1"}, {"f": IMAGE}) == multipart({"a": "1"}, {"f": IMAGE})
        assert multipart({"a": "1"}, {"f": IMAGE})[0] != multipart({"a": "2"}, {"f": IMAGE})[0]

    def test_no_name_breaks_out_of_its_header(self) -> None:
        wild = Upload('a"\r\nX: y', b"", "text/plain\r\nX: y")
        _, body = multipart({'n"\r\nX: y': "v"}, {"f": wild})
        assert b"\r\nX:" not in body
        assert b'name="n%22%0D%0AX: y"' in body

    @given(st.dictionaries(st.text("ab", min_size=1), st.text("xyz \r\n-")), st.binary())
    def test_every_part_comes_back(self, fields: dict[str, str], content: bytes) -> None:
        kind, body = multipart(fields, {"file": Upload("f", content)})
        boundary = b"--" + kind.partition("boundary=")[2].encode()
        pieces = body.split(boundary)[1:-1]
        values = [piece.partition(b"\r\n\r\n")[2][:-2] for piece in pieces]
        assert values == [*(value.encode() for value in fields.values()), content]

    def test_an_upload_shows_no_content(self) -> None:
        assert repr(IMAGE) == "Upload('red shirt.png', 7 bytes)"
