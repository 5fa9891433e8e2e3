"""How time and memory grow: with the shops of a fleet, and with the products of one shop.

Run it: ``python -m tests.benchmarks.bench_growth [folder] [most]``. Each point is measured in a process of
its own. With a folder (``docs/assets``) the points are written there as ``growth.csv``, and drawn. ``most``
leaves out what is larger, for a quick look.
"""

from __future__ import annotations

import asyncio
import csv
import sys
import time
from collections.abc import Sequence
from math import ceil, floor, log10
from pathlib import Path

from attrs import astuple, fields, frozen
from tests.benchmarks.bench_fleet import PAGES, by_fleet, fleet_of, serving_pages
from tests.benchmarks.bench_memory import MIB, apart, growth, resident

SHOPS = (1, 3, 10, 30, 100, 300, 1_000)
PRODUCTS = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
SIZE = 50
"""Orders of a page."""


@frozen
class Point:
    """What so many took: seconds of the processor, and bytes over what was there before."""

    what: str
    size: int
    seconds: float
    mib: float


def of_shops(base: str, shops: int) -> Point:
    """List ten pages of fifty orders of each shop, as one."""

    async def listed() -> tuple[float, int]:
        await by_fleet(fleet_of(base, 1))  # and import what is needed
        before, began = resident(), time.process_time()
        highest = before
        count = 0
        async for _ in fleet_of(base, shops).orders.list():
            count += 1
            if count % 1_000 == 0:
                highest = max(highest, resident())
        if count != shops * PAGES * SIZE:
            raise AssertionError(f"{count} orders came")
        return time.process_time() - began, max(highest, resident()) - before

    seconds, added = asyncio.run(listed())
    return Point("shops", shops, seconds, added / MIB)


def of_products(products: int) -> Point:
    """List so many products of one shop; the time includes making up what the platform answers."""
    growth(100)
    began = time.process_time()
    added, count = growth(products)
    if count != products:
        raise AssertionError(f"{count} products came")
    return Point("products", products, time.process_time() - began, added / MIB)


def points(most: int) -> list[Point]:
    """Measure every size up to ``most`` products, and a thousandth of it in shops."""
    with serving_pages(SIZE) as base:
        found = [apart(of_shops, base, shops) for shops in SHOPS if 1_000 * shops <= most]
    return found + [apart(of_products, products) for products in PRODUCTS if products <= most]


WIDTH, HEIGHT, LEFT, TOP = 330, 220, 60, 30
GREY, BLUE = "#888888", "#3f7fbf"


@frozen
class Axis:
    """Decades along so many pixels, from ``start`` on."""

    low: int
    high: int
    start: float
    length: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, length: float) -> Axis:
        """The decades that hold all values."""
        low = floor(log10(min(values)))
        return cls(low, max(ceil(log10(max(values))), low + 1), start, length)

    def at(self, value: float) -> float:
        """Where a value stands."""
        return self.start + self.length * (log10(value) - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """A value for every decade."""
        return [10.0**power for power in range(self.low, self.high + 1)]


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{GREY}">{words}</text>'


def panel(left: float, title: str, below: str, places: Sequence[tuple[float, float]]) -> str:
    """One curve over two logarithmic axes, as a part of an SVG."""
    across = Axis.over([x for x, _ in places], left + LEFT, WIDTH - LEFT - 20)
    up = Axis.over([y for _, y in places], TOP + HEIGHT, -HEIGHT)
    end = across.start + across.length
    parts = [
        _text((across.start + end) / 2, 18, title),
        _text((across.start + end) / 2, TOP + HEIGHT + 36, below),
    ]
    for value in up.ticks():
        y = up.at(value)
        parts.append(f'<path d="M{across.start:.0f} {y:.1f}H{end:.0f}" stroke="{GREY}" stroke-opacity=".3"/>')
        parts.append(_text(across.start - 6, y + 4, f"{value:g}", "end"))
    parts += [_text(across.at(value), TOP + HEIGHT + 18, f"{value:,.0f}") for value in across.ticks()]
    line = " ".join(f"{across.at(x):.1f},{up.at(y):.1f}" for x, y in places)
    parts.append(f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2"/>')
    parts += [f'<circle cx="{across.at(x):.1f}" cy="{up.at(y):.1f}" r="3" fill="{BLUE}"/>' for x, y in places]
    return "\n".join(parts)


def drawn(told: Sequence[Point]) -> str:
    """Seconds and memory by size, side by side, as an SVG."""
    what = told[0].what
    time_, memory = [(p.size, p.seconds) for p in told], [(p.size, max(p.mib, 0.1)) for p in told]
    panels = panel(0, "seconds", what, time_) + "\n" + panel(WIDTH, "MiB added", what, memory)
    width, height = 2 * WIDTH, TOP + HEIGHT + 46
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
    return f'{head}font-family="sans-serif" font-size="11">\n{panels}\n</svg>\n'


def keep(told: Sequence[Point], folder: Path) -> None:
    """Write the points, and draw those of shops and those of products."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "growth.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([each.name for each in fields(Point)])
        writer.writerows([(p.what, p.size, round(p.seconds, 3), round(p.mib, 1)) for p in told])
    for what in dict.fromkeys(point.what for point in told):
        some = [point for point in told if point.what == what]
        (folder / f"growth-{what}.svg").write_text(drawn(some), "utf-8")


def main(folder: Path | None = None, most: int = 1_000_000) -> None:
    """Measure, print, and keep where a folder is given."""
    told = points(most)
    for point in told:
        sys.stdout.write("{:10} {:>9,} {:9.2f} s {:8.1f} MiB\n".format(*astuple(point)))
    if folder is not None:
        keep(told, folder)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]), *map(int, sys.argv[2:3]))
