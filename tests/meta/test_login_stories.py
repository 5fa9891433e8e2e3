"""A seller's login, from the link to the end of the consent, on the pretend Meta."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from socialcommerce import Client, simulate
from socialcommerce.errors import AuthenticationError, SocialCommerceError

BACK = "https://seller.example/back"
SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging", "business_management")


@pytest.fixture
def shop() -> Iterator[Client]:
    """A client of Facebook that a seller has authorised."""
    with simulate("meta") as client:
        yield client


def test_a_login_reaches_pages_catalogues_and_ad_accounts(shop: Client) -> None:
    link = shop.auth.authorize_url(BACK, state="s")
    (grant,) = shop.auth.exchange(shop.market.consent(link), state="s")
    assert "page" in {one.kind for one in grant.accounts}
    assert {one.kind for one in shop.accounts()} >= {"page", "ad", "catalog"}
    assert shop.auth.status().authorized


def test_who_says_no_grants_nothing(shop: Client) -> None:
    back = shop.market.consent(shop.auth.authorize_url(BACK, state="s"), deny=True)
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    with pytest.raises(AuthenticationError, match="refused"):
        shop.auth.exchange(back, state="s")


def test_a_code_works_once(shop: Client) -> None:
    back = shop.market.consent(shop.auth.authorize_url(BACK, state="s"))
    shop.auth.exchange(back, state="s")
    with pytest.raises(SocialCommerceError):
        shop.auth.exchange(back, state="s")


def test_a_token_outlives_its_60_days_while_it_is_used(shop: Client) -> None:
    shop.auth.status()
    for _ in range(6):
        shop.market.advance(timedelta(days=50))
        shop.accounts(kind="page")
        shop.market.advance(timedelta(days=5))
        assert shop.accounts(kind="page")


def test_what_is_revoked_is_forgotten(shop: Client) -> None:
    shop.auth.revoke()
    assert not shop.auth.status().authorized


def test_what_the_seller_withdraws_is_told(shop: Client) -> None:
    shop.market.default.revoke()
    assert not shop.auth.status().authorized
    with pytest.raises(AuthenticationError):
        shop.accounts(kind="page")


@pytest.mark.parametrize("slot", ["user", "page", "app"])
def test_every_slot_has_its_status(shop: Client, slot: str) -> None:
    assert shop.auth.status(slot=slot).authorized


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "server_error", "truncate"])
def test_reading_accounts_survives_a_fault(shop: Client, fault: str) -> None:
    shop.market.fault(fault, on="*/me/accounts")
    assert shop.accounts(kind="page")


def test_whatsapp_signs_up_and_reaches_its_numbers() -> None:
    with simulate("whatsapp") as client:
        config = client.market.twins["whatsapp"].add_config(*SCOPES)
        link = client.auth.authorize_url(BACK, state="s", native={"config_id": config})
        (grant,) = client.auth.exchange(client.market.consent(link), state="s")
        assert {one.kind for one in grant.accounts} >= {"waba", "phone"}
        assert {one.kind for one in client.accounts()} >= {"waba", "phone"}
        assert client.store.info().currency
