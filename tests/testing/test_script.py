"""A script answers what it was told to, in order, and says what did not happen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from socialcommerce import Request, Response
from socialcommerce.runtime.transport import NotSent
from socialcommerce.testing import Script, json_reply

HOST = "https://toy.example"


def test_each_request_meets_the_next_answer() -> None:
    reply = Response(204)
    script = Script(("GET /items", {"rows": [1]}), ("PUT /stock/*", reply), ("GET *", b"raw"))
    assert script(Request("GET", f"{HOST}/items?from=2")).content == b'{"rows":[1]}'
    assert script(Request("PUT", f"{HOST}/stock/TS-1", content=b'{"units": 3}')) is reply
    assert script.body() == {"units": 3}
    assert script(Request("GET", f"{HOST}/label")).content == b"raw"
    assert [request.path for request in script.requests] == ["/items", "/stock/TS-1", "/label"]
    script.finish()


def test_an_error_is_raised_as_it_is() -> None:
    with Script(("GET *", NotSent("refused"))) as script, pytest.raises(NotSent, match="refused"):
        script(Request("GET", HOST + "/"))


def test_another_request_than_the_next_one_fails() -> None:
    script = Script(("GET /items", {}))
    with pytest.raises(AssertionError, match="POST /items was sent where GET /items was expected"):
        script(Request("POST", HOST + "/items"))


def test_a_request_after_the_end_fails() -> None:
    with pytest.raises(AssertionError, match="GET /more was sent, but the script has ended"):
        Script()(Request("GET", HOST + "/more"))


def test_what_was_expected_and_not_sent_is_named() -> None:
    with (
        pytest.raises(AssertionError, match="expected and never sent: GET /a, GET /b"),
        Script(("GET /a", 1), ("GET /b", 2)),
    ):
        pass


def test_a_failure_inside_is_not_hidden_by_what_is_left() -> None:
    with pytest.raises(KeyError), Script(("GET /a", 1)):
        raise KeyError


def test_its_repr_counts() -> None:
    assert repr(Script(("GET /a", 1))) == "<Script 0 sent, 1 to come>"


def test_a_json_reply_keeps_amounts_exact_and_takes_headers() -> None:
    reply = json_reply({"price": Decimal("1.10")}, 201, {"X-Request": "7"})
    assert (reply.status, reply.content, reply.headers["x-request"]) == (201, b'{"price":1.1}', "7")
