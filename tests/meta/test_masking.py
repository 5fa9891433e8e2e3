"""What is masked of Meta's people tells nothing of them: no name, no number, no word they wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from socialcommerce import Client, simulate
from socialcommerce.testing import planted

NAME, WISH = "Canaria Birdwing", "ring twice, please"


def events(shop: Client) -> Iterator[Any]:
    for push in shop.market.pushes():
        with shop.webhooks.receive(method=push.method, headers=push.headers, body=push.body) as receipt:
            yield from receipt.events


@pytest.mark.parametrize("platform", ["meta", "whatsapp"])
def test_masked_models_tell_nothing_of_the_buyer(platform: str) -> None:
    with simulate(platform) as shop:
        shop.market.add_product("MUG", 10)
        thread = shop.market.say(WISH)
        talk = shop.market.default.conversations[thread]
        talk.buyer.name = NAME
        if platform == "whatsapp":
            shop.market.buy("MUG")
        shop.market.say(f"{NAME} says: {WISH}", thread)
        took = list(events(shop))
        buyer = talk.buyer
        shown: list[Any] = [*took, *shop.messaging.conversations(), *shop.messaging.messages(thread)]
        if platform == "whatsapp":
            shown += [*shop.orders.list()]
        else:
            shown += [shop.messaging.profile(next(iter(shop.messaging.conversations())))]
        assert WISH in repr([one.model_dump() for one in shown]), "the words are there to be masked"
        assert NAME in repr([one.model_dump() for one in shown]), "the names are there to be masked"
        with planted(NAME, WISH, buyer.id) as watched:
            for one in shown:
                masked = one.masked()
                what = type(one).__name__
                watched.inspect(f"masked {what}", masked)
                watched.look(f"JSON of masked {what}", masked.model_dump_json())
                watched.look(f"dump of masked {what}", repr(masked.model_dump()))
