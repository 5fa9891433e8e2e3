"""Meta's family: Facebook and Instagram (``meta``), and WhatsApp (``whatsapp``), on one Graph API."""
