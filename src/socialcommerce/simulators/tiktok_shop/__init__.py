"""A pretend TikTok Shop Partner API, path versions 202309 to 202610.

Adding handlers: put a file into this package with a module-level ``routes = Routes()``; it is
found by itself. A handler takes one ``Call`` and answers ``data``, or raises ``Refused``::

    routes = Routes()

    @routes.on("GET", "/product/202309/products/{product_id}")
    def detail(call: Call) -> dict[str, Any]:
        product = call.shop.products.get(call.path["product_id"])
        ...

By then the signature, timestamp, token, scope, cipher and the documented required parameters
and types (``operations.tsv``) have been checked. ``call.shop`` is the account with its
products, orders, returns and conversations; ``call.path``, ``call.query`` and ``call.body``
hold the typed parameters; ``call.page`` cuts a page. Amounts may be ``Decimal``: they go out
as text. To change an order, package or return use ``call.shop.move_order`` and its kin, so
that webhooks go out.
"""

from __future__ import annotations

from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = ["TikTokShopTwin"]
