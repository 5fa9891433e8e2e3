"""Files that an app uploads in a session of the pretend Graph API."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from tests.support.graph_caller import HOST, GraphCaller, Refusal

from socialcommerce.runtime.transport import Request


def begin(graph: GraphCaller, **other: Any) -> str:
    """Announce a picture of six bytes; answers the session's id."""
    given = {"file_name": "tee.png", "file_length": 6, "file_type": "image/png", **other}
    return str(graph.post(f"/{graph.twin.apps[0].app_id}/uploads", **given)["id"])


def send(graph: GraphCaller, session: str, content: bytes, offset: int | None = 0) -> Any:
    """Upload some bytes, as a caller does who names no media type."""
    headers = {"Authorization": f"OAuth {graph.token}"}
    if offset is not None:
        headers["file_offset"] = str(offset)
    request = Request("POST", f"{HOST}/v26.0/{session}", headers, content)
    return json.loads(graph.twin.handle(request).content)


def test_a_whole_file_gets_a_handle(graph: GraphCaller) -> None:
    session = begin(graph)
    assert session.startswith("upload:")
    handle = send(graph, session, b"\x89PNG&=")["h"]
    assert handle.startswith(f"2:{b64encode(b'tee.png').decode()}:image/png:")


def test_an_interrupted_upload_goes_on_where_it_stopped(graph: GraphCaller) -> None:
    session = begin(graph)
    assert send(graph, session, b"\x89PNG") == {"id": session, "file_offset": 4}
    assert graph.get(f"/{session}")["file_offset"] == 4
    assert "must say 4" in send(graph, session, b"&=")["error"]["message"]
    assert "h" in send(graph, session, b"&=", offset=4)


def test_what_was_not_announced_is_refused(graph: GraphCaller) -> None:
    for other in ({"file_type": "text/html"}, {"file_length": 0}, {"file_length": "many"}):
        with pytest.raises(Refusal) as refusal:
            begin(graph, **other)
        assert refusal.value.code == 100
    session = begin(graph)
    assert "6 bytes" in send(graph, session, b"too long")["error"]["message"]
    assert send(graph, session, b"", offset=None)["error"]["code"] == 100
    assert send(graph, "upload:unknown", b"x")["error"]["code"] == 803
