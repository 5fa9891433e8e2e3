"""The example as its own package would have it: importable, though nothing is installed."""

from __future__ import annotations

import sys

from tests.conftest import ROOT

PLACE = ROOT / "examples" / "toy_market"

if str(PLACE) not in sys.path:
    sys.path.append(str(PLACE))
