"""What the client remembers: flows driven by hand over stores in memory."""

from __future__ import annotations

from collections.abc import Generator
from itertools import permutations
from typing import Any, TypeVar

import pytest

from socialcommerce.runtime import memory
from socialcommerce.runtime.flow import Store
from socialcommerce.runtime.state import State

from .conftest import Clock

T = TypeVar("T")


@pytest.fixture
def state(clock: Clock) -> State:
    return State.memory(clock)


def run(flow: Generator[Any, Any, T], state: State) -> T:
    answer: Any = None
    while True:
        try:
            effect = flow.send(answer)
        except StopIteration as stop:
            return stop.value
        answer = perform(effect, state)


def perform(effect: Any, state: State) -> Any:
    assert isinstance(effect, Store)
    return getattr(getattr(state, effect.part), effect.verb)(*effect.arguments)


def race(flows: list[Generator[Any, Any, Any]], order: list[int], state: State) -> list[Any]:
    """Step the flows in the ``order`` given, then run each to its end; their results."""
    results: dict[int, Any] = {}
    answers: dict[int, Any] = {}

    def step(which: int) -> None:
        if which in results:
            return
        try:
            answers[which] = perform(flows[which].send(answers.get(which)), state)
        except StopIteration as stop:
            results[which] = stop.value

    for which in order:
        step(which)
    for which in range(len(flows)):
        while which not in results:
            step(which)
    return [results[which] for which in range(len(flows))]


class TestSeen:
    def test_an_event_is_claimed_once(self, state: State, clock: Clock) -> None:
        assert run(memory.claim("e", clock.now, 60), state)
        assert not run(memory.claim("e", clock.now + 59, 60), state)

    def test_a_crashed_handlers_claim_lapses(self, state: State, clock: Clock) -> None:
        run(memory.claim("e", clock.now, 60), state)
        assert run(memory.claim("e", clock.now + 60, 60), state)

    def test_a_handled_event_stays_seen_for_its_days(self, state: State, clock: Clock) -> None:
        run(memory.claim("e", clock.now, 60), state)
        assert run(memory.confirm("e", days=2), state)
        clock.now += 2 * 86400 - 1
        assert not run(memory.claim("e", clock.now, 60), state)
        clock.now += 1
        assert run(memory.claim("e", clock.now, 60), state)

    def test_a_failed_handlers_event_can_be_claimed_at_once(self, state: State, clock: Clock) -> None:
        run(memory.claim("e", clock.now, 60), state)
        assert run(memory.release("e"), state)
        assert run(memory.claim("e", clock.now, 60), state)

    def test_a_handled_event_is_not_released(self, state: State) -> None:
        run(memory.confirm("e"), state)
        assert not run(memory.release("e"), state)
        assert not run(memory.release("never seen"), state)

    def test_of_two_receivers_one_handles_whatever_the_interleaving(self, clock: Clock) -> None:
        for order in set(permutations([0, 0, 0, 1, 1, 1])):
            state = State.memory(clock)
            claims = [memory.claim("e", clock.now, 60) for _ in range(2)]
            assert sorted(race(claims, list(order), state)) == [False, True]

    def test_a_release_gives_way_to_a_confirmation(self, state: State, clock: Clock) -> None:
        run(memory.claim("e", clock.now, 60), state)
        order = [0, 1, 1, 0, 0]
        assert race([memory.release("e"), memory.confirm("e")], order, state) == [False, True]


class TestSkus:
    def test_a_sku_is_found_where_it_was_seen(self, state: State) -> None:
        run(
            memory.remember("shopee", "1", [("TS-1", {"product_id": "7"}), ("TS-2", {"product_id": "8"})]),
            state,
        )
        assert run(memory.lookup("shopee", "1", "TS-1"), state) == [{"product_id": "7"}]
        assert run(memory.lookup("shopee", "2", "TS-1"), state) == []

    def test_one_sku_may_be_sold_in_several_products(self, state: State) -> None:
        for ref in ({"product_id": "7"}, {"product_id": "8"}, {"product_id": "7"}):
            run(memory.remember("shopee", "1", [("TS-1", ref)]), state)
        assert run(memory.lookup("shopee", "1", "TS-1"), state) == [{"product_id": "7"}, {"product_id": "8"}]

    def test_keys_never_run_into_each_other(self, state: State) -> None:
        run(memory.remember("x", "a/b", [("c", {"id": "1"})]), state)
        assert run(memory.lookup("x", "a", "b/c"), state) == []

    def test_two_that_learn_at_once_lose_nothing(self, clock: Clock) -> None:
        for order in set(permutations([0, 0, 1, 1])):
            state = State.memory(clock)
            flows = [memory.remember("x", "1", [("s", {"id": name})]) for name in "ab"]
            race(flows, list(order), state)
            found = run(memory.lookup("x", "1", "s"), state)
            assert sorted(ref["id"] for ref in found) == ["a", "b"]


