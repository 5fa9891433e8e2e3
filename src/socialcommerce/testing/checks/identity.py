"""Checks of what a backend is: its name, its services, how it signs, what it says it can do."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from socialcommerce.backends import registry
from socialcommerce.backends.base import NOUNS, Backend
from socialcommerce.errors import ConfigurationError, SocialCommerceError
from socialcommerce.runtime.call import Call, Service, Subject
from socialcommerce.runtime.transport import Request, Response
from socialcommerce.testing.candidate import EPOCH, TOKEN, Candidate

__all__ = [
    "authorize_is_pure",
    "capability_names",
    "name_matches_class",
    "services_are_whole",
    "unknown_service",
]

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_CAPABILITY = re.compile(rf"({'|'.join(NOUNS)})(\.[a-z][a-z0-9_]*)*(\.[a-z][^:]*[^:\s])?(:\S(.*\S)?)?")


def name_matches_class(candidate: Candidate) -> Iterator[str]:
    """The registered name is the class's name in snake case: ``TikTokShop`` is ``tiktok_shop``."""
    cls, name = candidate.backend, candidate.backend.name
    if not _NAME.fullmatch(name):
        yield f"{cls.__name__}.name is {name!r}; give it a name in lower case, as {_snake(cls.__name__)!r}"
        return
    if not _spells(name, cls.__name__):
        yield f"class {cls.__name__} is named {name!r}; call it {_snake(cls.__name__)!r}, or rename the class"
    known = registry.backend_class(name)
    if known is not cls:
        yield f"{name!r} is already the name of {known.__module__}.{known.__qualname__}; choose another"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _spells(name: str, class_name: str) -> bool:
    """Whether ``name`` is ``class_name`` with underscores at some of its capitals."""
    place = 0
    for part in name.split("_"):
        piece = class_name[place : place + len(part)]
        if piece.lower() != part or not (piece[:1].isupper() or piece[:1].isdigit()):
            return False
        place += len(part)
    return place == len(class_name)


def services_are_whole(candidate: Candidate) -> Iterator[str]:
    """Every service has its hosts, a signer and an envelope, and knows its own name."""
    services = candidate.build().services
    if not services:
        yield f"{candidate.backend.__name__}.services is empty; give it a Service for each way of signing"
    for key, service in services.items():
        yield from _service(key, service)


def _service(key: str, service: Service) -> Iterator[str]:
    if service.name != key:
        yield f"services[{key!r}] is called {service.name!r}; use one name for both"
    if not service.hosts:
        yield f"service {key!r} has no hosts; give the base URL of its API"
    for host in service.hosts:
        if not _is_host(host):
            yield f"service {key!r} has the host {host!r}; write 'https://' and the host, no slash"
    for part in ("signer", "envelope", "unwrap", "limits"):
        if not callable(getattr(service, part)):
            yield f"service {key!r} has no {part}; give Service({part}=...) a function"


def _is_host(host: str) -> bool:
    parts = urlsplit(host)
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return (parts.scheme == "https" or local) and bool(parts.netloc) and not host.endswith("/")


_IMPURE = frozenset(
    [
        "time",
        "time_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "urandom",
        "getrandom",
        "Random.random",
        "Random.getrandbits",
        "open",
        "socket.connect",
        "socket.send",
        "socket.sendall",
        "socket.sendto",
        "getaddrinfo",
    ]
)
"""C functions that read a clock, draw at random, or reach outside, by their qualified names."""


def authorize_is_pure(candidate: Candidate) -> Iterator[str]:
    """The same call, token and instant give the same bytes; no clock is read, nothing is opened."""
    first, second = candidate.build(), candidate.build()
    for name in first.services:
        for call in (Call("GET", "/conformance", {"a": "1"}), Call("POST", "/conformance", body={"a": 1})):
            whole = _for_service(first, call, name)
            request, impure = _watched(partial(first.authorize, whole, TOKEN, EPOCH))
            if impure:
                yield (
                    f"authorize of service {name!r} calls {', '.join(sorted(impure))}; use its argument "
                    "'now', and derive any nonce from its inputs"
                )
            again = second.authorize(whole, TOKEN, EPOCH)
            if _bytes(request) != _bytes(again):
                yield f"authorize of service {name!r} gives other bytes for the same inputs; make it pure"


def _for_service(backend: Any, call: Call, service: str) -> Call:
    kinds = backend.account_kinds
    subject = backend.default_subject() or (Subject(kinds[0], "1") if kinds else None)
    return Call(call.method, call.path, call.query, call.body, service=service, subject=subject)


def _bytes(request: Request) -> tuple[Any, ...]:
    return request.method, request.url, sorted(request.headers.items()), request.content


def _watched(work: Callable[[], Request]) -> tuple[Request, set[str]]:
    """Do the work and name the impure C functions that were called on the way."""
    found: set[str] = set()

    def note(frame: Any, event: str, function: Any) -> None:
        if event == "c_call" and function.__qualname__ in _IMPURE:
            found.add(function.__qualname__)

    before, collecting = sys.getprofile(), gc.isenabled()
    gc.disable()  # what others do when rubbish is collected is not the work's
    sys.setprofile(note)
    try:
        return work(), found
    finally:
        sys.setprofile(before)
        if collecting:
            gc.enable()


def capability_names(candidate: Candidate) -> Iterator[str]:
    """Capabilities are named ``noun.operation``, ``noun.operation:part``; each refusal belongs to one."""
    capabilities = candidate.build().capabilities()
    for name, capability in capabilities.items():
        if not _CAPABILITY.fullmatch(name):
            yield f"capability {name!r} is not named as 'orders.ship' or 'orders.ship:lines'; rename it"
        if not capability.confidence.strip():
            yield f"{name} does not say how sure it is; give its mark a confidence, as 'official'"
    for name in candidate.backend.refusals:
        whole = name.partition(":")[0]
        if whole not in capabilities and not _in_contract(whole):
            yield f"refusals name {name!r}, which is no operation; correct it, or state it in features"
        elif name == whole and capabilities.get(name):  # a part may be refused for some of its values
            yield f"{name} is both refused and marked as {capabilities[name].level}; remove one of the two"


def _in_contract(name: str) -> bool:
    """Whether a contract has the method, though clients do not offer it by itself (``webhooks.respond``)."""
    noun, _, method = name.rpartition(".")
    try:
        return hasattr(Backend.noun_at(noun), method)
    except AttributeError:
        return False


def unknown_service(candidate: Candidate) -> Iterator[str]:
    """A service that does not exist is a ``ConfigurationError``, and nothing is sent."""
    sent: list[Request] = []

    def note(request: Request) -> Response:
        sent.append(request)
        return Response(200)

    with candidate.client(note) as client:
        try:
            client.call("GET", "/conformance", service="no_such_service")
        except ConfigurationError:
            accepted = bool(sent)
        except SocialCommerceError:
            accepted = True
        else:
            accepted = True
    if accepted:
        yield "an unknown service is accepted; let Backend.service raise ConfigurationError, and send nothing"
