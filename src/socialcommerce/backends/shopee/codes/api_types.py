"""Which identity an operation speaks for. Shopee documents 444 operations; all but these are Shop.

Source: Shopee's API reference, field ``api_type``, newest change 2026-08-12.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias

__all__ = ["ApiType", "api_type"]

ApiType: TypeAlias = Literal["Public", "Shop", "Merchant", "User", "Principal"]

_MODULES: dict[str, ApiType] = {
    "auth": "Public",
    "public": "Public",
    "push": "Public",
    "media": "Public",
    "global_product": "Merchant",
    "merchant": "Merchant",
    "livestream": "User",
    "video": "User",
    "principal": "Principal",
}
_OPERATIONS: dict[str, ApiType] = {
    "media_space/upload_image": "Public",
    "media_space/upload_video_part": "Public",
    "media_space/complete_video_upload": "Public",
    "payment/get_payment_method_list": "Public",
    "shop/auth_partner": "Public",
    "shop/cancel_auth_partner": "Public",
}


@lru_cache(maxsize=1024)
def api_type(path: str) -> ApiType:
    """The API type of a path such as ``/api/v2/product/get_item_list``."""
    operation = path.removeprefix("/api/v2/")
    module, _, _ = operation.partition("/")
    return _OPERATIONS.get(operation) or _MODULES.get(module, "Shop")
