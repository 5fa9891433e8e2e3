"""Pretend Meta platforms: what they share is in ``graph``, their ends in ``social`` and ``whatsapp``."""
