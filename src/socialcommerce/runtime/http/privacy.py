"""Keeping what we send out of the HTTP libraries' own logs.

httpx logs every URL with its query at INFO, its core logs response headers at DEBUG, and
HTTP/2's header compression logs every header. A token may be in any of them. The filter below
changes only records made while one of our own exchanges is under way, so the logs of whatever
else the application does with the same libraries stay as they are.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from logging import LogRecord

__all__ = ["guard_logs", "private"]

_ours: ContextVar[bool] = ContextVar("socialcommerce_exchange", default=False)

_CLIENTS: Final = ("httpx", "httpx2")
_CORES: Final = tuple(
    f"{core}.{part}"
    for core in ("httpcore", "httpcore2")
    for part in ("connection", "http11", "http2", "proxy", "socks")
)
_CODECS: Final = ("hpack.hpack", "hpack.table")


@contextmanager
def private() -> Generator[None, None, None]:
    """Mark what is logged inside as ours, in this thread or task alone."""
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)


def _without_query(value: object) -> object:
    text = str(value)
    return text.partition("?")[0] + "?..." if "://" in text and "?" in text else value


def _mask_urls(record: LogRecord) -> bool:
    if _ours.get() and isinstance(record.args, tuple):
        record.args = tuple(_without_query(value) for value in record.args)
    return True


def _event_name_only(record: LogRecord) -> bool:
    if _ours.get():
        record.msg = str(record.msg).partition(" ")[0]
    return True


def _nothing_of_ours(record: LogRecord) -> bool:
    return not _ours.get()


def guard_logs() -> None:
    """Put the filters on the loggers of the HTTP libraries; doing it again changes nothing."""
    from logging import getLogger

    for names, rule in ((_CLIENTS, _mask_urls), (_CORES, _event_name_only), (_CODECS, _nothing_of_ours)):
        for name in names:
            getLogger(name).addFilter(rule)
