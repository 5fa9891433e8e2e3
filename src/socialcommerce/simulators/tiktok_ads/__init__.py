"""The offline twin of TikTok API for Business v1.3: ads, reports, audiences, events, messages, webhooks."""

from __future__ import annotations

from socialcommerce.simulators.tiktok_ads.twin import TikTokAdsTwin

__all__ = ["TikTokAdsTwin"]
