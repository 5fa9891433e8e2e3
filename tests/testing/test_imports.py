"""The kit costs nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from socialcommerce import testing


def test_importing_the_package_imports_neither_pytest_nor_the_models() -> None:
    heavy = {"pytest", "pydantic", "anyio", "httpx"}
    code = f"import sys, socialcommerce.testing; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_every_public_name_is_there() -> None:
    assert dir(testing) == sorted(testing.__all__)
    assert all(getattr(testing, name) for name in testing.__all__)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        _ = testing.nothing
