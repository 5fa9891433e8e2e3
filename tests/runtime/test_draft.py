"""A draft is a store as it would be: read through, changed beside, and nothing arrives below."""

from __future__ import annotations

from typing import Any

import pytest

from socialcommerce import AsyncClient, Client, State
from socialcommerce.backends import Shopee
from socialcommerce.runtime.call import Subject, TokenRecord
from socialcommerce.runtime.draft import Draft, drafted
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.stores import MemoryStore

NOW = 1_800_000_000.0


def below() -> MemoryStore:
    store = MemoryStore(lambda: NOW)
    store.write({"a1": {"n": 1}, "a2": {"n": 2}, "b": {"n": 3}})
    return store


def rows(store: Any) -> Any:
    return store.scan("")


def test_what_is_changed_is_seen_and_stays_apart() -> None:
    base = below()
    before, draft = rows(base), Draft(base)
    _, version = draft.load("a1")
    assert draft.swap("a1", version, {"n": 10})
    assert not draft.swap("a1", version, {"n": 11})
    assert draft.swap("a2", draft.load("a2")[1], None)
    draft.write({"a0": {"n": 0}, "a3": {"n": 4}})
    assert (draft.load("a1")[0], draft.load("a2"), draft.load("b")[0]) == ({"n": 10}, (None, 0), {"n": 3})
    assert [key for key, _ in draft.scan("a")] == ["a0", "a1", "a3"]
    assert [key for key, _ in draft.scan("a", "a0", 1)] == ["a1"]
    assert draft.swap("a2", 0, {"n": 5})
    assert rows(base) == before


def test_nobody_waits_for_what_is_not_sent() -> None:
    base = below()
    draft = Draft(base)
    draft.penalise("calls", NOW + 60)
    assert draft.reserve([Bucket("calls", 1, 60)], NOW) == draft.reserve([Bucket("calls", 1, 60)], NOW) == 0
    assert base.reserve([Bucket("calls", 1, 60)], NOW) == 0
    assert not draft.blocking
    assert type(draft.lock("a")) is type(base.lock("a"))
    draft.close()
    assert base.load("b")[0] == {"n": 3}


def expired() -> tuple[State, Shopee]:
    state = State.memory(lambda: NOW)
    old = TokenRecord("old", "refresh", access_expires_at=NOW - 60)
    shop = Shopee(2001887, "key", shop_id=14701711)
    state.tokens.write({shop.token_key(shop.services["seller"], Subject("shop", "14701711")): old.dump()})
    return state, shop


def test_a_plan_leaves_no_note_of_a_renewal() -> None:
    state, shop = expired()
    before = rows(state.tokens)
    client = Client(shop, state=state, clock=lambda: NOW)
    for _ in range(2):
        request = client.plan.orders.get("2409")
        assert "access_token/get" in request.url
    assert rows(state.tokens) == before
    assert before[0][1]["renewing_since"] is None


@pytest.mark.anyio
async def test_nor_does_one_that_is_awaited() -> None:
    state, shop = expired()
    before = rows(state.tokens)
    client = AsyncClient(shop, state=state, clock=lambda: NOW)
    assert "access_token/get" in (await client.plan.orders.get("2409")).url
    assert rows(state.tokens) == before


def test_every_part_of_a_memory_is_drafted() -> None:
    state = State.memory()
    draft = drafted(state)
    assert isinstance(draft.inbox, Draft)
    assert draft.inbox.base is state.inbox
