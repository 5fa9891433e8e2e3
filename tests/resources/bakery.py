"""A bakery: contracts, a platform that keeps them, its faces and a core, as small as they can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import define, field
from tests.support.world import World, ok

from socialcommerce.errors import NotFound, PlatformUnavailable
from socialcommerce.models.base import Model
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.capability import Capability, Mark, Refusal, emulated, native, no, supports
from socialcommerce.resources.face import Async, Sync, chunked, each, job, operation, pages, sub
from socialcommerce.resources.jobs import AsyncJob, Job
from socialcommerce.resources.noun import Noun, each_alone, identity
from socialcommerce.resources.pager import AsyncPager, Pager
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.paging import Cursor, Page


class Bread(Model):
    """A model that iterates, as a report does."""

    id: str

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(("crust", "crumb"))


class Oven(Noun):
    noun = "oven.inner"

    def heat(self, *, degrees: int = 200) -> Flow[int]:
        """Heat it."""
        self.refuse("heat")


class Bakery(Noun):
    """The contract."""

    noun = "oven"
    inner = Oven

    def bake(
        self, flour: str, kind: str = "white", *, until: datetime | None = None, salt: int = 1
    ) -> Flow[str]:
        """Bake one loaf.

        Args:
            flour: what of.
        """
        self.refuse("bake")

    def change(self, name: str, **changes: Any) -> Flow[str]:
        self.refuse("change")

    def get(self, loaves: Sequence[str | Bread], kind: str = "white") -> Flow[BulkResult[str | Bread, str]]:
        self.refuse("get")

    def upsert(self, loaves: list[str]) -> Flow[BulkResult[str, str]]:
        self.refuse("upsert")

    def list(
        self, *, kind: str | None = None, since: datetime | None = None, cursor: str | None = None
    ) -> Flow[Page[int]]:
        self.refuse("list")

    def report(self, day: str, *, level: str = "all") -> Flow[Task[str]]:
        self.refuse("report")

    def close(self) -> Flow[None]:
        self.refuse("close")


class ToyOven(Oven):
    @supports("emulated", params=native("degrees"))
    def heat(self, *, degrees: int = 200) -> Flow[int]:
        return done(degrees)


class ToyBakery(Bakery):
    inner = ToyOven
    seen: list[Any] = []  # noqa: RUF012  # looked at by the tests

    @supports(
        "native",
        params={**native("kind"), **emulated("until"), "kind.rye": no("no rye is grown here", "wheat")},
    )
    def bake(
        self, flour: str, kind: str = "white", *, until: datetime | None = None, salt: int = 1
    ) -> Flow[str]:
        return done(f"{flour} {kind}")

    @supports("native", params={**native("title"), "brand": no("it has no brands")})
    def change(self, name: str, **changes: Any) -> Flow[str]:
        return done(f"{name} {sorted(changes)}")

    @supports("native", params=native("loaves", "kind"))
    def get(self, loaves: Sequence[str | Bread], kind: str = "white") -> Flow[BulkResult[str | Bread, str]]:
        def one(loaf: str | Bread) -> Flow[str]:
            if identity(loaf) == "gone":
                raise NotFound("gone", sent="yes")
            return done(f"{kind} {identity(loaf)}")

        self.seen.append(loaves)
        return each_alone(loaves, one)

    @supports("native")
    def upsert(self, loaves: list[str]) -> Flow[BulkResult[str, str]]:
        self.seen.append(loaves)
        if "broken" in loaves:
            raise PlatformUnavailable("down", sent="yes")
        return each_alone(loaves, done)

    @supports("native", params=native("kind", "since"))
    def list(
        self, *, kind: str | None = None, since: datetime | None = None, cursor: str | None = None
    ) -> Flow[Page[int]]:
        self.seen.append((kind, since, cursor))
        yield from self.ask("GET", "/loaves")
        return Page([1, 2], "p2") if cursor is None else Page([3])

    @supports("native", params=native("day"))
    def report(self, day: str, *, level: str = "all") -> Flow[Task[str]]:
        return done(Task("oven.report", {"day": day}, wait=3))

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        return done(Task(task.kind, task.state, done=True, value=f"report of {task.state['day']}"))


class _Inner:
    contract = Oven
    heat = operation(Oven.heat)


class SyncInner(Sync, _Inner): ...


class AsyncInner(Async, _Inner): ...


class _Bakery:
    contract = Bakery
    bake = operation(Bakery.bake)
    change = operation(Bakery.change)
    get = each(Bakery.get)
    upsert = chunked(Bakery.upsert)
    list = pages(Bakery.list)
    report = job(Bakery.report)
    close = operation(Bakery.close)
    inner = sub(SyncInner, AsyncInner)


class SyncBakery(Sync, _Bakery): ...


class AsyncBakery(Async, _Bakery): ...


@define
class Core:
    """A core as a client has one, over a world driven by hand."""

    world: World = field(factory=lambda: World([ok()] * 9))
    platform: str = "toy"
    read: list[str] = field(factory=list)
    nouns: Mapping[type[Noun], type[Noun]] = {Bakery: ToyBakery, Oven: ToyOven}

    def noun(self, contract: type[Noun], name: str) -> Noun:
        return self.nouns[contract](self.world.session, name)

    def capability(self, name: str) -> Capability:
        noun, _, method = name.rpartition(".")
        contract = next(each for each in self.nouns if each.noun == noun)
        mark = getattr(getattr(self.nouns[contract], method), "__capability__", None)
        if isinstance(mark, Mark):
            return Capability.marked(name, mark)
        return Capability.refused(name, Refusal("it never closes", "leave it"))

    def given(self, name: str, page: Page[Any]) -> Page[Any]:
        self.read.append(name)
        return page

    def run(self, flow: Flow[Any]) -> Any:
        return self.world.run(flow)

    def pager(self, start: Cursor, fetch: Callable[[str | None], Any]) -> Any:
        return Pager(start, fetch)

    def job(self, noun: Any, started: Flow[Task[Any]]) -> Any:
        return Job(self.run(started), noun, self.run)


class AsyncCore(Core):
    async def run(self, flow: Flow[Any]) -> Any:  # type: ignore[override]
        return self.world.run(flow)

    def pager(self, start: Cursor, fetch: Callable[[str | None], Any]) -> Any:
        return AsyncPager(start, fetch)

    async def job(self, noun: Any, started: Flow[Task[Any]]) -> Any:  # type: ignore[override]
        return AsyncJob(await self.run(started), noun, self.run)
