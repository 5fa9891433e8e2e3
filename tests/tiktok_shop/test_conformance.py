"""TikTok Shop keeps every rule that a backend has to keep."""

from __future__ import annotations

from typing import Any, ClassVar

from socialcommerce.testing import BackendConformance


class TestTikTokShop(BackendConformance):
    name = "tiktok_shop"
    settings: ClassVar[dict[str, Any]] = {"shop_id": "1", "shop_cipher": "GCP_1"}  # calls are signed with it
