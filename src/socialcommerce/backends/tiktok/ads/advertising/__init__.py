"""Advertising on TikTok: campaigns by hand, of Smart+ and of GMV Max, reports, people, advice."""

from __future__ import annotations

from socialcommerce.backends.tiktok.ads.advertising.noun import TikTokAdvertising

__all__ = ["TikTokAdvertising"]
