"""Make the pretend Graph API's tables from Meta's interface data.

``tables(folder)`` answers the three tables of ``simulators/meta/graph`` by file name; run as a program
it writes them: ``python tests/support/meta_operations.py ../shared/specs/meta src/…/meta/graph``.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

PLAYED = """
Ad AdAccount AdCreative AdImage AdReportRun AdSet AdVideo AdsInsights AdsPixel Application Business
Campaign CheckBatchRequestStatus Comment CommerceMerchantSettings ContentPublishingLimitResponse
CustomAudience ExternalEventSource IGComment IGMedia IGUser Page PagePost Photo ProductCatalog
ProductCatalogDiagnosticGroup ProductEventStat ProductFeed ProductFeedRule ProductFeedSchedule
ProductFeedUpload ProductFeedUploadError ProductFeedUploadErrorReport ProductGroup ProductItem
ProductItemError ProductSet ProductVariant ShadowIGMediaProductTags ShadowIGUserCatalogProductSearch
ShadowIGUserCatalogProductVariant Shop SystemUser Targeting TargetingGeoLocation UnifiedThread User
UserAvailableCatalogs
WhatsAppBusinessAccount WhatsAppBusinessProfile
"""
"""The kinds of node that the twins play."""
OPEN = re.compile(
    r"commerce_tax_category|origin_country|timezone_id|error_type|vertical_enum|currency|survey|"
    r"subscribed_fields"
)
"""Closed types whose words are many and change from year to year: any text is taken."""
OF_FIELDS = ("AdCreative_call_to_action_type", "AdPromotedObject_custom_event_type")
"""Closed types of fields whose words objects inside a parameter are held to."""
NOTICE = "# Facts from Meta's interface data: Copyright (c) Meta Platforms, Inc. and affiliates.\n"


def load(folder: Path, name: str) -> Any:
    """One file of the interface data."""
    return json.loads((folder / "api_specs" / f"{name}.json").read_text(encoding="utf-8"))


def tables(folder: Path) -> dict[str, str]:
    """The tables, by file name."""
    known = {
        one["name"]: one["values"]
        for one in load(folder, "enum_types")
        if not OPEN.search(one["name"]) and len(one["values"]) <= 60
    }
    fields, edges, used = [], [], set()
    for kind in PLAYED.split():
        node = load(folder, kind)
        names = sorted({one["name"] for one in node["fields"]} | {"id"})
        fields.append(f"{kind}\t{' '.join(names)}")
        for call in node["apis"]:
            used |= {one["type"].removeprefix("list<").rstrip(">") for one in call["params"]}
            edges.append(_edge(kind, call))
    known |= {one["name"]: one["values"] for one in load(folder, "enum_types") if one["name"] in OF_FIELDS}
    words = [f"{name}\t{'|'.join(known[name])}" for name in sorted(used.union(OF_FIELDS) & known.keys())]
    made = {"fields.tsv": fields, "edges.tsv": edges, "words.tsv": words}
    return {name: NOTICE + "\n".join(rows) + "\n" for name, rows in made.items()}


def _edge(kind: str, call: Any) -> str:
    given = " ".join(
        f"{one['name']}:{one['type'].replace(' ', '~')}{'!' if one['required'] else ''}"
        for one in call["params"]
    )
    edge = (call.get("endpoint") or "").strip("/")
    return f"{kind}\t{call['method']}\t{edge}\t{call['return']}\t{given or '-'}"


if __name__ == "__main__":
    for file, text in tables(Path(sys.argv[1])).items():
        (Path(sys.argv[2]) / file).write_text(text, encoding="utf-8")
