"""One call in a world driven by hand: what answers it, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.world import World, refused

from socialcommerce.runtime.call import Absent, Call, Found, Reply, Undecided
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.perform import perform

FOUND, ABSENT, UNDECIDED = Found("found"), Absent(), Undecided({"seen": 1}, "ask the shop")
THROTTLED, THROTTLED_7, EXPIRED = refused("throttled"), refused("throttled", wait=7), refused("expired")
CONFLICT, INVALID, REVOKED = refused("conflict"), refused("invalid"), refused("revoked")


def ask(world: World, safety: str = "read", verdict: Any = None, **fields: Any) -> Reply[Any]:
    """One call in the world; ``verdict`` is what its read-back answers, or raises."""

    def readback() -> Flow[Any]:
        if isinstance(verdict, BaseException):
            raise verdict
        return done(verdict)

    call = Call("POST", "/do", safety=safety, readback=readback if verdict is not None else None, **fields)
    return world.run(perform(world.session, call, "toy.do"))


def fails(world: World, kind: type[Exception], *args: Any, **kwargs: Any) -> Any:
    with pytest.raises(kind) as caught:
        ask(world, *args, **kwargs)
    assert type(caught.value) is kind
    return caught.value
