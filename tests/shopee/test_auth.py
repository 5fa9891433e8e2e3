"""Consent and tokens on Shopee: links, exchange, the shared first refresh token, renewal, status."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from socialcommerce import Client, State, simulate
from socialcommerce.backends import Call, Shopee
from socialcommerce.errors import (
    AuthenticationError,
    AuthorizationRevoked,
    ConfigurationError,
    InvalidRequest,
    Unsupported,
)

CALLBACK = "https://app.example.com/cb"
SHOP_INFO = "/api/v2/shop/get_shop_info"


def paths(shop: Client) -> list[str]:
    return [request.path.rpartition("/")[2] for request in shop.market.requests]


def renewals(shop: Client) -> int:
    return sum(request.path.endswith("auth/access_token/get") for request in shop.market.requests)


@pytest.fixture
def stranger() -> Client:
    """A client whose seller has not consented yet."""
    return simulate("shopee", authorized=False)


def test_without_consent_nothing_is_sent_and_the_error_says_what_to_do(stranger: Client) -> None:
    with pytest.raises(AuthenticationError, match="authorize_url") as caught:
        stranger.store.info()
    assert caught.value.sent == "no"
    assert stranger.market.requests == []


def test_a_seller_consents_and_the_shop_answers(stranger: Client) -> None:
    link = stranger.auth.authorize_url(CALLBACK, state="s-1")
    grants = stranger.auth.exchange(stranger.market.consent(link), state="s-1")
    assert [grant.accounts[0].kind for grant in grants] == ["shop"]
    assert stranger.store.info().name


def test_the_legacy_link_works_too_and_carries_no_state(stranger: Client) -> None:
    link = stranger.auth.authorize_url(CALLBACK, native={"style": "legacy"})
    assert "sign=" in link
    assert stranger.auth.exchange(stranger.market.consent(link))
    with pytest.raises(InvalidRequest, match="state"):
        stranger.auth.authorize_url(CALLBACK, state="s", native={"style": "legacy"})
    with pytest.raises(InvalidRequest, match="style"):
        stranger.auth.authorize_url(CALLBACK, native={"style": "fancy"})


def test_scopes_are_refused_because_shopee_has_none(stranger: Client) -> None:
    with pytest.raises(Unsupported, match="no scopes"):
        stranger.auth.authorize_url(CALLBACK, scopes=["orders"])


def test_a_forged_return_is_refused_before_anything_is_sent(stranger: Client) -> None:
    callback = stranger.market.consent(stranger.auth.authorize_url(CALLBACK, state="mine"))
    with pytest.raises(AuthenticationError, match="state") as caught:
        stranger.auth.exchange(callback, state="other")
    assert caught.value.sent == "no"
    assert stranger.market.requests == []


@pytest.mark.parametrize("callback", [{"shop_id": "1"}, {"code": "c"}, f"{CALLBACK}?error=denied"])
def test_a_return_that_names_nothing_is_refused(stranger: Client, callback: Any) -> None:
    with pytest.raises(AuthenticationError):
        stranger.auth.exchange(callback)
    assert stranger.market.requests == []


def test_a_code_is_good_once(stranger: Client) -> None:
    callback = stranger.market.consent(stranger.auth.authorize_url(CALLBACK))
    stranger.auth.exchange(callback)
    with pytest.raises(AuthenticationError):
        stranger.auth.exchange(callback)


def test_a_main_account_brings_many_shops_that_share_one_first_refresh_token() -> None:
    client = simulate("shopee", accounts=3, authorized=False)
    link = client.auth.authorize_url(CALLBACK)
    grants = client.auth.exchange(client.market.consent(link, main_account=True))
    shops = [grant.accounts[0] for grant in grants if grant.accounts[0].kind == "shop"]
    assert len(shops) == 3
    assert len({grant.token.refresh_token for grant in grants}) == 1
    client.market.advance(timedelta(hours=5))
    for account in shops:
        assert client.for_account(account).store.info().name
    assert renewals(client) == 3
    client.market.advance(timedelta(hours=5))
    assert client.for_account(shops[0]).store.info().name, "the pair of one's own renews too"


def test_an_access_token_is_renewed_when_it_is_time_and_only_then() -> None:
    shop = simulate("shopee")
    shop.store.carriers()
    assert renewals(shop) == 0
    shop.market.advance(timedelta(hours=4))
    shop.store.carriers()
    shop.store.carriers()
    assert renewals(shop) == 1


def test_a_token_that_the_platform_refuses_is_renewed_and_the_call_repeated() -> None:
    shop = simulate("shopee")
    shop.market.fault("expire_token", on="GET *get_channel_list")
    assert shop.store.carriers()
    assert renewals(shop) == 1


def test_after_revocation_the_seller_must_consent_again() -> None:
    shop = simulate("shopee")
    account = shop.accounts("shop")[0]
    shop.market.account(account.id).revoke()
    with pytest.raises(AuthorizationRevoked):
        shop.store.carriers()
    assert not shop.auth.status()


def test_status_tells_the_three_expiries_and_warns_before_consent_ends() -> None:
    shop = simulate("shopee")
    status = shop.auth.status()
    assert status.authorized
    assert status.consent_expires_at is not None
    assert status.access_expires_at is not None
    assert status.refresh_expires_at is not None
    assert status.access_expires_at < status.refresh_expires_at < status.consent_expires_at
    assert status.warnings == ()


def test_refresh_renews_at_once_and_shows_no_secret() -> None:
    shop = simulate("shopee")
    before = shop.auth.status().access_expires_at
    shop.market.advance(timedelta(minutes=1))
    token = shop.auth.refresh()
    assert token.access_expires_at is not None
    assert before is not None
    assert token.access_expires_at > before
    assert token.access_token.get_secret_value() not in repr(token)


def test_revoke_answers_the_page_where_the_seller_does_it() -> None:
    shop = simulate("shopee")
    link = shop.auth.revoke()
    assert link is not None
    assert link.startswith("https://open.shopee.com/cancel_auth?")
    assert shop.market.requests == []


def test_tokens_cannot_be_had_without_a_person() -> None:
    with pytest.raises(Unsupported, match="consent"):
        simulate("shopee").auth.acquire()


def test_a_client_without_a_shop_id_uses_the_only_shop_it_has_tokens_for() -> None:
    twin = simulate("shopee", authorized=False)
    settings = twin.market.twins["shopee"].settings()
    settings.pop("shop_id")
    client = Client(
        Shopee(**settings), transport=twin.market.twins["shopee"].handle, clock=twin.market.clock.now
    )
    with pytest.raises(ConfigurationError, match="shop_id"):
        client.store.info()
    client.auth.exchange(twin.market.consent(client.auth.authorize_url(CALLBACK)))
    assert client.store.info().name


def test_with_several_shops_the_caller_must_choose() -> None:
    twin = simulate("shopee", accounts=2, authorized=False)
    settings = twin.market.twins["shopee"].settings()
    settings.pop("shop_id")
    state = State.memory(twin.market.clock.now)
    client = Client(
        Shopee(**settings),
        transport=twin.market.twins["shopee"].handle,
        clock=twin.market.clock.now,
        state=state,
    )
    link = client.auth.authorize_url(CALLBACK)
    shops = [grant.subject for grant in client.auth.exchange(twin.market.consent(link, main_account=True))]
    with pytest.raises(ConfigurationError, match="for_account"):
        client.store.info()
    assert client.for_account(shops[0]).store.info().name


def test_the_settings_may_bring_the_first_tokens() -> None:
    twin = simulate("shopee", authorized=False)
    shopee = twin.market.twins["shopee"]
    pair = shopee.issue_token(shopee.accounts[0])
    backend = Shopee(
        **shopee.settings(), access_token=pair["access_token"], refresh_token=pair["refresh_token"]
    )
    client = Client(backend, transport=shopee.handle, clock=twin.market.clock.now)
    assert client.store.info().name
    assert pair["access_token"] not in repr(backend) + repr(client) + str(backend.apps)


def test_accounts_lists_the_shops_that_consented() -> None:
    client = simulate("shopee", accounts=2)
    assert len(client.accounts("shop")) == 2
    assert {account.currency for account in client.accounts("shop")} == {"SGD"}


def test_signing_is_pure_and_needs_an_account_where_the_path_does() -> None:
    backend = Shopee(1, "key", shop_id=2)
    call = Call("GET", SHOP_INFO)
    assert backend.authorize(call, "t", 1) == backend.authorize(call, "t", 1.9)
    with pytest.raises(ConfigurationError, match="account"):
        Shopee(1, "key").authorize(call, "t", 1)
    with pytest.raises(ConfigurationError, match="partner_id"):
        Shopee("not a number", "key")
