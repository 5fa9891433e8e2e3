"""The only road to the network: limit, authorise, sign, send, read, and decide what a failure means."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import Any, NoReturn

from attrs import define, evolve

from socialcommerce.errors import (
    Conflict,
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
from socialcommerce.runtime.transport import Response, TransportFailure

__all__ = ["perform"]


def perform(session: Session, call: Call, operation: str = "") -> Flow[Reply[Any]]:
    """Send ``call`` and answer its decoded reply, under every policy of the session.

    Raises the typed error that the platform's answer holds, ``TransportError`` where no
    answer came and nothing can have happened, ``OutcomeUnknown`` where a write may have.
    """
    exchange = yield from _Exchange.begin(session, call, operation)
    while True:
        try:
            return (yield from exchange.once())
        except (SocialCommerceError, TransportFailure) as failure:
            settled = yield from exchange.recover(failure)
            if settled is not None:
                return settled


@define
class _Exchange:
    """The attempts of one call, and what they taught."""

    session: Session
    call: Call
    operation: str
    service: Service
    subject: Subject | None
    started: float
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
            subject = yield from tokens.only_subject(session, service, call)
            call = evolve(call, subject=subject)
        return cls(session, call, operation or call.path, service, call.subject, session.clock())

    def once(self) -> Flow[Reply[Any]]:
        """One attempt: reserve, authorise, send, read."""
        self.attempts += 1
        self.status = None
        yield from self._reserve()
        if self.call.account == "required":
            self.token = yield from tokens.usable(self.session, self.service, self.subject)
        self.began = self.session.clock()
        request = self.session.platform.authorize(self.call, self.token, self.began)
        response: Response = yield Send(request, self.session.timeout)
        self.status = response.status
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
            raise

    def _buckets(self) -> tuple[Bucket, ...]:
        limits = self.session.limits
        buckets = self.service.limits(self.call, self.subject) if limits.enabled else ()
        if limits.scale == 1.0:
            return buckets
        return tuple(evolve(bucket, rate=bucket.rate * limits.scale) for bucket in buckets)

    def _reserve(self) -> Flow[None]:
        buckets = self._buckets()
        if not buckets:
            return
        patience = 0.0 if self.session.limits.on_limit == "raise" else inf
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

    def _sleep(self, seconds: float) -> Flow[None]:
        self.waited += seconds
        notify(self.session.hooks, self._attempt("ok", "wait", waited=seconds))
        yield Sleep(seconds)

    def recover(self, failure: SocialCommerceError | TransportFailure) -> Flow[Reply[Any] | None]:
        """Decide after a failed attempt: answers a settled reply, None to try again, or raises."""
        outcome = classify(failure)
        self._observe(outcome)
        yield from self._penalise(failure)
        if isinstance(failure, TokenExpired):
            yield from self._renew(failure)
            return None
        if outcome == "final":
            return (yield from self._already_done(failure))
        repeatable = may_repeat(outcome, self.call.safety)
        if outcome == "unknown" and self.call.safety != "read":
            self.doubtful = True
        delay = self._delay(failure)
        last = self._exhausted(failure, delay)
        if last and (repeatable or self.call.readback is None):
            self._give_up(failure, outcome)
        if delay and not last:
            yield from self._sleep(delay)
        if repeatable:
            return None
        return (yield from self._resolve(failure, last))

    def _penalise(self, failure: BaseException) -> Flow[None]:
        """Tell the limiter what the platform said, so that other calls do not run into the same wall."""
        if isinstance(failure, RateLimited) and failure.sent == "yes" and failure.retry_after is not None:
            until = self.session.clock() + failure.retry_after.total_seconds()
            for bucket in self._buckets()[:1]:
                yield Store("limits", "penalise", (bucket.key, until))

    def _renew(self, failure: TokenExpired) -> Flow[None]:
        if self.renewed or self.token is None or self._client_limit(failure):
            raise self._enrich(failure)
        self.renewed = True
        self.token = yield from tokens.renew(self.session, self.service, self.subject, stale=self.token)

    def _already_done(self, failure: BaseException) -> Flow[Reply[Any]]:
        """A repeat that the state refuses may mean that the doubtful first attempt succeeded."""
        if self.doubtful and isinstance(failure, Conflict) and self.call.readback is not None:
            verdict = yield from self._read_back()
            if isinstance(verdict, Found):
                return Reply(verdict.value, Response(self.status or 200))
        raise self._enrich(failure)

    def _resolve(self, failure: BaseException, last: bool) -> Flow[Reply[Any] | None]:
        """Find out by reading whether a write of unknown outcome took effect."""
        verdict = yield from self._read_back()
        if isinstance(verdict, Found):
            return Reply(verdict.value, Response(self.status or 200))
        if isinstance(verdict, Absent) and not last:
            self.doubtful = False
            return None
        if isinstance(verdict, Absent):
            raise self._enrich(_as_ours(failure, "no")) from failure
        raise self._unknown(verdict) from failure

    def _read_back(self) -> Flow[Found[Any] | Absent | Undecided]:
        if self.call.readback is None:
            return Undecided(how_to_find_out="look at the platform before trying again")
        try:
            return (yield from self.call.readback())
        except (SocialCommerceError, TransportFailure) as error:
            return Undecided(f"the read-back failed: {error}", "look at the platform before trying again")

    def _delay(self, failure: BaseException) -> float:
        asked = getattr(failure, "retry_after", None)
        seconds = asked.total_seconds() if asked is not None else None
        return self.session.retry.delay(self.attempts, self.session.jitter(), seconds)

    def _exhausted(self, failure: BaseException, delay: float) -> bool:
        retry = self.session.retry
        late = self.session.clock() + delay - self.started > retry.deadline
        if self.attempts >= retry.attempts or late or self._client_limit(failure):
            return True
        return retry.budget is not None and not retry.budget.spend()

    def _client_limit(self, failure: BaseException) -> bool:
        return isinstance(failure, SocialCommerceError) and failure.sent == "no"

    def _give_up(self, failure: BaseException, outcome: Outcome) -> NoReturn:
        if outcome == "unknown" and self.call.safety != "read":
            raise self._unknown(Undecided(str(failure), "read the object, then decide")) from failure
        raise self._enrich(_as_ours(failure, "no" if outcome == "not_sent" else "unknown")) from failure

    def _unknown(self, verdict: Undecided) -> SocialCommerceError:
        message = f"{self.operation} was sent and its outcome is unknown; it was not repeated"
        return self._enrich(
            OutcomeUnknown(message, evidence=verdict.evidence, how_to_find_out=verdict.how_to_find_out)
        )

    def _enrich(self, error: BaseException) -> SocialCommerceError:
        assert isinstance(error, SocialCommerceError)
        if isinstance(error, PlatformError):
            error.platform = error.platform or self.session.platform.name
            error.attempts = self.attempts
            error.elapsed = self.session.clock() - self.started
        return error

    def _observe(self, outcome: Outcome | str) -> None:
        if self.session.hooks:
            notify(self.session.hooks, self._attempt(outcome, "request", waited=self.waited))

    def _attempt(self, outcome: Any, kind: Any, waited: float) -> Attempt:
        return Attempt(
            operation=self.operation,
            account=self.subject.id if self.subject else None,
            method=self.call.method,
            path=self.call.path,
            outcome=outcome,
            elapsed=max(0.0, self.session.clock() - self.began) if self.began else 0.0,
            waited=waited,
            attempt=self.attempts,
            kind=kind,
            status=self.status,
        )


def _as_ours(failure: BaseException, sent: Any) -> BaseException:
    """A failure below us, told as an error of ours; an error of ours as it is."""
    if isinstance(failure, SocialCommerceError):
        return failure
    return TransportError(str(failure) or type(failure).__name__, sent=sent)
