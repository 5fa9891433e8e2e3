"""TikTok's family: the shop (``tiktok_shop``) and its advertising (``tiktok_ads``)."""
