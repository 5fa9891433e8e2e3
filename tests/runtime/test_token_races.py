"""The real thing: processes and threads share a store of tokens, and die between every two steps.

A server of its own hands out refresh tokens that can be spent once, and counts.
"""

from __future__ import annotations

import os
import socket
import socketserver
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field
from tests.runtime.test_races import exit_code, fork
from tests.runtime.test_stores import in_threads
from tests.support.world import SHOP, Toy, read, refused

from socialcommerce.errors import AuthorizationRevoked
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, TokenRecord
from socialcommerce.runtime.drivers import SyncDriver
from socialcommerce.runtime.file_store import FileStore
from socialcommerce.runtime.flow import Exclusive, Flow, Send
from socialcommerce.runtime.perform import perform
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.sqlite_store import SQLiteStore
from socialcommerce.runtime.state import State
from socialcommerce.runtime.text import read_json, write_json
from socialcommerce.runtime.transport import Request, Response, Timeout

pytestmark = [pytest.mark.skipif(sys.platform == "win32", reason="forks"), pytest.mark.slow]

STEPS = 10
"""A call that meets an expired token: load, send; lock, load, note, load, renew, save; load, send."""
LOST, DIED = 3, 7


@define
class Rotation:
    """Tokens as the server sees them: each command is one line, each answer JSON."""

    number: int = 0
    access: str = "access-0"
    spends: dict[str, int] = field(factory=dict)

    def answer(self, command: str, argument: str) -> Any:
        return getattr(self, command)(argument)

    def use(self, access: str) -> bool:
        return access == self.access

    def expire(self, _: str) -> None:
        self.access = ""

    def renew(self, refresh: str) -> list[str] | None:
        if refresh != f"refresh-{self.number}":
            return None
        self.spends[refresh] = self.spends.get(refresh, 0) + 1
        return self.consent("")

    def consent(self, _: str) -> list[str]:
        self.number += 1
        self.access = f"access-{self.number}"
        return [self.access, f"refresh-{self.number}"]

    def report(self, _: str) -> dict[str, Any]:
        return {"refresh": f"refresh-{self.number}", "spends": self.spends}


class TokenServer(socketserver.TCPServer):
    """One command a connection, one connection at a time."""

    request_queue_size = 1024

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rotation = Rotation()


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command, _, argument = self.rfile.readline().decode().strip().partition(" ")
        self.wfile.write(write_json(self.server.rotation.answer(command, argument)))  # type: ignore[attr-defined]


@define
class Wire:
    """Asks the token server; as a transport, in the toy's own envelope."""

    port: int

    def command(self, text: str) -> Any:
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(text.encode() + b"\n")
            with connection.makefile("rb") as answer:
                return read_json(answer.read())

    def send(self, request: Request, timeout: Timeout) -> Response:
        if request.path == "/do":
            good = self.command(f"use {request.headers['token']}")
            return Response(200, {}, b'{"value": 1}') if good else refused("expired")
        pair = self.command(f"renew {request.content.decode()}")
        return Response(200, {}, write_json({"value": pair})) if pair else refused("revoked")

    def close(self) -> None:
        """Each exchange closes its own connection."""


@contextmanager
def token_server() -> Iterator[Wire]:
    server = TokenServer()
    child = fork(server.serve_forever)
    server.server_close()
    try:
        yield Wire(server.server_address[1])
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def renew(record: TokenRecord) -> Flow[TokenRecord]:
    request = Request("POST", "https://toy.example/renew", {}, record.refresh_token.encode())
    body = read(Call("POST", "/renew"), (yield Send(request)))
    return TokenRecord(*body["value"])


def in_a_file(folder: Path) -> State:
    return State(tokens=FileStore(folder / "tokens.json", durable=False))


def in_a_database(folder: Path) -> State:
    return State(tokens=SQLiteStore(folder / "state.db", "tokens", durable=False))


