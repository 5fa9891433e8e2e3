"""``client.messaging`` on WhatsApp; in ``cards`` are the messages that WhatsApp alone has."""

from __future__ import annotations

from socialcommerce.backends.meta.whatsapp.messaging.noun import WhatsAppMessaging

__all__ = ["WhatsAppMessaging"]
