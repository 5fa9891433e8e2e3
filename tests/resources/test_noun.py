"""What a backend's flows are written with: a write that happened is told, whatever the read after it says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.world import World

from socialcommerce.errors import SHAPE_ERRORS, NotFound, TransportError
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.flow import Flow, done


def failing(error: Exception) -> Flow[Any]:
    yield from done(None)
    raise error


@pytest.mark.parametrize(
    "error", [NotFound("gone"), TransportError("cut"), *(kind() for kind in SHAPE_ERRORS)]
)
def test_a_failed_read_after_a_write_answers_what_is_known(error: Exception) -> None:
    world = World()
    noun = Noun(world.session)
    assert world.run(noun.told_after(failing(error), "as written")) == "as written"
    assert world.run(noun.mapped_after(failing(error), len, "as written")) == 10


def test_a_row_without_sense_is_not_the_writes_failure() -> None:
    world = World()
    noun = Noun(world.session)

    def number(row: Any) -> int:
        return int(row["n"])

    rows: tuple[Any, ...] = ({"n": "7"}, {"n": "many"}, {}, 5)
    read = [world.run(noun.mapped_after(done(row), number, {"n": 1})) for row in rows]
    assert read == [7, 1, 1, 1]


def test_a_fault_that_is_no_readers_goes_out() -> None:
    world = World()
    with pytest.raises(OSError, match="full"):
        world.run(Noun(world.session).told_after(failing(OSError("full")), 1))
