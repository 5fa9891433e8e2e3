"""A scripted world: flows are driven by hand, with no socket, thread, lock or second of waiting.

``World.run`` plays the driver of one flow. ``Toy`` is the smallest platform there can be:
an answer's status and body decide which error it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias, TypeVar

from attrs import define, evolve, field

from socialcommerce.errors import (
    AuthorizationRevoked,
    Conflict,
    DecodeError,
    InvalidRequest,
    NotReady,
    PlatformUnavailable,
    RateLimited,
    SocialCommerceError,
    TokenExpired,
)
from socialcommerce.runtime.call import Call, Renewal, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Effect, Exclusive, Flow, Gather, Send, Sleep, Store, done
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.observe import Attempt
from socialcommerce.runtime.retry import RateLimits, Retry
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.state import State
from socialcommerce.runtime.text import read_json, write_json
from socialcommerce.runtime.transport import Interrupted, NotSent, Request, Response

T = TypeVar("T")
Answer: TypeAlias = Response | Exception | Callable[[Request], Response]

NOW = 1_800_000_000.0
SHOP = Subject("shop", "7")


def ok(value: Any = None) -> Response:
    return Response(200, {}, write_json({"value": value}))


def refused(word: str, status: int = 200, wait: float | None = None) -> Response:
    return Response(status, {}, write_json({"error": word, "wait": wait}))


DOWN = Response(503, {}, b"")
TRUNCATED = Response(200, {}, b'{"value": ')
NO_ROUTE = NotSent("no route")
CUT = Interrupted("the connection was cut")

ERRORS: Mapping[str, type[SocialCommerceError]] = {
    "throttled": RateLimited,
    "expired": TokenExpired,
    "revoked": AuthorizationRevoked,
    "conflict": Conflict,
    "invalid": InvalidRequest,
    "not_ready": NotReady,
}


def read(call: Call, response: Response) -> Any:
    """The toy's envelope."""
    if response.status >= 500:
        raise PlatformUnavailable("down", status=response.status)
    try:
        body = read_json(response.content)
    except ValueError as error:
        raise DecodeError("cut short", raw=response.content) from error
    if "error" in body:
        wait = body.get("wait")
        facts = {} if wait is None else {"retry_after": timedelta(seconds=float(wait))}
        raise ERRORS[body["error"]](body["error"], status=response.status, **facts)
    return body


def sign(call: Call, token: TokenRecord | None, now: float) -> Request:
    """The toy's signer: the token in a header."""
    headers = {"token": token.access_token} if token else {}
    return Request(call.method, f"https://toy.example{call.path}", headers)


@define(slots=False)
class Toy:
    """A platform of one service, whose renewal is a flow of its own where a test gives one."""

    name: str = "toy"
    renewal: Renewal = "rotate_once"
    buckets: tuple[Bucket, ...] = ()
    seeds: TokenRecord | None = field(factory=lambda: TokenRecord("access-0", "refresh-0"))
    renewer: Callable[[TokenRecord], Flow[TokenRecord]] | None = None

    @property
    def services(self) -> Mapping[str, Service]:
        return {"default": self.service(Call("GET", "/"))}

    def subject_kind(self, call: Call) -> str | None:
        return "shop"

    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        return evolve(call, subject=call.subject or chosen or SHOP) if call.account == "required" else call

    def service(self, call: Call) -> Service:
        return Service(
            "default",
            ("https://toy.example",),
            sign,
            read,
            unwrap=lambda body: body["value"],
            limits=lambda call, subject: self.buckets,
            renewal=self.renewal,
        )

    def authorize(self, call: Call, token: TokenRecord | None, now: float) -> Request:
        return sign(call, token, now)

    def token_key(self, service: Service, subject: Subject | None) -> str:
        return f"toy:{subject.id}" if subject else "toy:app"

    def seed(self, service: Service, subject: Subject | None) -> TokenRecord | None:
        return self.seeds

    def complete(self, session: Session, call: Call, record: TokenRecord) -> Flow[TokenRecord]:
        return done(record)

    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        assert self.renewer is not None, "nothing here may renew a token"
        return self.renewer(record)


