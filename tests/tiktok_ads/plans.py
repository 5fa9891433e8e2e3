"""Plans for the tests of TikTok's ads, and wires that take them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.tiktok_ads.wire import Wire, ad, group, page

from socialcommerce import Money
from socialcommerce.models.ads import (
    Budget,
    CampaignInput,
    Delivery,
    Targeting,
)

STORE = {"store_id": "5", "store_authorized_bc_id": "100", "is_gmv_max_available": True}
TRAFFIC = Delivery(objective="traffic")
DAILY = Budget(kind="daily", amount=Money("50", "USD"))
REACH = Delivery(goal="clicks", targeting=Targeting(regions=["6252001"]))
PNG = b"\x89PNG\r\n\x1a\nhello"


def sample(shared: Path, name: str) -> Any:
    return json.loads((shared / f"samples/tiktok_ads/{name}.json").read_text())


def gmv(**fields: Any) -> CampaignInput:
    given: dict[str, Any] = {
        "name": "GMV",
        "kind": "shop_gmv_max",
        "budget": DAILY,
        "target_roas": Decimal("3.5"),
    }
    return CampaignInput(**given | fields)


def gmv_wire() -> Wire:
    wire = Wire()
    wire["/gmv_max/store/list/"] = {"store_list": [STORE]}
    wire["/gmv_max/exclusive_authorization/get/"] = {"authorization_status": "UNAUTHORIZED"}
    wire["/gmv_max/exclusive_authorization/create/"] = {}
    wire["/campaign/gmv_max/create/"] = {"campaign_id": "4"}
    wire["/campaign/status/update/"] = {"campaign_ids": ["4"], "status": "DISABLE"}
    return wire


IDENTITY = {"identity_id": "i1", "identity_type": "TT_USER"}


def ad_wire() -> Wire:
    wire = Wire()
    wire["/adgroup/get/"] = page(group("11"))
    wire["/identity/get/"] = page(IDENTITY, key="identity_list")
    wire["/ad/create/"] = {"ad_ids": ["21"]}
    wire["/ad/get/"] = page(ad("21"))
    wire["/file/image/ad/upload/"] = {"image_id": "img1"}
    wire["/file/video/ad/upload/"] = {"code": 0, "data": [{"video_id": "v1"}]}
    return wire
