"""Facebook and Instagram keep every rule that a backend has to keep."""

from __future__ import annotations

from socialcommerce.testing import BackendConformance


class TestMeta(BackendConformance):
    name = "meta"
