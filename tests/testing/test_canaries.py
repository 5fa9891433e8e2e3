"""A canary is heard wherever it sings: logs, warnings, reprs, errors, tracebacks, pickles."""

from __future__ import annotations

import logging
import warnings
from typing import Any

import pytest
from attrs import field, frozen

from socialcommerce.testing import Canaries, planted

SECRET = "canary-0123456789"
logger = logging.getLogger("toy.shop")


@frozen
class Holder:
    secret: str = field(repr=False)


class Unpicklable:
    def __reduce__(self) -> Any:
        raise TypeError("holds a secret")


def leaks_of(work: Any) -> str:
    with pytest.raises(AssertionError) as caught, planted(SECRET) as watched:
        work(watched)
    return str(caught.value)


def test_silence_is_fine() -> None:
    with planted(SECRET) as watched:
        logger.debug("nothing to see")
        warnings.warn("nor here", stacklevel=1)
        watched.inspect("thing", Unpicklable())


@pytest.mark.parametrize(
    "tell",
    [
        lambda: logger.debug("token=%s", SECRET),
        lambda: logging.getLogger("born later").info(SECRET),
        lambda: logger.warning("hidden beside the message", extra={"token": SECRET}),
        lambda: logger.info("cut short: %s", SECRET[:12]),
    ],
)
def test_a_log_record_at_any_level(tell: Any) -> None:
    assert "log record of" in leaks_of(lambda watched: tell())


def test_the_traceback_of_a_logged_error() -> None:
    def log(watched: Canaries) -> None:
        try:
            raise ValueError(SECRET)
        except ValueError:
            logger.exception("it failed")

    assert "log record of 'toy.shop'" in leaks_of(log)


def test_a_warning() -> None:
    assert "a warning" in leaks_of(lambda watched: warnings.warn(SECRET, stacklevel=1))


def test_an_error_and_its_traceback() -> None:
    message = leaks_of(lambda watched: watched.inspect("the error", ValueError(SECRET)))
    for place in ("repr of the error", "str of the error", "pickle of the error", "traceback of the error"):
        assert place in message


def test_a_pickle_even_where_the_repr_is_silent() -> None:
    assert leaks_of(lambda watched: watched.inspect("holder", Holder(SECRET))) == (
        "a secret is shown in: pickle of holder. Leave it out, or hold it as SecretStr"
    )


def test_a_failing_block_fails_with_its_own_error() -> None:
    def fail() -> None:
        logger.debug(SECRET)
        raise KeyError

    with pytest.raises(KeyError), planted(SECRET):
        fail()


def test_loggers_are_left_as_they_were() -> None:
    logger.setLevel(logging.ERROR)
    logging.disable(logging.CRITICAL)
    try:
        assert "log record" in leaks_of(lambda watched: logger.debug(SECRET))
        assert logger.level == logging.ERROR
        assert logging.root.manager.disable == logging.CRITICAL
    finally:
        logging.disable(logging.NOTSET)
        logger.setLevel(logging.NOTSET)


def test_a_canary_that_would_be_found_by_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 8 characters"):
        Canaries(["key"])
