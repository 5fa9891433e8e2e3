"""Auth: consent, tokens, and what the credentials reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialcommerce.errors import ConfigurationError
from socialcommerce.resources.face import Async, Sync, operation
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime import tokens

if TYPE_CHECKING:
    from socialcommerce.models.account import Account, AuthStatus, Grant, Token
    from socialcommerce.runtime.call import Service, Subject, TokenRecord
    from socialcommerce.runtime.flow import Flow

__all__ = ["AsyncAuth", "Auth", "SyncAuth", "public_token"]


class Auth(Noun):
    """The contract of ``client.auth``."""

    noun = "auth"

    def authorize_url(
        self,
        redirect: str,
        *,
        state: str | None = None,
        scopes: Sequence[str] = (),
        slot: str | None = None,
        native: Mapping[str, Any] | None = None,
    ) -> Flow[str]:
        """The link to which a seller is sent to give consent. Nothing is sent.

        Args:
            redirect: where the platform sends the seller back to; often registered beforehand.
            state: an unguessable text that comes back unchanged; keep it and give it to ``exchange``.
            scopes: what is asked for, where the platform has scopes.
            slot: which credentials (``client.capabilities["auth.slots"]``); the first where None.
            native: settings of the link that one platform alone knows.
        """
        self.refuse("authorize_url")

    def exchange(
        self, callback: str | Mapping[str, str], *, state: str | None = None, slot: str | None = None
    ) -> Flow[Sequence[Grant]]:
        """Turn the seller's return into tokens, and keep them in ``State.tokens``.

        Args:
            callback: the URL the seller came back to, or its query as a mapping.
            state: the text given to ``authorize_url``; compared wherever the platform returns it.
            slot: which credentials.

        Returns:
            One grant for each identity; a login may bring many shops.

        Raises:
            AuthenticationError: a wrong ``state`` (nothing is sent), or a code that is spent or too old.
        """
        self.refuse("exchange")

    def acquire(self, *, slot: str | None = None) -> Flow[Grant]:
        """Get a token without a person, where the platform knows such (client credentials, JWT)."""
        self.refuse("acquire")

    def refresh(self, *, slot: str | None = None) -> Flow[Token]:
        """Renew the token of the chosen account now; calls do it by themselves when it is time.

        Raises:
            AuthorizationRevoked: the refresh token is spent, expired or withdrawn.
        """
        self.refuse("refresh")

    def revoke(self, *, slot: str | None = None) -> Flow[str | None]:
        """End the authorisation: None when it is done, or the link where a person must do it."""
        self.refuse("revoke")

    def status(self, *, slot: str | None = None) -> Flow[AuthStatus]:
        """Who is logged in, the three expiries where known, and warnings of what needs a person."""
        self.refuse("status")

    def accounts(self, *, kind: str | None = None, slot: str | None = None) -> Flow[Sequence[Account]]:
        """What the credentials reach: shops, catalogues, ad accounts, pages, phone numbers.

        Args:
            kind: only accounts of this kind.
            slot: which credentials.
        """
        self.refuse("accounts")

    def front(self, slot: str | None) -> Service:
        """The service whose credentials a slot names."""
        services: Mapping[str, Service] = self.backend.services
        if slot is None:
            return next(iter(services.values()))
        if slot not in services:
            raise ConfigurationError(
                f"{self.backend.name} has no slot {slot!r}; it has {', '.join(services)}"
            )
        return services[slot]

    def keep(self, service: Service, subject: Subject | None, record: TokenRecord) -> Flow[None]:
        """Remember the tokens of a fresh consent."""
        yield from tokens.save(self.session, service, subject, record)


def public_token(record: TokenRecord) -> Token:
    """A remembered token as a user sees it."""
    from pydantic import SecretStr

    from socialcommerce.models.account import Token

    def moment(epoch: float | None) -> datetime | None:
        return None if epoch is None else datetime.fromtimestamp(epoch, UTC)

    return Token(
        access_token=SecretStr(record.access_token),
        refresh_token=SecretStr(record.refresh_token) if record.refresh_token else None,
        access_expires_at=moment(record.access_expires_at),
        refresh_expires_at=moment(record.refresh_expires_at),
        consent_expires_at=moment(record.consent_expires_at),
        scopes=record.scopes,
    )


class _Auth:
    contract = Auth

    authorize_url = operation(Auth.authorize_url)
    exchange = operation(Auth.exchange)
    acquire = operation(Auth.acquire)
    refresh = operation(Auth.refresh)
    revoke = operation(Auth.revoke)
    status = operation(Auth.status)
    accounts = operation(Auth.accounts)


class SyncAuth(Sync, _Auth):
    """``client.auth``."""


class AsyncAuth(Async, _Auth):
    """``client.auth`` of an ``AsyncClient``."""
