"""Messenger and Instagram messages: read, answered, handed over."""

from __future__ import annotations

from socialcommerce.backends.meta.social.messaging.noun import MetaMessaging

__all__ = ["MetaMessaging"]
