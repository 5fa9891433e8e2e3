"""A request's body as the HTTP libraries iterate it."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import field, frozen

__all__ = ["Body"]


@frozen
class _Pieces:
    left: Iterator[bytes]

    def __aiter__(self) -> _Pieces:
        return self

    async def __anext__(self) -> bytes:
        for piece in self.left:
            return piece
        raise StopAsyncIteration


@frozen(slots=False)  # httpx wants it as a subclass of its own as well
class Body:
    """``content`` in one piece, or in none: an empty piece would cost the core a turn of its state machine.

    It has no asynchronous generator: the core abandons a body whose connection breaks while it is
    sent, and trio warns of every such generator that nobody finished.
    """

    content: bytes = field(repr=False)

    def __iter__(self) -> Iterator[bytes]:
        return iter((self.content,) if self.content else ())

    def __aiter__(self) -> _Pieces:
        return _Pieces(iter(self))
