"""A pretend WhatsApp Business Platform. How to add handlers: see ``simulators.meta.graph``."""

from __future__ import annotations

from socialcommerce.simulators.meta.whatsapp.twin import WhatsAppTwin

__all__ = ["WhatsAppTwin"]
