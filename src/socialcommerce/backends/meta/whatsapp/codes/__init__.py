"""WhatsApp's words for things, as data: statuses, refusals."""
