"""The types a user sees, held by the type checkers alone: nothing here is run."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Literal, assert_type

from socialcommerce.errors import (
    BulkFailure,
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    SocialCommerceError,
    TransportError,
    Unsupported,
)
from socialcommerce.models.money import Money
from socialcommerce.runtime.transport import Handler, Request, Response


def every_error_is_caught_by_the_root(
    error: PlatformError | TransportError | Unsupported | OutcomeUnknown | BulkFailure,
) -> SocialCommerceError:
    return error


def an_error_says_whether_it_was_sent(error: SocialCommerceError) -> None:
    assert_type(error.sent, Literal["no", "yes", "unknown"])
    assert_type(error.message, str)


def a_refused_pace_says_how_long(error: RateLimited) -> None:
    assert_type(error.retry_after, timedelta | None)


def money_adds_up(price: Money) -> None:
    assert_type(price + price, Money)
    assert_type(price * 3, Money)
    assert_type(price / price, Decimal)
    assert_type(price / 3, Money)
    assert_type(price.split(3), tuple[Money, ...])
    Money(0.1, "SGD")  # type: ignore[arg-type]  # a float is refused: that is the test


def canned(request: Request) -> Response:
    return Response(200, {"content-type": "application/json"}, request.content)


a_plain_function_is_a_transport: Handler = canned
