"""WhatsApp keeps every rule that a backend has to keep."""

from __future__ import annotations

from socialcommerce.testing import BackendConformance


class TestWhatsApp(BackendConformance):
    name = "whatsapp"
