"""What receiving a push costs: verified, parsed and wrapped in a receipt, without remembering it.

Run it: ``python -m tests.benchmarks.bench_webhook [rounds]``. Budget: 25 us for 600 bytes.
"""

from __future__ import annotations

import json
import sys

from tests.benchmarks.bench_call import Row, measure

from socialcommerce import Client
from socialcommerce.backends import Shopee

BODY = json.dumps(
    {
        "code": 3,
        "shop_id": 14701711,
        "timestamp": 1762003200,
        "data": {
            "ordersn": "251101ABCDEFGH",
            "status": "READY_TO_SHIP",
            "completed_scenario": "",
            "update_time": 1762003200,
            "items": [{"item_id": 34_000_000 + number, "model_id": 0, "quantity": 1} for number in range(7)],
        },
        "msg_id": "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    }
).encode()


def rows() -> dict[str, Row]:
    """The same signed push, verified and parsed alone, and received through the face."""
    shop = Client(
        Shopee(
            2001887,
            "1391fd986fe8ec7569bebed75b0c33ee",
            shop_id=14701711,
            callback_urls={"default": "https://x.test/p"},
        )
    )
    signed = shop.webhooks.sign(BODY)
    noun = shop.backend.noun_at("webhooks")(shop._core.session, "webhooks.receive")
    return {
        "verify + parse": lambda: noun.received(method="POST", headers=signed.headers, body=BODY),
        "webhooks.receive": lambda: shop.webhooks.receive(method="POST", headers=signed.headers, body=BODY),
    }


def main(rounds: int = 20_000) -> None:
    """Print what one push costs."""
    for name, seconds in measure(rows(), rounds).items():
        sys.stdout.write(f"{name:18} {len(BODY)} bytes {seconds * 1e6:6.1f} us\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
