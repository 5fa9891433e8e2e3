"""What tests need: the conformance kit for backends, canaries for secrets, a scripted transport.

``BackendConformance`` is subclassed in a backend's own tests; ``planted`` watches that no secret
leaks; ``Script`` plays a platform's replies one by one. The fixtures of
``socialcommerce.testing.plugin`` are switched on by one line in ``conftest.py``::

    pytest_plugins = ["socialcommerce.testing.plugin"]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcommerce.testing.canaries import Canaries as Canaries
    from socialcommerce.testing.canaries import planted as planted
    from socialcommerce.testing.candidate import Candidate as Candidate
    from socialcommerce.testing.conformance import BackendConformance as BackendConformance
    from socialcommerce.testing.script import Script as Script
    from socialcommerce.testing.script import json_reply as json_reply

_HOMES: dict[str, str] = {
    "BackendConformance": "conformance",
    "Canaries": "canaries",
    "Candidate": "candidate",
    "Script": "script",
    "json_reply": "script",
    "planted": "canaries",
}

__all__ = ["BackendConformance", "Canaries", "Candidate", "Script", "json_reply", "planted"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
