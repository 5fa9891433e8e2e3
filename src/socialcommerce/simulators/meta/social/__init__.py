"""A pretend Facebook and Instagram. How to add handlers: see ``simulators.meta.graph``."""

from __future__ import annotations

from socialcommerce.simulators.meta.social.twin import MetaTwin

__all__ = ["MetaTwin"]
