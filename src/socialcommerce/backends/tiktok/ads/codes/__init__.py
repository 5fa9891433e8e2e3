"""TikTok's words for things, as data: errors, statuses, refusals."""
