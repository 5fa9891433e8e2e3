"""Canaries: secrets planted to see whether they come out where nobody may see them."""

from __future__ import annotations

import logging
import pickle
import traceback
import warnings
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Any

__all__ = ["Canaries", "planted", "watching"]

_TRAIL = 12
"""How many characters of a canary betray it: logs often cut a secret rather than leave it out."""


class Canaries:
    """Secrets that must stay secret, and everything heard while they were watched.

    Args:
        secrets: the texts; those shorter than eight characters would be found by chance and are refused.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets = tuple(secrets)
        if short := [secret for secret in self.secrets if len(secret) < 8]:
            raise ValueError(f"a canary has at least 8 characters; {len(short)} of these have fewer")
        self.leaks: list[str] = []

    def look(self, where: str, text: str | bytes) -> None:
        """Note a leak where ``text`` holds a canary, or the beginning of a long one."""
        seen = text if isinstance(text, str) else text.decode("latin-1")
        if any(secret[: max(_TRAIL, len(secret) // 2)] in seen for secret in self.secrets):
            self.leaks.append(where)

    def inspect(self, where: str, thing: Any) -> None:
        """Look at everything an object shows: ``repr``, ``str``, its pickle, and an error's traceback."""
        self.look(f"repr of {where}", repr(thing))
        self.look(f"str of {where}", str(thing))
        self._look_into_pickle(where, thing)
        if isinstance(thing, BaseException):
            self.look(f"traceback of {where}", "".join(traceback.format_exception(thing)))

    def _look_into_pickle(self, where: str, thing: Any) -> None:
        try:
            pickled = pickle.dumps(thing)
        except Exception:  # noqa: BLE001  # whatever keeps it from being pickled keeps its secrets too
            return
        self.look(f"pickle of {where}", pickled)

    def check(self) -> None:
        """``AssertionError`` with every place where a canary was seen."""
        if self.leaks:
            places = "; ".join(dict.fromkeys(self.leaks))
            raise AssertionError(f"a secret is shown in: {places}. Leave it out, or hold it as SecretStr")


class _Listener(logging.Handler):
    """Hears every log record, at every level, with its arguments and its traceback."""

    def __init__(self, watched: Canaries) -> None:
        super().__init__(logging.DEBUG)
        self._watched = watched
        self._formatter = logging.Formatter("%(name)s %(message)s")

    def emit(self, record: logging.LogRecord) -> None:
        """Look at the record as a handler would write it, and at what it carries beside its message."""
        where = f"log record of {record.name!r}"
        self._watched.look(where, self._formatter.format(record))
        self._watched.look(where, repr(record.__dict__))


@contextmanager
def planted(*secrets: str) -> Generator[Canaries]:
    """Watch log records (DEBUG and up) and warnings for secrets while the block runs, then check.

    Args:
        secrets: the planted texts.

    Raises:
        AssertionError: when the block ended well and a secret was seen in a log record, a warning, or
            anything handed to ``inspect``.
    """
    watched = Canaries(secrets)
    with watching(watched):
        yield watched
    watched.check()


@contextmanager
def watching(watched: Canaries) -> Generator[None]:
    """Let ``watched`` hear every log record and warning while the block runs; nothing is checked."""
    with _listening(_Listener(watched)), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        watched.look("a warning", str(warning.message))


@contextmanager
def _listening(listener: logging.Handler) -> Generator[None]:
    """Every logger of the process tells ``listener``, at every level, while the block runs."""
    root = logging.getLogger()
    known = [logging.getLogger(name) for name in root.manager.loggerDict]
    levels = [(logger, logger.level) for logger in (root, *known)]
    disabled = logging.root.manager.disable
    root.addHandler(listener)
    logging.disable(logging.NOTSET)
    for logger, _ in levels:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger, level in levels:
            logger.setLevel(level)
        logging.disable(disabled)
        root.removeHandler(listener)
