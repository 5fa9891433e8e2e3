"""Every benchmark, one after the other: ``python -m tests.benchmarks [folder]``.

With a folder (``docs/assets``) the growth curves are written and drawn there.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.benchmarks import (
    bench_call,
    bench_fleet,
    bench_growth,
    bench_import,
    bench_memory,
    bench_peers,
    bench_typed,
    bench_webhook,
)

if __name__ == "__main__":
    bench_import.main()
    bench_call.main()
    bench_typed.main()
    bench_webhook.main()
    bench_peers.main()
    bench_fleet.main()
    bench_memory.main()
    bench_growth.main(*map(Path, sys.argv[1:2]))
