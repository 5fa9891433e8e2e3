"""The mapping matrix as capability names: what each row promises of one platform."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

__all__ = ["Cell", "cells"]

FILES = ("catalog", "orders", "store", "ads", "messaging", "auth", "webhooks")
_LEVELS = frozenset({"native", "emulated", "no"})

# Rows of other wording than the interface, with the name under which the interface has them.
_WORDED = {
    "ads.report (async job)": "ads.report (async job)",
    "messaging.typing indicator": "messaging.typing",
    "messaging.download received media": "messaging.download_media",
    "webhooks.receive:handshake (event type 'verification')": "webhooks.receive:handshake",
    "webhooks.receive:dedupe key and account routing": "webhooks.receive:dedupe",
    "webhooks.subscriptions (list) and recovery of lost events": "webhooks.subscriptions",
}


@frozen
class Cell:
    """One row of one platform: the capability's name, what it promises, and why not."""

    name: str
    level: str
    reason: str


def cells(folder: Path, platform: str) -> Iterator[Cell]:
    """Every row of ``platform``, credentials and second surfaces included."""
    for file in FILES:
        with (folder / f"{file}.tsv").open(encoding="utf-8", newline="") as text:
            for row in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["platform"].partition("/")[0] == platform and row["support"] in _LEVELS:
                    yield Cell(_name(file, row), row["support"], _reason(row))


def _reason(row: dict[str, str]) -> str:
    return row.get("reason_if_no") or row.get("reason") or row.get("notes") or ""


def _name(file: str, row: dict[str, str]) -> str:
    worded = _worded(file, row.get("operation") or row["event_or_operation"])
    if row.get("surface", "") not in ("", "default", "parameter", "content"):
        worded = f"{worded}@{row['surface']}"
    return _WORDED.get(worded, worded.partition(" (")[0])


def _worded(file: str, words: str) -> str:
    if file != "webhooks":
        return words if words.startswith(f"{file}.") else f"{file}.{words}"
    if not words.startswith("op: "):
        return f"webhooks.receive:{words}"
    operation, _, part = words.removeprefix("op: ").partition(" · ")
    return f"webhooks.{operation}:{part}" if part else f"webhooks.{operation}"
