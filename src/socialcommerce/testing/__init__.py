"""What tests need: the conformance kit for backends, canaries for secrets, a scripted transport.

``BackendConformance`` is subclassed in a backend's own tests; ``canaries`` watches that no secret
leaks; ``Script`` plays a platform's replies one by one. The fixtures of
``socialcommerce.testing.plugin`` are switched on by one line in ``conftest.py``::

    pytest_plugins = ["socialcommerce.testing.plugin"]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from socialcommerce.testing.canaries import Canaries as Canaries
    from socialcommerce.testing.canaries import canaries as canaries
    from socialcommerce.testing.candidate import Candidate as Candidate
    from socialcommerce.testing.conformance import BackendConformance as BackendConformance
    from socialcommerce.testing.script import Script as Script
    from socialcommerce.testing.script import json_reply as json_reply

_HOMES: dict[str, str] = {
    "BackendConformance": "conformance",
    "Canaries": "canaries",
    "Candidate": "candidate",
    "Script": "script",
    "canaries": "canaries",
    "json_reply": "script",
}

__all__ = ["BackendConformance", "Canaries", "Candidate", "Script", "canaries", "json_reply"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    # Importing the module ``canaries`` leaves the module under that name; the function is what is meant.
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