@define
class Shop:
    """One program that calls the platform with the shared tokens."""

    wire: Wire
    state: State
    session: Session = field(factory=lambda: Session(Toy(renewer=renew), clock=time.time))

    def call(self) -> Flow[Any]:
        return perform(self.session, Call("GET", "/do"))

    def run(self, flow: Flow[Any]) -> Any:
        return SyncDriver(self.wire, self.state).run(flow)

    def consent(self) -> None:
        service = self.session.platform.service(Call("GET", "/"))
        pair = self.wire.command("consent")
        self.run(tokens.save(self.session, service, SHOP, TokenRecord(*pair)))

    def kept(self) -> str:
        value, _ = self.state.tokens.load("toy:7")
        return str(value["refresh_token"]) if value else "refresh-0"


def dying(flow: Flow[Any], steps: list[int]) -> Flow[Any]:
    """The flow in a process that dies before its step number ``steps[0]``, counted through locks."""
    value: Any = None
    failure: Exception | None = None
    while True:
        try:
            effect = flow.send(value) if failure is None else flow.throw(failure)
        except StopIteration as stop:
            return stop.value
        if steps[0] == 0:
            os._exit(DIED)
        steps[0] -= 1
        if isinstance(effect, Exclusive):
            effect = evolve(effect, flow=dying(effect.flow, steps))
        try:
            value, failure = (yield effect), None
        except Exception as error:  # noqa: BLE001  # it belongs to the flow inside
            failure = error


def crowd(shop: Shop, processes: int, threads: int) -> list[Callable[[], object]]:
    def survive() -> None:
        failures: list[BaseException] = []

        def call() -> None:
            try:
                shop.run(shop.call())
            except AuthorizationRevoked as error:
                failures.append(error)

        in_threads(threads, call)
        if failures:
            ours = all("cut off" in str(error) for error in failures)
            traceback.print_exception(failures[0]) if not ours else None
            os._exit(LOST if ours else 1)

    return [survive] * processes


@pytest.mark.parametrize("kind", [in_a_file, in_a_database], ids=lambda kind: kind.__name__)
def test_no_refresh_token_is_spent_twice_and_none_is_lost_but_by_a_crash_before_the_save(
    kind: Callable[[Path], State], tmp_path: Path
) -> None:
    with token_server() as wire:
        shop = Shop(wire, kind(tmp_path))
        shop.run(shop.call())
        losses = [round_of(shop, step) for step in range(STEPS)]
        assert round_of(shop, None, processes=50, threads=50) is False
        assert set(wire.command("report")["spends"].values()) == {1}
        assert [step for step, lost in enumerate(losses) if lost] in ([], [7])
        shop.state.close()


def round_of(shop: Shop, step: int | None, processes: int = 5, threads: int = 5) -> bool:
    """The token expires, everybody calls, some die before ``step``; says whether a token was lost."""
    before = len(shop.wire.command("report")["spends"])
    shop.wire.command("expire")
    doomed = [] if step is None else [lambda: shop.run(dying(shop.call(), [step]))] * 5
    children = [fork(work) for work in [*doomed, *crowd(shop, processes, threads)]]
    codes = [exit_code(child) for child in children]
    report = shop.wire.command("report")
    lost = bool(report["refresh"] != shop.kept())
    assert len(report["spends"]) == before + 1
    assert set(codes[len(doomed) :]) <= ({0, LOST} if lost else {0})
    if lost:
        shop.consent()
    return lost


@pytest.mark.parametrize("kind", [in_a_file, in_a_database], ids=lambda kind: kind.__name__)
def test_a_process_that_dies_before_the_save_is_named_by_the_next(
    kind: Callable[[Path], State], tmp_path: Path
) -> None:
    with token_server() as wire:
        shop = Shop(wire, kind(tmp_path))
        wire.command("expire")
        assert exit_code(fork(lambda: shop.run(dying(shop.call(), [11])))) == DIED
        with pytest.raises(AuthorizationRevoked, match="cut off after the platform had answered"):
            shop.run(shop.call())
        shop.consent()
        assert shop.run(shop.call()).value == 1
        shop.state.close()
