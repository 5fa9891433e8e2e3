"""Make the twin's table of operations from the vendor's interface data.

``rows(folder)`` answers the lines of ``simulators/shopee/operations.tsv``; run as a program
it prints the whole table: ``python tests/support/shopee_operations.py ../shared/specs/shopee``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

HEADER = "method\tpath\ttype\treply\twarning\tapps\tparameters"
APPS = {
    "Seller In House System": "S",
    "ERP System": "E",
    "Ads Service": "A",
    "Customer Service": "C",
}
TYPES = {
    "int": "i", "int32": "i", "int64": "i", "uint64": "i", "timestamp": "i", "long": "i",
    "float": "f", "double": "f", "string": "s", "boolean": "b", "bool": "b", "object": "o", "file": "F",
}  # fmt: skip
METHODS = {"/api/v2/payment/get_escrow_detail_batch": "POST"}
"""Where the documented method is wrong."""
ELEMENTS = {"image_id_list": "s[]"}
"""Where the documented type is wrong."""

SELLERCHAT = """
GET get_conversation_list direction:s!,type:s!,next_timestamp_nano:x,page_size:i
GET get_one_conversation conversation_id:s!,business_type:i
GET get_message conversation_id:s!,offset:s,page_size:i,message_id_list:s,business_type:i
GET get_unread_conversation_count business_type:i
GET get_offer_toggle_status -
POST send_message to_id:x!,message_type:s!,content:o!,business_type:i,conversation_id:x
POST send_autoreply_message to_id:x!,content:o!
POST upload_image file:F!
POST read_conversation conversation_id:x!,last_read_message_id:x!,business_type:i
POST unread_conversation conversation_id:x!,business_type:i
POST pin_conversation conversation_id:x!,business_type:i
POST unpin_conversation conversation_id:x!,business_type:i
POST mute_conversation conversation_id:x!,mute:b
POST delete_conversation conversation_id:x!,business_type:i
POST delete_message message_id:x!,message_type:s
POST set_offer_toggle_status make_offer_status:s!
""".strip().splitlines()
"""The chat module, whose pages are not public; ids are taken as numbers or texts."""


def parameters(tree: list[dict[str, Any]] | None) -> str:
    """One level of a request tree as ``name:type!{children}``."""
    parts = []
    for one in tree or []:
        kind = one.get("type", "")
        base, many = kind.removesuffix("[]"), kind.endswith("[]")
        short = ELEMENTS.get(one["name"], TYPES.get(base, "x") + ("[]" if many else ""))
        inner = f"{{{parameters(one['children'])}}}" if one.get("children") else ""
        parts.append(f"{one['name']}:{short}{'!' if one.get('required') == 'True' else ''}{inner}")
    return ",".join(parts)


def reply(tree: list[dict[str, Any]]) -> str:
    """How an operation answers: a file, a list, wrapped, or bare (fields beside ``error``)."""
    kinds = {one["name"]: one["type"] for one in tree}
    if "response" in kinds:
        return "list" if kinds["response"] == "object[]" else "wrapped"
    return "file" if "file" in kinds.values() else "bare"


def rows(folder: Path) -> list[str]:
    """Every documented operation, then the chat module, as tab-separated lines."""
    lines = [HEADER]
    for source in sorted(folder.glob("*.json")):
        if source.name == "index.json":
            continue
        for operation in json.loads(source.read_text(encoding="utf-8")):
            path, fields = operation["path"], operation["response_params"]
            letters = {APPS[one] for one in operation["api_permission"] or [] if one in APPS}
            lines.append(
                "\t".join(
                    (
                        METHODS.get(path, operation["method"]),
                        path,
                        operation["api_type"],
                        reply(fields),
                        "yes" if any(one["name"] == "warning" for one in fields) else "no",
                        "".join(sorted(letters)) or "S",
                        parameters(operation["request_params"]) or "-",
                    )
                )
            )
    for line in SELLERCHAT:
        method, name, tree = line.split()
        lines.append(f"{method}\t/api/v2/sellerchat/{name}\tShop\twrapped\tno\tCS\t{tree}")
    return lines


if __name__ == "__main__":
    print("\n".join(rows(Path(sys.argv[1]))))
