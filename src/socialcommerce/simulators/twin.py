"""The base of every twin: a platform's wire, played over a ``Market``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from attrs import evolve

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.account import Account, NotPlayed
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.faults import AROUND, replace_words
from socialcommerce.simulators.market import Delivery, Market, Seen

__all__ = ["Twin"]


class Twin(ABC):
    """A pretend platform: answers requests as the real one would, out of a ``Market``.

    ``market`` is the world it plays in; ``page_size`` caps every page, so that little data
    fills many; ``accounts`` is the number of accounts opened; ``currency`` their ISO 4217
    currency. ``push_url`` is where the platform sends its webhooks.
    """

    name: ClassVar[str]
    push_url: str = "https://hooks.example.com/webhooks"
    status_fields: ClassVar[frozenset[str]] = frozenset({"status"})
    account_setting: ClassVar[str | None] = None
    """Which of ``settings`` names the account; left out of them where there are several."""

    def __init__(
        self,
        market: Market,
        page_size: int | None = None,
        *,
        accounts: int = 1,
        currency: str | None = None,
    ) -> None:
        self.market = market
        self.page_size = page_size
        self.accounts = [self.open_account(index, currency) for index in range(accounts)]
        for account in self.accounts:
            market.open(account)
        market.twins[self.name] = self

    @property
    def clock(self) -> Clock:
        """The market's clock."""
        return self.market.clock

    # -- what a platform must say

    @abstractmethod
    def open_account(self, index: int, currency: str | None) -> Account:
        """A new account as the platform makes it; ``index`` counts from 0."""

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """The platform's reply to a request that reached it."""

    @abstractmethod
    def settings(self, account_index: int = 0) -> dict[str, Any]:
        """The keyword settings with which a backend talks to this twin as that account."""

    @abstractmethod
    def issue_token(self, account: Account) -> dict[str, Any]:
        """Authorise the seller's program for an account, as a person once did on the consent page.

        Answers ``access_token, refresh_token, access_expires_at, refresh_expires_at,
        consent_expires_at`` (aware datetimes, None where the platform has none).
        """

    def grants(self, account: Account) -> list[tuple[str | None, str | None, str, dict[str, Any]]]:
        """Every token that a consent brings: slot (None: all), kind (None: the first) and id, token."""
        return [(None, None, account.id, self.issue_token(account))]

    @abstractmethod
    def throttled(self, request: Request, retry_after: timedelta | None) -> Response:
        """The platform's reply to one request too many."""

    @abstractmethod
    def new_id(self, kind: str) -> str:
        """A fresh id as the platform writes it."""

    # -- what most platforms share

    def handle(self, request: Request) -> Response:
        """Answer a request, through whatever fault waits for it, and note that it came.

        Raises ``runtime.transport.Interrupted`` where a fault breaks the line.
        """
        with self.market.lock:
            seen = Seen(request.method, request.path, request)
            self.market.requests.append(seen)
            response = self._through_fault(request)
            seen.status = response.status
            return response

    def _through_fault(self, request: Request) -> Response:
        fault = self.market.faults.take(request)
        if fault is None:
            return self.answer(request)
        return AROUND[fault.kind](fault, self, request, self.answer)

    def page(self, asked: int) -> int:
        """How many rows a page of ``asked`` rows may hold here."""
        return min(asked, self.page_size or asked)

    def broken(self, request: Request) -> Response:
        """The platform's reply when it fails inside."""
        return Response(500, {"content-type": "text/plain"}, b"Internal Server Error")

    def expire_token(self, request: Request) -> None:
        """Let the token that the request carries run out now."""
        raise NotPlayed(f"{self.name} has no tokens that expire")

    def with_unknown_enum(self, request: Request, response: Response) -> Response:
        """The reply with an undocumented word in its status fields."""
        return evolve(
            response, content=replace_words(response.content, self.status_fields, "FRESHLY_INVENTED")
        )

    def push(self, headers: Mapping[str, str], body: bytes, query: Mapping[str, str] | None = None) -> None:
        """Deliver a webhook to ``push_url``."""
        self.market.deliver(Delivery("POST", self.push_url, headers, body, query or {}))

    def consent(self, url: str, **choices: Any) -> str | None:
        """The callback url after the consent page at ``url``; None where it is no page of ours."""
        return None

    def account_of(self, key: str) -> Account | None:
        """The account that has an asset with that id (a page, a phone number …), if one has."""
        return None

    def furnish(self, account: Account, entity: Any) -> None:
        """Fill the ``native`` part of an entity that the market has just made."""
        return

    def happened(self, what: str, account: Account, entity: Any) -> None:
        """Hear of a change, to tell it by webhook."""
        return

    def revoke(self, account: Account) -> None:
        """Take every authorisation of the account away."""
        raise NotPlayed(f"{self.name} has no authorisation to revoke")

    def publish(self, account: Account, text: str) -> str:
        """Publish a post as the seller would by hand."""
        raise NotPlayed(f"{self.name} has no posts")

    def approve_templates(self, account: Account) -> None:
        """Approve every message template that waits for review."""
        raise NotPlayed(f"{self.name} has no message templates")
