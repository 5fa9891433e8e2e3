"""Make the twin's table of operations from the vendor's interface data.

``rows(source)`` answers the lines of ``simulators/tiktok_shop/operations.tsv``; run as a program
it prints the whole table: ``python tests/support/tiktok_shop_operations.py ../shared/specs/tiktok_shop``.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

HEADER = "method\tpath\tcipher\tquery\tbody"
SOURCE = "tiktok_shop.openapi.reconstructed.json.gz"
TYPES = {"integer": "i", "number": "f", "string": "s", "boolean": "b", "object": "o"}
OPEN_SETS = frozenset({"currency", "locale", "region", "locales", "source_locale"})
"""Fields whose listed values grow from year to year: any text is taken."""

Schema = dict[str, Any]


def load(folder: Path) -> Schema:
    """The interface data in ``folder``."""
    with gzip.open(folder / SOURCE) as packed:
        document: Schema = json.load(packed)
    return document


def resolve(document: Schema, schema: Schema) -> Schema:
    """The schema itself, behind references and optional unions."""
    while True:
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
            continue
        for union in ("anyOf", "allOf", "oneOf"):
            left = [one for one in schema.get(union, ()) if one.get("type") != "null"]
            if len(left) == 1:
                schema = left[0]
                break
        else:
            return schema


def kind(document: Schema, name: str, schema: Schema, required: bool) -> str:
    """One field as ``name:kind[]!=A|B{children}``."""
    schema = resolve(document, schema)
    many = schema.get("type") == "array"
    inner = resolve(document, schema.get("items", {})) if many else schema
    letter = TYPES.get(str(inner.get("type")), "x")
    words = "" if name in OPEN_SETS or "enum" not in inner else "=" + "|".join(map(str, inner["enum"]))
    children = f"{{{tree(document, inner)}}}" if inner.get("properties") else ""
    return f"{name}:{letter}{'[]' if many else ''}{'!' if required else ''}{words}{children}"


def tree(document: Schema, schema: Schema) -> str:
    """The fields of an object, separated by commas."""
    needed = set(schema.get("required", ()))
    return ",".join(
        kind(document, name, inner, name in needed) for name, inner in schema.get("properties", {}).items()
    )


def _body(document: Schema, operation: Schema) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    for media, inner in content.items():
        fields = tree(document, resolve(document, inner["schema"]))
        return fields.replace("data:s!", "data:F!") if media == "multipart/form-data" else fields or "{}"
    return "-"


def rows(document: Schema) -> list[str]:
    """Every documented operation as a tab-separated line."""
    lines = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            given = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
            cipher = "yes" if any(one["name"] == "shop_cipher" for one in given) else "no"
            query = ",".join(
                kind(document, one["name"], one["schema"], bool(one.get("required")))
                for one in given
                if one["name"] != "shop_cipher"
            )
            lines.append(f"{method.upper()}\t{path}\t{cipher}\t{query or '-'}\t{_body(document, operation)}")
    return [HEADER, *sorted(lines, key=lambda line: line.split("\t")[1::-1])]


if __name__ == "__main__":
    print("\n".join(rows(load(Path(sys.argv[1])))))
