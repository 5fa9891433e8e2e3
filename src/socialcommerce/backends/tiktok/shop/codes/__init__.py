"""TikTok Shop's words as data: errors, statuses, limits, refusals."""
