"""WhatsApp's Business Platform (Cloud API): messages, templates, and orders that come as messages."""

from __future__ import annotations

from socialcommerce.backends.meta.whatsapp.backend import WhatsApp

__all__ = ["WhatsApp"]
