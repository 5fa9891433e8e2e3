"""Auth: a login from link to grant."""

from __future__ import annotations

import pytest

from socialcommerce import simulate
from socialcommerce.errors import AuthenticationError


def test_the_state_is_compared_before_anything_is_sent() -> None:
    with simulate("shopee", authorized=False) as shop:
        callback = shop.market.consent(shop.auth.authorize_url("https://app.example/cb", "s3cret"))
        with pytest.raises(AuthenticationError) as caught:
            shop.auth.exchange(callback, "another")
        assert caught.value.sent == "no"
        (grant,) = shop.auth.exchange(callback, "s3cret")
        assert grant.subject == shop.accounts()[0].id
        assert "token" not in repr(grant)
