"""What the site does to its pages while it is built.

A platform's page joins the navigation by lying in ``platforms/``, so that adding a
platform changes nothing here; and a fence marked ``python no-run`` (a snippet that the
tests only compile) is shown as ordinary Python.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

NO_RUN = re.compile(r"^(\s*```python) no-run$", re.MULTILINE)


def on_config(config: Any) -> Any:
    """List the matrix and the pages of ``platforms/`` under their heading, by name."""
    docs = Path(config.docs_dir)
    pages = [path.relative_to(docs).as_posix() for path in sorted(docs.glob("platforms/*.md"))]
    for entry in config.nav:
        if isinstance(entry, dict) and "Platforms" in entry:
            entry["Platforms"] = ["capabilities.md", *pages]
    return config


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Drop the mark that only the tests of the snippets read."""
    return NO_RUN.sub(r"\1", markdown)
