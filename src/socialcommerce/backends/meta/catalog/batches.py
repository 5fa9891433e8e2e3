"""Writing items: ``items_batch`` in parts, each followed to its end, every error told of its own item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal

from attrs import evolve, frozen

from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.errors import (
    SHAPE_ERRORS,
    InvalidRequest,
    OutcomeUnknown,
    PlatformError,
    SocialCommerceError,
)
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.runtime.flow import Flow, done, gather
from socialcommerce.runtime.jobs import Task, begin, to_end
from socialcommerce.runtime.text import write_json

__all__ = ["JOB", "Batches", "Failures", "Write"]

JOB: Final = "catalog.batch"
"""The kind of the job that follows a batch."""

Json = Mapping[str, Any]
Failures = dict[str, SocialCommerceError]
"""What went wrong, by SKU; all others went well."""

_AROUND: Final = 100
"""Bytes of a body around its requests, and some to spare."""
_FIRST_LOOK: Final = 2.0
_LONGEST: Final = 30.0
_AT_ONCE: Final = 4


@frozen
class Write:
    """One request of a batch: what is done to the item with this SKU, and its columns."""

    method: Literal["CREATE", "UPDATE", "DELETE"]
    sku: str
    columns: Mapping[str, Any]

    def request(self) -> dict[str, Any]:
        """As the wire has it."""
        return {"method": self.method, "data": {**self.columns, "id": self.sku}}


class Batches(GraphNoun):
    """The part of ``client.catalog`` that writes items."""

    def catalog_id(self) -> Flow[str]:
        """The catalogue that is worked on."""
        return done(self.own("catalog"))

    def _write(self, writes: Iterable[Write], *, upsert: bool = False) -> Flow[Failures]:
        """POST items_batch, and GET check_batch_request_status until it is finished.

        Two writes of one item are merged in their order first: within a batch they have none. Meta's own
        default is to create what is not there; ``upsert`` says whether that is wanted.
        """
        parts = _parts(_merged(writes))
        answers = yield from gather([self._batch(part, upsert) for part in parts], _AT_ONCE)
        return {sku: error for answer in answers for sku, error in answer.items()}

    def _batch(self, writes: Sequence[Write], upsert: bool) -> Flow[Failures]:
        try:
            handle, failures = yield from self._handed_over(writes, upsert)
        except SocialCommerceError as error:
            return {write.sku: error for write in writes}
        if handle is None:
            return failures
        left = [write.sku for write in writes if write.sku not in failures]
        return failures | (yield from self._followed(handle, left))

    def _handed_over(self, writes: Sequence[Write], upsert: bool) -> Flow[tuple[str | None, Failures]]:
        """The handle of what Meta accepted, and what it did not.

        Without a handle nothing was accepted; then the blameless are handed over again by themselves.
        """
        failures: Failures = {}
        catalog = yield from self.catalog_id()
        while True:
            body = {
                "item_type": "PRODUCT_ITEM",
                "allow_upsert": upsert,
                "requests": [write.request() for write in writes],
            }
            creates = any(write.method == "CREATE" for write in writes)
            answer: Json = yield from self.ask(
                "POST", f"/{catalog}/items_batch", body=body, safety="keyed" if creates else "absolute"
            )
            blamed = self._blamed(answer, {write.sku for write in writes})
            failures |= blamed
            if answer.get("handles"):
                return str(answer["handles"][0]), failures
            writes = [write for write in writes if write.sku not in blamed]
            if not writes or not blamed:
                told = _nameless(answer) or "nothing of this batch was accepted, and Meta does not say why"
                return None, {**{write.sku: self._refused(told, answer) for write in writes}, **failures}

    def _blamed(self, answer: Json, skus: set[str]) -> Failures:
        rows = answer.get("validation_status") or ()
        return {
            row["retailer_id"]: self._refused(_messages(row["errors"]), row)
            for row in rows
            if row.get("errors") and row.get("retailer_id") in skus
        }

    def _refused(self, message: str, raw: Any) -> PlatformError:
        return InvalidRequest(message, platform=self.backend.name, sent="yes", raw=raw)

    def _followed(self, handle: str, skus: Sequence[str]) -> Flow[Failures]:
        """Poll a batch to its end; where that cannot be seen, what became of its items is unknown."""
        catalog = yield from self.catalog_id()
        state = {"catalog": catalog, "handle": handle, "skus": list(skus)}
        task: Task[BulkResult[str, None]] = yield from begin(self, Task(JOB, state, wait=_FIRST_LOOK))
        try:
            result = yield from to_end(self, task, codes.BATCH_DEADLINE)
        except (SocialCommerceError, *SHAPE_ERRORS) as error:
            unknown = OutcomeUnknown(
                f"the batch was accepted, and how it ended could not be read: {error}",
                platform=self.backend.name,
                evidence={"handle": handle},
                how_to_find_out=f"client.jobs.resume({task.id!r})",
            )
            unknown.__cause__ = error
            return dict.fromkeys(skus, unknown)
        return {outcome.input: outcome.error for outcome in result if outcome.error is not None}

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """GET check_batch_request_status; the job's value is one outcome a SKU."""
        answer = yield from self.ask(
            "GET",
            f"/{task.state['catalog']}/check_batch_request_status",
            query={"handle": task.state["handle"], "load_ids_of_invalid_requests": True},
        )
        rows = answer.get("data") or ()
        row: Json = rows[0] if rows else {}
        if row.get("status") not in {codes.FINISHED, *codes.FAILED}:
            return evolve(task, wait=min(task.wait * 1.5, _LONGEST))
        skus: Sequence[str] = task.state["skus"]
        failures = self._failures(row, skus)
        return evolve(task, done=True, value=BulkResult(Outcome.of(sku, failures.get(sku)) for sku in skus))

    def _failures(self, row: Json, skus: Sequence[str]) -> Failures:
        """What a batch that has ended says of each item.

        ``errors`` are samples, ``ids_of_invalid_requests`` are all. What has no id blames the whole.
        """
        failures: Failures = {
            sku: self._refused("Meta refused this item and does not say why", row)
            for sku in row.get("ids_of_invalid_requests") or ()
        }
        by_sku: dict[str, list[Json]] = {}
        for error in row.get("errors") or ():
            by_sku.setdefault(error.get("id") or "", []).append(error)
        whole = by_sku.pop("", [])
        failures |= {sku: self._refused(_messages(errors), errors) for sku, errors in by_sku.items()}
        if whole or row["status"] in codes.FAILED:
            told = _messages(whole) or f"the batch ended as {row['status']!r}"
            failures = {**{sku: self._refused(told, row) for sku in skus}, **failures}
        return {sku: failures[sku] for sku in skus if sku in failures}


def _messages(errors: Iterable[Json]) -> str:
    return "; ".join(str(error.get("message") or error) for error in errors)


def _nameless(answer: Json) -> str:
    """What Meta says of requests that it does not name."""
    rows = answer.get("validation_status") or ()
    return "; ".join(
        _messages(row["errors"]) for row in rows if row.get("errors") and not row.get("retailer_id")
    )


def _merged(writes: Iterable[Write]) -> list[Write]:
    """One write an item: later columns count, and what is created or deleted stays so."""
    merged: dict[str, Write] = {}
    for write in writes:
        earlier = merged.get(write.sku)
        if earlier is None or write.method == "DELETE":
            merged[write.sku] = write
        else:
            merged[write.sku] = evolve(earlier, columns={**earlier.columns, **write.columns})
    return list(merged.values())


def _parts(writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    """Writes in parts that one call takes: by their number, and by their bytes."""
    part: list[Write] = []
    size = _AROUND
    for write in writes:
        more = len(write_json(write.request())) + 1
        if part and (len(part) == codes.BATCH_ROWS or size + more > codes.BATCH_BYTES):
            yield part
            part, size = [], _AROUND
        part.append(write)
        size += more
    if part:
        yield part
