"""The platforms' own SDKs, and the common HTTP libraries, beside this one: the same bytes from loopback.

Run it: ``python -m tests.benchmarks.bench_peers [rounds]``. Each table is of one exchange, its rows
take turns, and the first row of ours is the measure of the others: above 1 is slower than ours. A peer
that is not installed (the extra ``peers``) is left out, with a line that says so.

What they do is not the same in everything. Of the peers none keeps rate limits, retries, or remembers
anything; ``pyshopee`` and ``facebook-business`` give dictionaries, ``tiktok-shop-api`` and ``pywa``
typed objects. Ours maps a part when it is looked at; the rows "all read" look at every title and price.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, redirect_stdout
from itertools import cycle
from statistics import median
from types import ModuleType
from typing import Any, TypeAlias

import httpx
from attrs import field, frozen
from tests.benchmarks import bench_typed
from tests.benchmarks.bench_call import Row, serving
from tests.benchmarks.made_orders import page

from socialcommerce import Client
from socialcommerce.backends import Meta, TikTokShop, WhatsApp
from socialcommerce.runtime.http import DefaultTransport
from socialcommerce.runtime.http_fast import FastTransport

CATALOG, PHONE, WABA = "1022334455667788", "106540352242922", "102290129340398"
BUYER = "16505551234"
SECRET, TOKEN = "8f4a0000aaaa1111bbbb2222cccc3333", "EAAG0000aaaa1111"
OURS = "ours, fast transport"
PEOPLE = 100
"""How many are answered in turn."""

Peer: TypeAlias = Callable[[str, ExitStack], Row]
"""Given the base URL of the server, answers what is timed; ``ImportError`` where it is not installed."""


@frozen
class Table:
    """One exchange: what the server says, how ours asks, and how the peers do."""

    title: str
    reply: bytes
    ours: Callable[[str, ExitStack], dict[str, Row]]
    peers: dict[str, Peer] = field(factory=dict)


def item(number: int) -> dict[str, Any]:
    """One item of a Meta catalogue, about 950 bytes."""
    link = f"https://shop.example.com/p/TS-{number}"
    return {
        "id": str(24_500_000_000_000 + number),
        "retailer_id": f"TS-{number}",
        "name": f"Heavyweight cotton tee {number}",
        "description": "A boxy tee of combed cotton, washed once. " * 7,
        "availability": "in stock",
        "condition": "new",
        "price": "$19.99",
        "currency": "USD",
        "brand": "Example",
        "quantity_to_sell_on_facebook": 12,
        "url": link,
        "image_url": f"{link}.jpg",
        "additional_image_urls": [f"{link}-2.jpg", f"{link}-3.jpg"],
        "retailer_product_group_id": f"G-{number}",
        "review_status": "approved",
        "visibility": "published",
        "product_group": {"id": str(24_600_000_000_000 + number), "retailer_id": f"G-{number}"},
    }


def reply(payload: Any) -> bytes:
    """An HTTP reply of JSON."""
    body = json.dumps(payload).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


def both(backend: Any, stack: ExitStack, prepared: Callable[[Client], Row]) -> dict[str, Row]:
    """Ours over the fast transport, which is the measure, and over the default one."""
    rows = {}
    for name, transport in ((OURS, FastTransport()), ("ours, default transport", DefaultTransport())):
        client = stack.enter_context(Client(backend, transport=transport, limits=bench_typed.GENEROUS))
        rows[name] = prepared(client)
    return rows


# The HTTP libraries, for any exchange that is a GET


def _httpx(base: str, stack: ExitStack) -> Row:
    client = stack.enter_context(httpx.Client())
    return lambda: client.get(f"{base}/api?partner_id=2001887").json()


def _requests(base: str, stack: ExitStack) -> Row:
    import requests

    session = stack.enter_context(requests.Session())
    return lambda: session.get(f"{base}/api?partner_id=2001887").json()


def _aiohttp(base: str, stack: ExitStack) -> Row:
    import aiohttp

    runner = stack.enter_context(asyncio.Runner())

    async def opened() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    session = runner.run(opened())
    stack.callback(lambda: runner.run(session.close()))

    async def get() -> Any:
        async with session.get(f"{base}/api?partner_id=2001887") as response:
            return await response.json()

    return lambda: runner.run(get())


HTTP: dict[str, Peer] = {"bare requests": _requests, "bare httpx": _httpx, "bare aiohttp": _aiohttp}


# A page of fifty items of a Meta catalogue


def _meta(base: str, stack: ExitStack) -> dict[str, Row]:
    backend = Meta("1234", SECRET, TOKEN, catalog_id=CATALOG, host=base)
    rows = both(backend, stack, lambda client: lambda: client.catalog.list().collect())
    client = stack.enter_context(Client(backend, transport=FastTransport(), limits=bench_typed.GENEROUS))
    return rows | {"ours, all read": lambda: [_read(each) for each in client.catalog.list()]}


def _read(product: Any) -> Any:
    return product.title, product.variants[0].price


def _facebook_business(base: str, stack: ExitStack) -> Row:
    from facebook_business.adobjects.productcatalog import ProductCatalog
    from facebook_business.api import FacebookAdsApi
    from facebook_business.session import FacebookSession

    session = FacebookSession("1234", SECRET, TOKEN)
    session.GRAPH = base
    stack.callback(session.requests.close)
    catalog = ProductCatalog(CATALOG, api=FacebookAdsApi(session, api_version="v26.0"))
    fields = list(item(0))
    return lambda: list(catalog.get_products(fields=fields, params={"limit": 50}))


# A text on WhatsApp


def _push(person: int = 0) -> bytes:
    """Somebody wrote just now, so that a reply is free: about 600 bytes."""
    buyer, user = str(int(BUYER) + person), f"US.{13491208655302741918 + person}"
    message = {
        "from": buyer,
        "from_user_id": user,
        "id": f"wamid.HBgL{buyer}VAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": "Is the heavyweight tee to be had in blue, and in size L?"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": PHONE},
        "contacts": [{"profile": {"name": "Sheena Nelson"}, "wa_id": buyer, "user_id": user}],
        "messages": [message],
    }
    entry = {"id": WABA, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def _number(base: str = "https://graph.facebook.com") -> WhatsApp:
    return WhatsApp("1234", SECRET, TOKEN, phone_number_id=PHONE, waba_id=WABA, host=base)


def _heard(client: Client, body: bytes) -> Any:
    """Receive a message, so that its writer may be answered; the conversation."""
    signed = client.webhooks.sign(body)
    with client.webhooks.receive(method="POST", headers=signed.headers, body=body) as receipt:
        return receipt.events[0].state


def _whatsapp(base: str, stack: ExitStack) -> dict[str, Row]:
    def prepared(client: Client) -> Row:
        people = cycle([_heard(client, _push(person)) for person in range(PEOPLE)])
        return lambda: client.messaging.send(next(people), "Yes, both!")

    return both(_number(base), stack, prepared)


def _pywa(base: str, stack: ExitStack) -> Row:
    from pywa import WhatsApp as Peer

    session = stack.enter_context(httpx.Client())
    peer = Peer(phone_id=PHONE, token=TOKEN, session=session)
    session.base_url = httpx.URL(f"{base}/v26.0")
    return lambda: peer.send_message(BUYER, "Yes, both!")


def _posted(base: str, stack: ExitStack) -> Row:
    client = stack.enter_context(httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}))
    body = {"messaging_product": "whatsapp", "to": BUYER, "type": "text", "text": {"body": "Yes, both!"}}
    return lambda: client.post(f"{base}/v26.0/{PHONE}/messages", json=body).json()


ACCEPTED = {
    "messaging_product": "whatsapp",
    "contacts": [{"input": BUYER, "wa_id": BUYER}],
    "messages": [{"id": "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA"}],
}


# Fifty products of Shopee, fifty orders of TikTok Shop


def _shopee(base: str, stack: ExitStack) -> dict[str, Row]:
    return both(bench_typed.shopee(base), stack, lambda client: lambda: client.catalog.get(bench_typed.IDS))


def _pyshopee(base: str, stack: ExitStack) -> Row:
    sys.modules.setdefault("selenium", ModuleType("selenium"))
    sys.modules["selenium"].webdriver = None  # type: ignore[attr-defined]  # it is imported, and used for a login alone
    from pyshopee2 import Client as Peer

    peer = Peer(14701711, 2001887, SECRET, "https://x.test", access_token=TOKEN)
    peer.host = base
    ids = ",".join(bench_typed.IDS)

    def ask() -> Any:
        with redirect_stdout(io.StringIO()):  # it prints every address, with the token
            return peer.product.get_item_base_info(item_id_list=ids)

    return ask


def _tiktok_shop(base: str, stack: ExitStack) -> dict[str, Row]:
    backend = TikTokShop(
        "6bcd3fg", SECRET, shop_id=7, shop_cipher="ROW_7", access_token=TOKEN, host=base, region="US"
    )
    return both(backend, stack, lambda client: lambda: client.orders.list().collect())


def _tiktok_shop_api(base: str, stack: ExitStack) -> Row:
    from tiktok_shop_api import TikTokShop as Peer
    from tiktok_shop_api.generated.models import GetOrderListRequest

    peer = stack.enter_context(Peer("6bcd3fg", SECRET, TOKEN, "ROW_7", base_url=base))
    return lambda: peer.orders.get_order_list(body=GetOrderListRequest(), page_size=50)


def tables() -> Iterator[Table]:
    """Every exchange over the network."""
    yield Table("one typed GET", bench_typed.CALL, _addresses, HTTP)
    facebook: dict[str, Peer] = {"facebook-business": _facebook_business}
    catalogue = reply({"data": [item(number) for number in range(50)], "paging": {}})
    yield Table("a page of 50 items of a Meta catalogue (48 kB)", catalogue, _meta, facebook | HTTP)
    sent: dict[str, Peer] = {"pywa": _pywa, "bare httpx": _posted}
    yield Table("a text on WhatsApp", reply(ACCEPTED), _whatsapp, sent)
    shopee: dict[str, Peer] = {"pyshopee": _pyshopee}
    yield Table("50 products of Shopee (48 kB)", bench_typed.PAGE, _shopee, shopee | HTTP)
    orders = reply(json.loads(page(0, 50, 1)))
    tiktok: dict[str, Peer] = {"tiktok-shop-api": _tiktok_shop_api}
    yield Table("50 orders of TikTok Shop (48 kB)", orders, _tiktok_shop, tiktok)


def _addresses(base: str, stack: ExitStack) -> dict[str, Row]:
    return both(bench_typed.shopee(base), stack, lambda client: client.store.addresses)


# Pushes: no network


def _received(base: str, stack: ExitStack) -> dict[str, Row]:
    client = stack.enter_context(Client(_number()))
    body = _push()
    signed = client.webhooks.sign(body)
    return {"ours": lambda: client.webhooks.receive(method="POST", headers=signed.headers, body=body).events}


def _pywa_received(base: str, stack: ExitStack) -> Row:
    from pywa import WhatsApp as Peer
    from pywa.types import Message, RawUpdate
    from pywa.utils import webhook_updates_validator

    peer = Peer(phone_id=PHONE, token=TOKEN, session=stack.enter_context(httpx.Client()))
    body = _push()
    signature = "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

    def receive() -> Any:
        if not webhook_updates_validator(SECRET, body, signature):
            raise AssertionError("the signature is right")
        return Message.from_update(peer, RawUpdate(body, hmac_header=signature, update_hash=signature))

    return receive


def _line_received(base: str, stack: ExitStack) -> Row:
    from linebot.v3 import WebhookParser

    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
        "source": {"type": "user", "userId": "U4af4980629"},
        "message": {
            "type": "text",
            "id": "444573844083572737",
            "quoteToken": "q3Plxr",
            "text": "blue? " * 40,
        },
    }
    body = json.dumps({"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": [event]})
    digest = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).digest()
    signature, parser = base64.b64encode(digest).decode(), WebhookParser(SECRET)
    return lambda: parser.parse(body, signature)


PUSHES = Table(
    "a push of a message (600 bytes), verified and read",
    b"",
    _received,
    {"pywa": _pywa_received, "line-bot-sdk (of its own, as long)": _line_received},
)


def prepared(table: Table, base: str, stack: ExitStack) -> tuple[dict[str, Row], dict[str, str]]:
    """What is timed, ours first; and the peers that are left out, each with the reason."""
    rows, left_out = table.ours(base, stack), {}
    for name, peer in table.peers.items():
        try:
            rows[name] = peer(base, stack)
        except ImportError as error:
            left_out[name] = f"left out: {error}"
    return rows, left_out


def measured(rows: dict[str, Row], rounds: int) -> dict[str, tuple[float, float]]:
    """The median seconds of each, of the wall clock and of the processor, the rows taking turns."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
    for turn in range(rounds + rounds // 10):
        for name, row in rows.items():
            wall, processor = time.perf_counter(), time.process_time()
            row()
            if turn >= rounds // 10:
                times[name].append((time.perf_counter() - wall, time.process_time() - processor))
    return {name: (median(w for w, _ in each), median(p for _, p in each)) for name, each in times.items()}


def show(table: Table, base: str, rounds: int) -> None:
    """Measure one table and print it."""
    with ExitStack() as stack:
        rows, left_out = prepared(table, base, stack)
        told = measured(rows, rounds)
    first, lines = next(iter(told.values())), [table.title]
    for name, (wall, processor) in told.items():
        ratios = f"{wall / first[0]:6.2f} x {processor / first[1]:6.2f} x processor"
        lines.append(f"  {name:36} {wall * 1e6:9.1f} us {ratios}")
    lines += [f"  {name:36} {reason}" for name, reason in left_out.items()]
    sys.stdout.write("\n".join(lines) + "\n")


def main(rounds: int = 300) -> None:
    """Print every table."""
    logging.getLogger("pywa").setLevel(logging.ERROR)
    for table in tables():
        with serving(table.reply) as base:
            show(table, base, rounds)
    show(PUSHES, "", 10 * rounds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
