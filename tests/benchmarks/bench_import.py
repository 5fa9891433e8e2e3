"""How long it takes until the library is imported, and until a simulated client is ready.

Run it: ``python -m tests.benchmarks.bench_import [rounds]``. Budgets: 25 ms over a bare interpreter and
200 modules; 200 ms until ``simulate("shopee")`` answered, its imports included.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from statistics import median
from tempfile import TemporaryDirectory

IMPORT = "import socialcommerce"
SIMULATE = "import socialcommerce; socialcommerce.simulate('shopee')"
TIMED = """
import sys, time
before = set(sys.modules)
began = time.process_time()
{code}
print((time.process_time() - began) * 1000, *(set(sys.modules) - before))
"""

Run = Callable[[str], tuple[float, set[str]]]


def runner(bytecode: str) -> Run:
    """Run code in an interpreter of its own: the milliseconds it worked, and the modules it imported.

    ``bytecode`` is a folder where it keeps its bytecode, as that of an installed package is kept.
    """
    settings = os.environ | {"PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}

    def run(code: str) -> tuple[float, set[str]]:
        told = subprocess.run(
            [sys.executable, "-c", TIMED.format(code=code)],
            capture_output=True,
            text=True,
            check=True,
            env=settings,
        )
        milliseconds, *modules = told.stdout.split()
        return float(milliseconds), set(modules)

    return run


def main(rounds: int = 9) -> None:
    """Print the median of each."""
    with TemporaryDirectory() as folder:
        run = runner(folder)
        for name, code in {"import": IMPORT, "simulate": SIMULATE}.items():
            modules = run(code)[1]
            taken = median(run(code)[0] for _ in range(rounds))
            sys.stdout.write(f"{name:10} {taken:6.1f} ms   {len(modules)} modules\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
