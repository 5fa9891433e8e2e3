"""A crowd of processes and threads of one seller, sharing one store; some die in the midst of a renewal.

``python -m tests.races.crowd CONFIG`` forks the crowd and prints how each member ended, as JSON.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from attrs import asdict, frozen

from socialcommerce import Client, State
from socialcommerce.backends import Shopee
from socialcommerce.errors import AuthorizationRevoked
from socialcommerce.runtime import drivers, redis_store
from socialcommerce.runtime.flow import Exclusive, Send, Store
from socialcommerce.runtime.retry import RateLimits

__all__ = ["BEFORE_SAVING", "Config", "LEASE", "STEPS"]

STEPS = 6
"""Where a renewal can be cut: before load, note, load, send and save, and before the lock is given back."""
BEFORE_SAVING = 4
SERVED, BROKEN, LOST, DIED = 0, 1, 3, 10
NAMES = {SERVED: "served", BROKEN: "broken", LOST: "lost"}
NAMES |= {DIED + step: f"died before step {step}" for step in range(STEPS)}
PACE, HASTE = 0.4, 0.05
"""Seconds between two calls of one member, at most; of one that is to die, so that it comes to renew."""
GRACE = 60.0
"""Seconds that one that is to die goes on after the others, at most, for a renewal to come."""
LEASE = 4.0
"""Seconds after which the lock of a member that died on another machine, as Redis sees it, is given up."""
STUCK = 150.0
"""Seconds after which a member tells where it hangs, and ends."""


@frozen
class Config:
    """``crashes``: one process for each, which dies before that step of its first renewal to get there.

    ``limited``: they keep to the platform's rate limits. ``path``: of a file, or the address of a server
    and a prefix.
    """

    settings: dict[str, Any]
    store: str
    path: str
    until: float
    processes: int
    threads: int
    crashes: Sequence[int] = ()
    limited: bool = False

    def dump(self) -> str:
        return json.dumps(asdict(self))


def opened(config: Config) -> Client:
    state = getattr(State, config.store)(*config.path.split())
    return Client(Shopee(**config.settings), state=state, limits=RateLimits(enabled=config.limited))


def call_until(client: Client, until: float, pace: float = PACE) -> int:
    """Call again and again; the code of how it ended."""
    pause, dice = threading.Event(), random.Random()
    while time.time() < until:
        try:
            client.call("GET", "/api/v2/shop/get_shop_info")
        except AuthorizationRevoked as error:
            return LOST if "cut off" in str(error) else _broken()
        except Exception:  # noqa: BLE001  # whatever it is, the test is to see it
            return _broken()
        pause.wait(dice.uniform(0, pace))
    return SERVED


def _broken() -> int:
    traceback.print_exc()
    return BROKEN


def die_before(step: int) -> None:
    """Let this process end, as if the power failed, before a step of a renewal."""
    steps: list[int] = []

    def counted(run: Callable[..., Any]) -> Callable[..., Any]:
        def effect(driver: Any, asked: Any) -> Any:
            if steps and steps[-1] == step:
                os._exit(DIED + step)
            value = run(driver, asked)
            if steps:
                steps[-1] += 1
            return value

        return effect

    def exclusive(driver: Any, asked: Exclusive) -> Any:
        return locked(driver, Exclusive(asked.key, renewal(asked.flow), asked.part))

    def renewal(flow: Any) -> Any:
        steps.append(0)
        value = yield from flow
        if step == STEPS - 1 and steps[-1] == step:
            os._exit(DIED + step)
        steps.clear()
        return value

    locked = drivers._SYNC[Exclusive]
    drivers._SYNC.update({kind: counted(drivers._SYNC[kind]) for kind in (Send, Store)})
    drivers._SYNC[Exclusive] = exclusive


def alone(config: Config, crash: int | None) -> int:
    if crash is None:
        return call_until(opened(config), config.until)
    die_before(crash)
    return call_until(opened(config), config.until + GRACE, HASTE)


def together(config: Config) -> int:
    """All threads share one client; the worst of their ends."""
    client, ends = opened(config), list[int]()
    members = [
        threading.Thread(target=lambda: ends.append(call_until(client, config.until)))
        for _ in range(config.threads)
    ]
    for member in members:
        member.start()
    for member in members:
        member.join()
    if len(ends) < config.threads or BROKEN in ends:
        return BROKEN
    return max(ends)


def forked(work: Callable[[], int]) -> int:
    child = os.fork()
    if child == 0:
        faulthandler.dump_traceback_later(STUCK, exit=True)
        code = BROKEN
        try:
            code = work()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return child


def main(config: Config) -> None:
    redis_store.LEASE_SECONDS = LEASE
    plans: list[int | None] = [*config.crashes, *[None] * (config.processes - len(config.crashes))]
    children = [forked(lambda crash=crash: alone(config, crash)) for crash in plans]  # type: ignore[misc]  # a default keeps the loop's value
    if config.threads:
        children.append(forked(lambda: together(config)))
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    sys.stdout.write(json.dumps(Counter(NAMES.get(end, str(end)) for end in ends)))


if __name__ == "__main__":
    main(Config(**json.loads(sys.argv[1])))
