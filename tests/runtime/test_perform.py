"""What one call does with every kind of failure: what is sent again, what is read back, what is said."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from typing import Any

import pytest
from tests.runtime.one_call import (
    ABSENT,
    CONFLICT,
    EXPIRED,
    FOUND,
    INVALID,
    REVOKED,
    THROTTLED,
    THROTTLED_7,
    UNDECIDED,
    ask,
    fails,
)
from tests.support.world import CUT, DOWN, NO_ROUTE, NOW, TRUNCATED, Answer, Toy, World, ok, refused

from socialcommerce.errors import (
    AuthenticationError,
    AuthorizationRevoked,
    Conflict,
    DecodeError,
    InvalidRequest,
    NotFound,
    NotReady,
    OutcomeUnknown,
    PlatformUnavailable,
    RateLimited,
    SocialCommerceError,
    TokenExpired,
    TransportError,
)
from socialcommerce.runtime.call import Call, TokenRecord
from socialcommerce.runtime.flow import Flow, Send, done
from socialcommerce.runtime.observe import Attempt
from socialcommerce.runtime.perform import perform
from socialcommerce.runtime.retry import Retry
from socialcommerce.runtime.transport import Request

UNSENT = [pytest.param(NO_ROUTE, id="not sent")]
REFUSED = [
    pytest.param(THROTTLED, id="throttled"),
    pytest.param(THROTTLED_7, id="throttled for 7 s"),
    pytest.param(refused("not_ready"), id="not ready"),
]
UNKNOWN = [
    pytest.param(CUT, id="interrupted"),
    pytest.param(DOWN, id="5xx"),
    pytest.param(TRUNCATED, id="truncated"),
]
SAFETIES = ["read", "absolute", "keyed", "state_guarded", "unsafe"]
REPEATABLE = ["absolute", "keyed"]
GUARDED = ["state_guarded", "unsafe"]


class TestAnswered:
    def test_answers_the_decoded_payload_the_whole_body_and_the_response(self) -> None:
        reply = ask(World([ok(5)]))
        assert (reply.value, reply.body, reply.response.status) == (5, {"value": 5}, 200)

    def test_a_call_that_needs_no_account_carries_no_token(self) -> None:
        world = World([ok()])
        ask(world, account="forbidden")
        assert "token" not in world.sent[0].headers

    def test_the_operation_is_named_by_its_path_where_nobody_names_it(self) -> None:
        world = World([ok()])
        world.run(perform(world.session, Call("GET", "/path")))
        assert world.told[0].operation == "/path"


class TestRepeated:
    @pytest.mark.parametrize("safety", SAFETIES)
    @pytest.mark.parametrize("failure", UNSENT + REFUSED)
    def test_what_surely_had_no_effect_is_sent_again(self, failure: Answer, safety: str) -> None:
        world = World([failure, ok(1)])
        assert ask(world, safety).value == 1
        assert len(world.sent) == 2

    @pytest.mark.parametrize("safety", ["read", *REPEATABLE])
    @pytest.mark.parametrize("failure", UNKNOWN)
    def test_what_may_be_repeated_is_sent_again_after_an_unknown_outcome(
        self, failure: Answer, safety: str
    ) -> None:
        world = World([failure, ok(1)])
        assert ask(world, safety).value == 1
        assert len(world.sent) == 2

    @pytest.mark.parametrize("safety", SAFETIES)
    @pytest.mark.parametrize("failure", [INVALID, CONFLICT, REVOKED], ids=["invalid", "conflict", "revoked"])
    def test_a_settled_refusal_is_raised_at_once(self, failure: Answer, safety: str) -> None:
        world = World([failure])
        with pytest.raises((InvalidRequest, Conflict, AuthorizationRevoked)) as caught:
            ask(world, safety, FOUND)
        assert caught.value.sent == "yes"
        assert world.slept == []


class TestExhausted:
    @pytest.mark.parametrize(
        ("failure", "kind", "sent"),
        [
            (NO_ROUTE, TransportError, "no"),
            (CUT, TransportError, "unknown"),
            (DOWN, PlatformUnavailable, "yes"),
            (TRUNCATED, DecodeError, "yes"),
            (THROTTLED, RateLimited, "yes"),
            (refused("not_ready"), NotReady, "yes"),
        ],
    )
    def test_a_read_raises_what_the_last_attempt_met(
        self, failure: Answer, kind: type[SocialCommerceError], sent: str
    ) -> None:
        world = World([failure] * 4)
        error = fails(world, kind)
        assert (error.sent, len(world.sent)) == (sent, 4)

    @pytest.mark.parametrize("safety", SAFETIES[1:])
    def test_a_write_that_never_left_says_so(self, safety: str) -> None:
        assert fails(World([NO_ROUTE] * 4), TransportError, safety).sent == "no"

    @pytest.mark.parametrize("safety", REPEATABLE)
    @pytest.mark.parametrize("failure", UNKNOWN)
    def test_a_repeatable_write_that_ends_in_doubt_is_of_unknown_outcome(
        self, failure: Answer, safety: str
    ) -> None:
        world = World([failure] * 4)
        error = fails(world, OutcomeUnknown, safety)
        assert (error.sent, error.attempts, len(world.sent)) == ("unknown", 4, 4)
        assert error.evidence is not None
        assert error.how_to_find_out

    @pytest.mark.parametrize("last", [NO_ROUTE, THROTTLED, INVALID, CONFLICT, REVOKED, EXPIRED])
    @pytest.mark.parametrize("safety", REPEATABLE)
    def test_after_a_doubtful_attempt_no_later_failure_settles_the_write(
        self, last: Answer, safety: str
    ) -> None:
        platform = Toy(renewal="never")
        world = World([CUT, last], platform, retry=Retry(attempts=2))
        error = fails(world, OutcomeUnknown, safety)
        assert error.__cause__ is not None

    @pytest.mark.parametrize(
        ("verdict", "kind"),
        [(ABSENT, PlatformUnavailable), (UNDECIDED, OutcomeUnknown), (KeyError("x"), OutcomeUnknown)],
    )
    def test_the_read_back_of_a_repeatable_write_is_asked_last(self, verdict: Any, kind: Any) -> None:
        fails(World([DOWN] * 4), kind, "absolute", verdict)
        assert ask(World([DOWN] * 4), "absolute", FOUND).value == "found"

    def test_a_cut_write_that_did_not_happen_is_as_if_it_had_not_been_sent(self) -> None:
        error = fails(World([CUT] * 4), TransportError, "keyed", ABSENT)
        assert error.sent == "no"

    def test_the_cause_is_never_the_error_itself(self) -> None:
        error = fails(World([DOWN] * 4), PlatformUnavailable, "unsafe", ABSENT)
        assert error.__cause__ is None


@pytest.mark.parametrize("safety", GUARDED)
@pytest.mark.parametrize("failure", UNKNOWN)
class TestReadBack:
    def test_found_is_the_answer_and_nothing_is_sent_again(self, failure: Answer, safety: str) -> None:
        world = World([failure])
        reply = ask(world, safety, FOUND)
        assert (reply.value, reply.response.status, len(world.sent)) == ("found", 200, 1)

    def test_absent_is_sent_again(self, failure: Answer, safety: str) -> None:
        world = World([failure, ok(2)])
        assert ask(world, safety, ABSENT).value == 2

    def test_absent_settles_the_doubt_of_what_comes_after(self, failure: Answer, safety: str) -> None:
        fails(World([failure, INVALID]), InvalidRequest, safety, ABSENT)

    def test_undecided_is_an_unknown_outcome_with_its_evidence(self, failure: Answer, safety: str) -> None:
        world = World([failure])
        error = fails(world, OutcomeUnknown, safety, UNDECIDED)
        assert (error.evidence, error.how_to_find_out) == ({"seen": 1}, "ask the shop")
        assert len(world.sent) == 1

    @pytest.mark.parametrize("raised", [CUT, NotFound("gone"), KeyError("a field that is not there")])
    def test_a_read_back_that_fails_leaves_the_outcome_unknown(
        self, failure: Answer, safety: str, raised: Exception
    ) -> None:
        world = World([failure])
        error = fails(world, OutcomeUnknown, safety, raised)
        assert "read-back failed" in error.evidence
        assert error.__cause__ is raised

    def test_without_one_the_outcome_is_unknown_at_once(self, failure: Answer, safety: str) -> None:
        world = World([failure])
        fails(world, OutcomeUnknown, safety)
        assert (len(world.sent), world.slept) == (1, [])

    def test_out_of_attempts_it_is_asked_all_the_same(self, failure: Answer, safety: str) -> None:
        once = Retry(attempts=1)
        assert ask(World([failure], retry=once), safety, FOUND).value == "found"
        fails(World([failure], retry=once), OutcomeUnknown, safety, UNDECIDED)
        with pytest.raises((PlatformUnavailable, TransportError, DecodeError)):
            ask(World([failure], retry=once), safety, ABSENT)


class TestConflictAfterDoubt:
    def test_the_state_refuses_a_repeat_because_the_first_one_had_its_effect(self) -> None:
        assert ask(World([CUT, CONFLICT]), "absolute", FOUND).value == "found"

    def test_the_state_refuses_for_another_reason(self) -> None:
        fails(World([CUT, CONFLICT]), Conflict, "absolute", ABSENT)

    def test_without_doubt_a_conflict_is_a_conflict(self) -> None:
        fails(World([THROTTLED, CONFLICT]), Conflict, "absolute", FOUND)


def renewing(*answers: Any) -> Toy:
    """A toy whose renewals end so, one after the other."""
    ends = iter(answers)

    def renew(record: TokenRecord) -> Flow[TokenRecord]:
        end = next(ends)
        if isinstance(end, str):
            return done(TokenRecord(end, "refresh-1"))
        return raising(end)

    return Toy(renewer=renew)


def raising(error: Exception) -> Flow[Any]:
    if isinstance(error, Exception):
        raise error
    yield Send(Request("GET", "/"))


class TestTokenExpired:
    @pytest.mark.parametrize("safety", SAFETIES)
    def test_renews_and_sends_again_with_the_new_token_without_waiting(self, safety: str) -> None:
        world = World([EXPIRED, ok(1)], renewing("access-1"), retry=Retry(attempts=1))
        assert ask(world, safety).value == 1
        assert [request.headers["token"] for request in world.sent] == ["access-0", "access-1"]
        assert world.slept == []

    def test_a_new_token_that_is_refused_too_is_not_renewed_again(self) -> None:
        world = World([EXPIRED, EXPIRED], renewing("access-1"))
        assert fails(world, TokenExpired).attempts == 2

    def test_where_no_token_was_sent_there_is_none_to_renew(self) -> None:
        fails(World([EXPIRED]), TokenExpired, account="none")

    def test_a_token_that_cannot_be_renewed_is_a_revoked_authorisation(self) -> None:
        assert fails(World([EXPIRED], Toy(renewal="never")), AuthorizationRevoked).sent == "no"

    @pytest.mark.parametrize(
        ("failure", "kind"),
        [
            (PlatformUnavailable("down", sent="yes"), PlatformUnavailable),
            (OutcomeUnknown("renewal in doubt"), TransportError),
            (CUT, TransportError),
            (AuthorizationRevoked("gone", sent="yes"), AuthorizationRevoked),
        ],
    )
    @pytest.mark.parametrize("safety", ["read", "unsafe"])
    def test_a_renewal_that_fails_is_no_doubt_about_the_call(
        self, failure: Exception, kind: Any, safety: str
    ) -> None:
        world = World([EXPIRED], renewing(failure))
        error = fails(world, kind, safety)
        assert (error.sent, len(world.sent)) == ("no", 1)

    def test_a_renewal_that_must_come_first_and_fails_sends_nothing(self) -> None:
        platform = renewing(PlatformUnavailable("down", sent="yes"))
        platform.seeds = TokenRecord("access-0", "refresh-0", access_expires_at=NOW)
        world = World([], platform)
        error = fails(world, PlatformUnavailable, "unsafe")
        assert (error.sent, error.attempts, error.platform) == ("no", 0, "toy")

    def test_without_a_token_nothing_is_sent(self) -> None:
        error = fails(World([], Toy(seeds=None)), AuthenticationError)
        assert error.sent == "no"
        assert "authorize_url" in error.message


class TestErrorsSayWhatHappened:
    def test_platform_attempts_and_elapsed_time(self) -> None:
        error = fails(World([DOWN] * 4, retry=Retry(base=1)), PlatformUnavailable)
        assert (error.platform, error.attempts, error.elapsed) == ("toy", 4, 7.0)

    def test_an_unreadable_reply_names_the_platform_and_keeps_its_bytes(self) -> None:
        error = fails(World([TRUNCATED] * 4), DecodeError)
        assert (error.platform, error.raw) == ("toy", TRUNCATED.content)

    def test_an_unknown_outcome_names_the_operation_and_its_cause(self) -> None:
        error = fails(World([DOWN]), OutcomeUnknown, "unsafe")
        assert "toy.do" in error.message
        assert isinstance(error.__cause__, PlatformUnavailable)

    @pytest.mark.parametrize("answers", [[DOWN] * 4, [CUT] * 4, [INVALID]])
    def test_they_pickle(self, answers: Sequence[Answer]) -> None:
        with pytest.raises(SocialCommerceError) as caught:
            ask(World(answers), "absolute")
        copy = pickle.loads(pickle.dumps(caught.value))
        assert (type(copy), copy.sent, str(copy)) == (
            type(caught.value),
            caught.value.sent,
            str(caught.value),
        )


class TestHooks:
    def test_are_told_of_each_request_and_wait(self) -> None:
        world = World([DOWN, THROTTLED_7, ok()], jitter=0.5)
        ask(world)
        assert [(each.kind, each.outcome, each.attempt, each.status) for each in world.told] == [
            ("request", "unknown", 1, 503),
            ("wait", "ok", 1, 503),
            ("request", "refused", 2, 200),
            ("wait", "ok", 2, 200),
            ("request", "ok", 3, 200),
        ]
        assert [each.waited for each in world.told if each.kind == "wait"] == [0.25, 7.0]
        assert world.told[-1].waited == 7.25
        assert {(each.operation, each.account, each.path) for each in world.told} == {("toy.do", "7", "/do")}

    def test_are_told_of_what_was_not_sent_and_of_what_is_final(self) -> None:
        world = World([NO_ROUTE, INVALID])
        fails(world, InvalidRequest)
        assert [each.outcome for each in world.told if each.kind == "request"] == ["not_sent", "final"]

    def test_one_that_raises_is_logged_and_ignored(self, caplog: pytest.LogCaptureFixture) -> None:
        def broken(attempt: Attempt) -> None:
            raise RuntimeError("out of order")

        assert ask(World([ok(1)], hooks=[broken])).value == 1
        assert "a hook raised" in caplog.text

    def test_see_no_secret(self) -> None:
        world = World([ok()])
        ask(world)
        assert "access-0" not in repr(world.told)
