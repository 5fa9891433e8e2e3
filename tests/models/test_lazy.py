"""Importing the models is cheap: each name brings its own module alone."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from socialcommerce import models


def test_the_table_of_names_is_that_of_the_modules() -> None:
    for module, names in models._NAMES.items():
        assert set(names.split()) == set(importlib.import_module(f"socialcommerce.models.{module}").__all__)


def test_money_is_imported_without_pydantic() -> None:
    code = "import sys; from socialcommerce.models import Money; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        _ = models.Nothing
    assert "Product" in dir(models)
