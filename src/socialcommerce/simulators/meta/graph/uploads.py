"""Files that an app uploads in a session, piece by piece, and names by a handle afterwards."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from socialcommerce.simulators.meta.graph.errors import wrong
from socialcommerce.simulators.meta.graph.requests import PIECE
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes

__all__ = ["KIND", "routes"]

KIND = "UploadSession"
TYPES = frozenset({"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"})
routes = Routes()


@routes.edge("POST", "Application", "uploads")
def begin(call: Call) -> dict[str, Any]:
    """Announce a file: its MIME type and its length in bytes."""
    kind, length = call.given.get("file_type"), call.given.get("file_length")
    if kind not in TYPES:
        raise wrong(f"Param file_type must be one of {', '.join(sorted(TYPES))}")
    if not isinstance(length, int) or length < 1:
        raise wrong("Param file_length must be the number of bytes")
    session = call.twin.add(KIND, None, key=f"upload:{call.twin.new_word(40)}")
    name = str(call.given.get("file_name") or "file")
    session.hidden.update(name=name, kind=kind, length=length, content=b"")
    return {"id": session.id}


@routes.node("GET", KIND)
def progress(call: Call) -> dict[str, Any]:
    """Where an interrupted upload goes on."""
    return {"id": call.own.id, "file_offset": len(call.own.hidden["content"])}


@routes.node("POST", KIND)
def receive(call: Call) -> dict[str, Any]:
    """Take the bytes that follow those that are here; answers the handle once the file is whole."""
    held, piece = call.own.hidden, call.files.get(PIECE)
    if piece is None or call.given.get(PIECE) != str(len(held["content"])):
        raise wrong(f"The header {PIECE} must say {len(held['content'])}, and the body hold what follows")
    if len(held["content"]) + len(piece.content) > held["length"]:
        raise wrong(f"The file was announced with {held['length']} bytes")
    held["content"] += piece.content
    return {"h": _handle(call, call.own)} if len(held["content"]) == held["length"] else progress(call)


def _handle(call: Call, session: Node) -> str:
    name = b64encode(session.hidden["name"].encode()).decode()
    return f"2:{name}:{session.hidden['kind']}:{call.twin.new_word(32)}:e:{int(call.twin.clock.now())}"
