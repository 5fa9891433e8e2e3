"""Advertising on Facebook and Instagram: campaigns, ad groups, ads, creatives, what they may reach."""

from __future__ import annotations

from socialcommerce.backends.meta.social.advertising.noun import MetaAds

__all__ = ["MetaAds"]
