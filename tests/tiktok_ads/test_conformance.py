"""TikTok Ads keeps every rule that a backend has to keep."""

from __future__ import annotations

from socialcommerce.testing import BackendConformance


class TestTikTokAds(BackendConformance):
    name = "tiktok_ads"
