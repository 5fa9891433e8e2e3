"""TikTok's Business API, version 1.3: advertising, and the messages of TikTok accounts."""

from __future__ import annotations

from socialcommerce.backends.tiktok.ads.backend import TikTokAds

__all__ = ["TikTokAds"]
