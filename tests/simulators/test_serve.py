"""A twin on loopback, as another program sees it."""

from __future__ import annotations

import http.client
import json
import threading
import urllib.request
from urllib.parse import urlsplit

import pytest
from tests.support.shopee_caller import HOST, Caller

from socialcommerce.simulators.market import Market
from socialcommerce.simulators.serve import main, serve
from socialcommerce.simulators.shopee import ShopeeTwin


def test_another_program_gets_the_twins_answers(twin: ShopeeTwin, market: Market, shop: Caller) -> None:
    product = market.add_product("TS-1", stock=5)
    body = {"item_id": int(product.id), "stock_list": [{"seller_stock": [{"stock": 9}]}]}
    request = shop.request("POST", "product/update_stock", body=body)
    with serve(twin) as served:
        url = request.url.replace(HOST, served.base_url)
        asked = urllib.request.Request(url, request.content, dict(request.headers), method="POST")
        with urllib.request.urlopen(asked, timeout=60) as reply:
            assert json.load(reply)["error"] == ""
    assert product.variants[0].available == 9


def test_a_dropped_line_is_a_closed_socket(twin: ShopeeTwin, market: Market, shop: Caller) -> None:
    market.fault("drop_before")
    path = shop.request("GET", "shop/get_profile").url.removeprefix(HOST)
    with serve(twin) as served:
        connection = http.client.HTTPConnection(urlsplit(served.base_url).netloc, timeout=60)
        connection.request("GET", path)
        with pytest.raises(http.client.RemoteDisconnected):
            connection.getresponse()
        connection.close()


def test_the_program_prints_what_to_use(capsys: pytest.CaptureFixture[str]) -> None:
    stop = threading.Event()
    stop.set()
    main(["shopee", "--seed", "3"], stop)
    told = json.loads(capsys.readouterr().out)
    assert told["base_url"].startswith("http://127.0.0.1:")
    assert {"partner_id", "partner_key", "shop_id"} <= told["settings"].keys()
    assert told["token"]["access_token"]
