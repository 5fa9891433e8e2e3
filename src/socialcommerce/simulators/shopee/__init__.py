"""A pretend Shopee Open Platform v2.

Adding handlers: put a file into this package with a module-level ``routes = Routes()``; it is
found by itself. A handler takes one ``Call`` and answers the fields of ``response`` (or of
the top level, for an operation that is documented unwrapped), or raises ``Refused``::

    routes = Routes()

    @routes.get("returns/get_return_detail")
    def detail(call: Call) -> dict[str, Any]:
        request = call.shop.returns.get(call.params["return_sn"])
        if request is None:
            raise Refused("error_not_found", "Wrong parameters, detail: return_sn.")
        return {"return_sn": request.id, ...}

By then the signature, timestamp, token, app category and the documented required
parameters and types (``operations.tsv``) have been checked. ``call.shop`` is the account
with its orders, returns, conversations and campaigns, ``call.now`` the pretend time,
``call.twin`` the platform, ``call.csv``, ``call.within`` and ``call.rows`` read checked
parameters, ``call.files`` uploaded bytes. ``_beside`` and ``_warning`` in an answer go
beside ``response``; ``Raw`` answers a file. Money may be ``Decimal``. To change an order,
package or return use ``call.shop.move_order`` and its kin, so that pushes go out. What
buyers and the platform do with a return is in ``return_cases``; what a campaign is today,
and the rules for all of them, in ``campaigns``; what an order brings, in ``income``.
"""

from __future__ import annotations

from socialcommerce.simulators.shopee.twin import ShopeeTwin

__all__ = ["ShopeeTwin"]
