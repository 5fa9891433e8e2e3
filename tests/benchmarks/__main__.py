"""Every benchmark, one after the other: ``python -m tests.benchmarks``."""

from __future__ import annotations

from tests.benchmarks import bench_call, bench_import, bench_memory, bench_typed, bench_webhook

if __name__ == "__main__":
    bench_import.main()
    bench_call.main()
    bench_typed.main()
    bench_webhook.main()
    bench_memory.main()
