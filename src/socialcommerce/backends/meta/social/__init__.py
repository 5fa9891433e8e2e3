"""Facebook and Instagram over the Graph API: catalogue, advertising, messages."""

from __future__ import annotations

from socialcommerce.backends.meta.social.backend import Meta

__all__ = ["Meta"]