def say(state: State, conversation: str, number: float, heard: bool = False) -> bool:
    message = {"id": f"m{number}", "sent_at": number, "text": f"n° {number}"}
    return run(memory.append_message("shop", conversation, message, heard), state)


class TestInbox:
    def test_messages_come_newest_first_page_by_page(self, state: State) -> None:
        for number in (3, 1, 5, 2, 4):
            assert say(state, "anna", number)
        say(state, "ben", 9)
        page, cursor = run(memory.list_messages("shop", "anna", limit=2), state)
        assert [message["id"] for message in page] == ["m5", "m4"]
        assert cursor is not None
        page, cursor = run(memory.list_messages("shop", "anna", cursor, 3), state)
        assert [message["id"] for message in page] == ["m3", "m2", "m1"]
        assert cursor is None

    def test_a_message_pushed_twice_is_kept_once(self, state: State) -> None:
        assert say(state, "anna", 1)
        assert not say(state, "anna", 1)
        page, _ = run(memory.list_messages("shop", "anna"), state)
        assert len(page) == 1

    def test_conversations_come_by_their_newest_message(self, state: State) -> None:
        for conversation, number in (("anna", 1), ("ben", 2), ("anna", 5), ("ben", 4), ("anna", 3)):
            say(state, conversation, number)
        page, cursor = run(memory.list_conversations("shop"), state)
        assert [(row["id"], row["updated_at"], row["last"]["id"]) for row in page] == [
            ("anna", 5, "m5"),
            ("ben", 4, "m4"),
        ]
        assert cursor is None
        assert run(memory.list_conversations("other"), state) == ([], None)

    def test_messages_at_once_leave_one_entry_with_the_newest(self, clock: Clock) -> None:
        for order in set(permutations([0, 0, 0, 0, 1, 1, 1, 1])):
            state = State.memory(clock)
            flows = [memory.append_message("shop", "anna", {"id": str(at), "sent_at": at}) for at in (1, 2)]
            race(flows, list(order), state)
            page, _ = run(memory.list_conversations("shop"), state)
            assert [row["updated_at"] for row in page] == [2]
            assert len(run(memory.list_messages("shop", "anna"), state)[0]) == 2

    def test_it_is_known_when_the_other_side_was_heard_last(self, state: State) -> None:
        assert run(memory.last_heard("shop", "anna"), state) is None
        say(state, "anna", 1)
        assert run(memory.last_heard("shop", "anna"), state) == 0
        for number, heard, last in ((5, True, 5), (7, False, 5), (6, True, 6), (3, True, 6), (8, True, 8)):
            say(state, "anna", number, heard)
            assert run(memory.last_heard("shop", "anna"), state) == last
        assert run(memory.last_heard("shop", "ben"), state) is None

    def test_where_it_was_not_noted_only_the_newest_message_of_all_tells_it(self, state: State) -> None:
        say(state, "anna", 5)
        ((key, _),) = state.inbox.scan("n/")
        assert state.inbox.swap(key, state.inbox.load(key)[1], {"sent_at": 5})
        for number, heard, last in ((6, False, None), (4, True, None), (7, True, 7), (8, False, 7)):
            say(state, "anna", number, heard)
            assert run(memory.last_heard("shop", "anna"), state) == last

    def test_what_was_heard_meanwhile_is_not_forgotten(self, clock: Clock) -> None:
        for order in set(permutations([0, 0, 0, 0, 1, 1, 1, 1])):
            for heard in (1, 2):
                state = State.memory(clock)
                said = [({"id": str(at), "sent_at": at}, at == heard) for at in (1, 2)]
                race([memory.append_message("shop", "anna", *each) for each in said], list(order), state)
                assert run(memory.last_heard("shop", "anna"), state) == heard

    @pytest.mark.parametrize("moments", [(7.0001, 7.0002), (7.0002, 7.0001), (7.0001, 7.0001)])
    def test_two_messages_of_one_millisecond_leave_their_conversation_listed(
        self, state: State, moments: tuple[float, float]
    ) -> None:
        for number, moment in enumerate(moments):
            message = {"id": str(number), "sent_at": moment}
            assert run(memory.append_message("shop", "anna", message), state)
        page, _ = run(memory.list_conversations("shop"), state)
        assert [(row["id"], row["updated_at"]) for row in page] == [("anna", max(moments))]
        say(state, "anna", 8)
        page, _ = run(memory.list_conversations("shop"), state)
        assert [row["last"]["id"] for row in page] == ["m8"]
