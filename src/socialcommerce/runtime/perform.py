"""The only road to the network: limit, authorise, sign, send, read, and decide what a failure means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from math import inf
from typing import Any, Literal, NoReturn, TypeAlias

from attrs import define, evolve

from socialcommerce.errors import (
    AuthorizationRevoked,
    DecodeError,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    SocialCommerceError,
    TokenExpired,
    TransportError,
)
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Absent, Call, Found, Reply, Service, Subject, TokenRecord, Undecided
from socialcommerce.runtime.flow import Flow, Send, Sleep, Store
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.observe import Attempt, notify
from socialcommerce.runtime.retry import Outcome, classify, may_repeat
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.transport import Interrupted, Request, Response, TransportFailure

__all__ = ["perform"]

_Failure: TypeAlias = SocialCommerceError | TransportFailure
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_LOOK_FIRST = "look at the platform before trying again"


def perform(session: Session, call: Call, operation: str = "") -> Flow[Reply[Any]]:
    """Send ``call`` and answer its decoded reply, under every policy of the session.

    Raises the typed error that the platform's answer holds, ``TransportError`` where no
    answer came and nothing can have happened, ``OutcomeUnknown`` where a write may have.
    """
    exchange = yield from _Exchange.begin(session, call, operation)
    while True:
        try:
            request = yield from exchange.prepare()
        except (SocialCommerceError, TransportFailure) as failure:
            return (yield from exchange.end(_unsent(failure)))
        try:
            return (yield from exchange.send(request))
        except (SocialCommerceError, TransportFailure) as failure:
            settled = yield from exchange.recover(failure)
        if settled is not None:
            return settled


@define
class _Exchange:
    """The attempts of one call, and what they taught.

    ``doubtful``: an attempt may have had its effect. From then on a refusal of a later one says
    nothing of the write, and only its success or a read-back settles it.
    """

    session: Session
    call: Call
    operation: str
    service: Service
    subject: Subject | None
    started: float
    first: float | None = None
    began: float = 0.0
    attempts: int = 0
    waited: float = 0.0
    status: int | None = None
    token: TokenRecord | None = None
    renewed: bool = False
    doubtful: bool = False

    @classmethod
    def begin(cls, session: Session, call: Call, operation: str) -> Flow[_Exchange]:
        """Settle where the call goes and whom it speaks for."""
        call = session.platform.resolve(call, session.chosen)
        service = session.platform.service(call)
        if call.account == "required" and call.subject is None:
            call = evolve(call, subject=(yield from tokens.only_subject(session, service, call)))
        return cls(session, call, operation or call.path, service, call.subject, session.clock())

    def prepare(self) -> Flow[Request]:
        """Wait for a slot, get a token, sign: what fails here has sent nothing of this attempt."""
        yield from self._reserve()
        if self.call.account == "required":
            token = yield from tokens.usable(self.session, self.service, self.subject)
            self.token = yield from self.session.platform.complete(self.session, self.call, token)
        self.began = self.session.clock()
        return self.service.signer(self.call, self.token, self.began)

    def send(self, request: Request) -> Flow[Reply[Any]]:
        """One attempt: send, read the answer."""
        self.attempts += 1
        self.status = None
        if self.first is None:
            self.first = self.began
        response: Response = yield Send(request, self.session.timeout)
        self.status = response.status
        if self.service.heed is not None and self.session.limits.enabled:
            yield from self._heed(self.service.heed(self.call, self.subject, response))
        body = self._read(response)
        self._observe("ok")
        if self.session.retry.budget is not None:
            self.session.retry.budget.refund()
        return Reply(self.service.unwrap(body), response, body)

    def _read(self, response: Response) -> Any:
        try:
            return self.service.envelope(self.call, response)
        except SocialCommerceError as error:
            error.sent = "yes"
            if isinstance(error, PlatformError) and error.retry_after is None:
                error.retry_after = _asked_wait(response)
            if isinstance(error, DecodeError) and self.call.account != "required":
                _forget(error)
            raise

    def _buckets(self) -> tuple[Bucket, ...]:
        limits = self.session.limits
        buckets = self.service.limits(self.call, self.subject) if limits.enabled else ()
        if limits.scale == 1.0:
            return buckets
        return _scaled(buckets, limits.scale)

    def _reserve(self) -> Flow[None]:
        buckets = self._buckets()
        if not buckets:
            return
        patience = self._patience()
        wait: float = yield Store("limits", "reserve", (buckets, self.session.clock(), patience))
        if wait > patience:
            raise RateLimited(
                f"the known rate limit would be exceeded; {wait:.2f} s to wait",
                retry_after=timedelta(seconds=wait),
                scope=buckets[0].key,
                sent="no",
            )
        if wait > 0:
            yield from self._sleep(wait)

    def _patience(self) -> float:
        if self.session.limits.on_limit == "raise":
            return 0.0
        return inf if self.first is None else max(0.0, self._time_left(self.first))

    def _time_left(self, first: float) -> float:
        return first + self.session.retry.deadline - self.session.clock()

    def _sleep(self, seconds: float) -> Flow[None]:
        self.waited += seconds
        if self.session.hooks:
            notify(self.session.hooks, self._attempt("ok", "wait", seconds))
        yield Sleep(seconds)

    def recover(self, failure: _Failure) -> Flow[Reply[Any] | None]:
        """Decide after a failed attempt: answers a settled reply, None to try again, or raises."""
        outcome = classify(failure)
        self._observe(outcome)
        yield from self._penalise(failure)
        if outcome == "unknown" and self.call.safety != "read":
            self.doubtful = True
        if isinstance(failure, TokenExpired):
            return (yield from self._renew(failure))
        if isinstance(failure, AuthorizationRevoked) and (yield from self._adopt()):
            return None
        delay = self._delay(failure)
        if outcome == "final" or self._exhausted(delay):
            return (yield from self.end(failure))
        if may_repeat(outcome, self.call.safety):
            yield from self._sleep(delay)
            return None
        return (yield from self._look(failure, delay))

    def _penalise(self, failure: BaseException) -> Flow[None]:
        """Tell the limiter what the platform said, so that other calls do not run into the same wall."""
        if isinstance(failure, RateLimited) and failure.retry_after is not None:
            until = self.session.clock() + failure.retry_after.total_seconds()
            for bucket in self._buckets()[:1]:
                yield Store("limits", "penalise", (bucket.key, until))

    def _heed(self, rests: Sequence[tuple[str, float]]) -> Flow[None]:
        """Let the buckets rest that the platform says are nearly used up, before it refuses anything."""
        for key, seconds in rests:
            yield Store("limits", "penalise", (key, self.session.clock() + seconds))

    def _renew(self, failure: TokenExpired) -> Flow[Reply[Any] | None]:
        if self.renewed or self.token is None:
            return (yield from self.end(failure))
        self.renewed = True
        try:
            yield from tokens.renew(self.session, self.service, self.subject, stale=self.token)
        except (SocialCommerceError, TransportFailure) as error:
            return (yield from self.end(_unsent(error)))
        return None

    def _adopt(self) -> Flow[bool]:
        """Whether there is another token to go on with; asked once a call."""
        if self.renewed or self.token is None or self.call.account != "required":
            return False
        self.renewed = True
        adopted = yield from tokens.adopt(self.session, self.service, self.subject, self.token)
        return adopted is not None

    def _delay(self, failure: BaseException) -> float:
        asked = getattr(failure, "retry_after", None)
        seconds = asked.total_seconds() if asked is not None else None
        return self.session.retry.delay(self.attempts, self.session.jitter(), seconds)

    def _exhausted(self, delay: float) -> bool:
        retry = self.session.retry
        if self.attempts >= retry.attempts or delay > self._time_left(self.first or self.started):
            return True
        return retry.budget is not None and not retry.budget.spend()

    def _look(self, failure: _Failure, delay: float) -> Flow[Reply[Any] | None]:
        """A write that may not simply be repeated: repeated only if it surely did not happen."""
        if self.call.readback is not None:
            yield from self._sleep(delay)
        verdict = yield from self._read_back(failure)
        if isinstance(verdict, Absent):
            self.doubtful = False
            return None
        return self._settle(verdict, failure)

    def end(self, failure: _Failure) -> Flow[Reply[Any]]:
        """No further attempt: answers what the read-back of a doubtful write found, or raises."""
        if not self.doubtful:
            self._raise(failure)
        return self._settle((yield from self._read_back(failure)), failure)

    def _read_back(self, failure: _Failure) -> Flow[Found[Any] | Absent | Undecided]:
        if self.call.readback is None:
            return Undecided(str(failure), _LOOK_FIRST)
        try:
            return (yield from self.call.readback())
        except Exception as error:  # whatever went wrong in looking, the write's outcome is still unknown
            raise self._unknown(Undecided(f"the read-back failed: {error}", _LOOK_FIRST)) from error

    def _settle(self, verdict: Found[Any] | Absent | Undecided, failure: _Failure) -> Reply[Any]:
        if isinstance(verdict, Found):
            return Reply(verdict.value, Response(200))
        if isinstance(verdict, Undecided):
            raise self._unknown(verdict) from failure
        self._raise(failure)

    def _unknown(self, verdict: Undecided) -> SocialCommerceError:
        message = f"{self.operation} was sent and its outcome is unknown; it was not repeated"
        return self._enrich(
            OutcomeUnknown(message, evidence=verdict.evidence, how_to_find_out=verdict.how_to_find_out)
        )

    def _raise(self, failure: _Failure) -> NoReturn:
        if isinstance(failure, SocialCommerceError):
            raise self._enrich(failure)
        sent = isinstance(failure, Interrupted) and self.call.safety == "read"
        raise _transport_error(failure, "unknown" if sent else "no") from failure

    def _enrich(self, error: SocialCommerceError) -> SocialCommerceError:
        if isinstance(error, PlatformError | DecodeError):
            error.platform = error.platform or self.session.platform.name
        if isinstance(error, PlatformError):
            error.attempts = self.attempts
            error.elapsed = self.session.clock() - self.started
        return error

    def _observe(self, outcome: Outcome | Literal["ok"]) -> None:
        if self.session.hooks:
            notify(self.session.hooks, self._attempt(outcome, "request", self.waited))

    def _attempt(
        self, outcome: Outcome | Literal["ok"], kind: Literal["request", "wait"], waited: float
    ) -> Attempt:
        return Attempt(
            operation=self.operation,
            account=self.subject.id if self.subject else None,
            method=self.call.method,
            path=self.call.path,
            outcome=outcome,
            elapsed=self.session.clock() - self.began if kind == "request" else 0.0,
            waited=waited,
            attempt=max(1, self.attempts),
            kind=kind,
            status=self.status,
        )


@lru_cache(maxsize=4096)
def _scaled(buckets: tuple[Bucket, ...], scale: float) -> tuple[Bucket, ...]:
    return tuple(evolve(bucket, rate=bucket.rate * scale) for bucket in buckets)


def _forget(error: DecodeError) -> None:
    """Keep nothing of the reply: a call that speaks for nobody yet is how tokens are fetched."""
    error.raw, error.__cause__, error.__context__ = b"", None, None


def _asked_wait(response: Response) -> timedelta | None:
    """The seconds of the standard header; platforms with a word of their own read that themselves."""
    text = response.headers.get("retry-after", "").strip()
    return timedelta(seconds=float(text)) if _SECONDS.fullmatch(text) else None


def _unsent(failure: _Failure) -> SocialCommerceError:
    """What failed before an attempt was sent (the limiter, the renewal of a token), told of that attempt."""
    if isinstance(failure, OutcomeUnknown):  # of the renewal, not of the call
        return _transport_error(failure, "no", "the access token could not be renewed: ")
    if isinstance(failure, TransportFailure):
        return _transport_error(failure, "no")
    failure.sent = "no"
    return failure


def _transport_error(
    failure: BaseException, sent: Literal["no", "unknown"], prefix: str = ""
) -> TransportError:
    error = TransportError(prefix + (str(failure) or type(failure).__name__), sent=sent)
    error.__cause__ = failure
    return error
