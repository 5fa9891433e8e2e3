"""Meta's interface data, read once for all tests, so that what was held to it is counted together."""

from __future__ import annotations

from functools import lru_cache

from tests.conftest import shared_path
from tests.support.meta_spec import MetaSpec

__all__ = ["vendor_spec"]


@lru_cache(maxsize=1)
def vendor_spec() -> MetaSpec | None:
    """The vendor's interface data; None in a clone that stands alone."""
    shared = shared_path()
    return MetaSpec(shared / "specs" / "meta") if shared else None