@define
class World:
    """What a flow finds: the answers in order, and a clock that only its sleeps move.

    An answer is a response, an exception (thrown into the flow) or a function of the request.
    ``sent``, ``slept`` and ``told`` are what happened. More requests than answers fail the test.
    """

    answers: Iterable[Answer] = ()
    platform: Toy = field(factory=Toy)
    retry: Retry = field(factory=Retry)
    limits: RateLimits = field(factory=RateLimits)
    jitter: float = 1.0
    now: float = NOW
    hooks: list[Callable[[Attempt], object]] = field(factory=list)
    sent: list[Request] = field(init=False, factory=list)
    slept: list[float] = field(init=False, factory=list)
    told: list[Attempt] = field(init=False, factory=list)
    state: State = field(init=False)
    session: Session = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.answers = iter(self.answers)
        self.state = State.memory(self.clock)
        self.session = Session(
            self.platform,
            retry=self.retry,
            limits=self.limits,
            hooks=[self.told.append, *self.hooks],
            clock=self.clock,
            jitter=lambda: self.jitter,
        )

    def clock(self) -> float:
        return self.now

    def run(self, flow: Flow[T]) -> T:
        """Drive a flow to its end."""
        value: Any = None
        failure: Exception | None = None
        while True:
            try:
                effect = flow.send(value) if failure is None else flow.throw(failure)
            except StopIteration as stop:
                return stop.value  # type: ignore[no-any-return]
            value, failure = None, None
            try:
                value = self.perform(effect)
            except Exception as error:  # noqa: BLE001  # it belongs to the flow that asked
                failure = error

    def perform(self, effect: Effect) -> Any:
        """Do what one effect asks."""
        match effect:
            case Send(request):
                return self._answer(request)
            case Sleep(seconds):
                self.slept.append(seconds)
                self.now += seconds
                return None
            case Store(part, verb, arguments):
                return getattr(getattr(self.state, part), verb)(*arguments)
            case Exclusive(_, flow, _):
                return self.run(flow)
            case Gather(flows, _):
                return [self.run(flow) for flow in flows]

    def _answer(self, request: Request) -> Response:
        self.sent.append(request)
        answer = next(iter(self.answers), None)
        assert answer is not None, f"an unexpected request: {request}"
        if isinstance(answer, Exception):
            raise answer.with_traceback(None)  # one that is raised again and again would remember every time
        return answer if isinstance(answer, Response) else answer(request)


class Crash(BaseException):
    """The process dies here."""


@define(eq=False)
class Scheduler:
    """Interleaves flows that share one memory, one effect at a time, as a seeded dice says.

    ``send`` answers requests. ``crash`` is asked before each effect whether the process of that flow
    dies there; its locks are then free, as those of a dead process are. ``results`` and
    ``failures`` are by the number of the flow.
    """

    state: State
    send: Callable[[Request], Response]
    choose: Callable[[int], int]
    crash: Callable[[int, Effect], bool] = lambda number, effect: False
    sleep: Callable[[float], None] = lambda seconds: None
    results: dict[int, Any] = field(init=False, factory=dict)
    failures: dict[int, Exception] = field(init=False, factory=dict)
    crashed: set[int] = field(init=False, factory=set)
    _locks: dict[str, int] = field(init=False, factory=dict)

    def run(self, flows: Iterable[Flow[Any]]) -> None:
        """Drive all flows to their ends."""
        alive = {number: self._steps(number, flow) for number, flow in enumerate(flows)}
        while alive:
            number = list(alive)[self.choose(len(alive))]
            try:
                next(alive[number])
                continue
            except StopIteration as stop:
                self.results[number] = stop.value
            except Crash:
                self.crashed.add(number)
                self._locks = {key: owner for key, owner in self._locks.items() if owner != number}
            except Exception as error:  # noqa: BLE001  # it belongs to the flow that asked
                self.failures[number] = error
            del alive[number]

    def _steps(self, number: int, flow: Flow[Any]) -> Generator[None, None, Any]:
        value: Any = None
        failure: Exception | None = None
        while True:
            try:
                effect = flow.send(value) if failure is None else flow.throw(failure)
            except StopIteration as stop:
                return stop.value
            value, failure = None, None
            yield
            if self.crash(number, effect):
                raise Crash
            try:
                if isinstance(effect, Exclusive):
                    value = yield from self._exclusive(number, effect)
                else:
                    value = self._do(effect)
            except Exception as error:  # noqa: BLE001  # it belongs to the flow that asked
                failure = error

    def _exclusive(self, number: int, effect: Exclusive) -> Generator[None, None, Any]:
        while self._locks.get(effect.key, number) != number:
            yield
        self._locks[effect.key] = number
        try:
            return (yield from self._steps(number, effect.flow))
        finally:
            self._locks.pop(effect.key, None)

    def _do(self, effect: Effect) -> Any:
        match effect:
            case Send(request):
                return self.send(request)
            case Sleep(seconds):
                return self.sleep(seconds)
            case Store(part, verb, arguments):
                return getattr(getattr(self.state, part), verb)(*arguments)
            case _:
                raise AssertionError(f"not expected here: {effect}")
