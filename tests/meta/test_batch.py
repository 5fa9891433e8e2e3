"""Graph batches: many reads in few requests, each answered by itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.meta.wire import Wire, noun, refusal, run

from socialcommerce import Client, errors
from socialcommerce.backends import Call, Reply, Request, Subject


def calls(count: int) -> list[Call]:
    return [Call("GET", f"/{number}", query={"fields": "id,name"}) for number in range(count)]


def entry(body: Any, code: int = 200, **headers: str) -> dict[str, Any]:
    told = [{"name": name.replace("_", "-"), "value": value} for name, value in headers.items()]
    return {"code": code, "headers": told, "body": json.dumps(body)}


def asked(request: Request) -> list[dict[str, str]]:
    wire = Wire()
    wire.sent = [request]
    rows: list[dict[str, str]] = json.loads(wire.form("/")["batch"])
    return rows


def echo(request: Request) -> Any:
    """Answers every call with its own path."""
    return [entry({"id": row["relative_url"].partition("?")[0]}) for row in asked(request)]


def together(client: Client, *args: Any, **fields: Any) -> list[Any]:
    found: list[Any] = run(client, noun(client).together(*args, **fields))
    return found


def test_reads_go_as_one_form_and_come_back_in_order(wire: Wire) -> None:
    wire["/"] = echo
    replies = together(wire.meta(), calls(3))
    assert [reply.value["id"] for reply in replies] == ["0", "1", "2"]
    (request,) = wire.sent
    assert (request.method, request.headers["Content-Type"]) == ("POST", "application/x-www-form-urlencoded")
    assert request.url.startswith("https://graph.facebook.com/v26.0/?appsecret_proof=")
    assert asked(request)[0] == {"method": "GET", "relative_url": "0?fields=id%2Cname"}


def test_a_batch_holds_at_most_50(wire: Wire) -> None:
    wire["/"] = echo
    replies = together(wire.meta(), calls(120), limit=200)
    assert [len(asked(request)) for request in wire.sent] == [50, 50, 20]
    assert [reply.value["id"] for reply in replies] == [str(number) for number in range(120)]


def test_fewer_may_be_asked_for(wire: Wire) -> None:
    wire["/"] = echo
    together(wire.meta(), calls(5), limit=2)
    assert [len(asked(request)) for request in wire.sent] == [2, 2, 1]


def test_nothing_to_ask_asks_nothing(wire: Wire) -> None:
    assert together(wire.meta(), []) == []
    assert not wire.sent


def test_an_entry_that_failed_is_its_own_typed_error(wire: Wire, shared: Path) -> None:
    told = json.loads((shared / "samples/meta/batch_response.json").read_text())
    wire["/"] = [told, [entry({"id": "2"})]]
    good, bad, late = together(wire.meta(), calls(3))
    assert isinstance(good, Reply)
    assert good.value == {"id": "1", "name": "A"}
    assert isinstance(bad, errors.InvalidRequest)
    assert (bad.code, bad.request_id, bad.sent, bad.platform) == ("100", "A1", "yes", "meta")
    assert late.value == {"id": "2"}


def test_only_what_meta_had_no_time_for_is_asked_again(wire: Wire) -> None:
    wire["/"] = [[entry({"id": "0"}), None, None], [entry({"id": "1"}), None], [entry({"id": "2"})]]
    replies = together(wire.meta(), calls(3))
    assert [reply.value["id"] for reply in replies] == ["0", "1", "2"]
    assert [row["relative_url"][:1] for row in asked(wire.sent[1])] == ["1", "2"]
    assert [row["relative_url"][:1] for row in asked(wire.sent[2])] == ["2"]


def test_a_batch_that_answers_nothing_ends(wire: Wire) -> None:
    wire["/"] = [[None, None]]
    replies = together(wire.meta(), calls(2))
    assert [type(reply) for reply in replies] == [errors.PlatformUnavailable] * 2
    assert len(wire.sent) == 1


def test_a_throttled_entry_says_how_long(wire: Wire) -> None:
    usage = {"2002": [{"type": "catalog_management", "estimated_time_to_regain_access": 7}]}
    told = entry(refusal(80009), 400, X_Business_Use_Case_Usage=json.dumps(usage))
    wire["/"] = [[told]]
    (error,) = together(wire.meta(), calls(1))
    assert isinstance(error, errors.RateLimited)
    assert error.retry_after is not None
    assert error.retry_after.total_seconds() == 7 * 60


@pytest.mark.parametrize("reply", [{"data": []}, [entry({})]])
def test_a_batch_that_is_not_answered_call_by_call_cannot_be_read(wire: Wire, reply: Any) -> None:
    wire["/"] = [reply] if isinstance(reply, dict) else [reply, reply]
    with pytest.raises(errors.DecodeError):
        together(wire.meta(), calls(2))


def test_a_batch_refused_whole_is_an_error(wire: Wire) -> None:
    wire["/"] = refusal(190, subcode=460)
    with pytest.raises(errors.AuthorizationRevoked):
        together(wire.meta(), calls(2))


@pytest.mark.parametrize(
    "other",
    [Call("POST", "/1"), Call("GET", "/1", service="ads"), Call("GET", "/1", subject=Subject("page", "1"))],
)
def test_a_batch_holds_reads_of_one_token(wire: Wire, other: Call) -> None:
    with pytest.raises(ValueError, match="reads of one service"):
        together(wire.meta(), [*calls(1), other])
