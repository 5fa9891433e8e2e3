"""What one client lends to its flows: platform, account, policies, clock, hooks."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol

from attrs import evolve, field, frozen

from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.observe import Hook
from socialcommerce.runtime.retry import RateLimits, Retry
from socialcommerce.runtime.transport import Timeout

__all__ = ["Platform", "Session"]


class Platform(Protocol):
    """What the runtime needs to know of a backend; ``backends.Backend`` is the base class."""

    name: ClassVar[str]
    """The registered name."""

    @property
    def services(self) -> Mapping[str, Service]:
        """The platform's front doors by name."""
        ...

    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        """The call with the account it speaks for, as far as settings and choice tell."""
        ...

    def subject_kind(self, call: Call) -> str | None:
        """The kind of account a call speaks for; None where the credentials stand for themselves."""
        ...

    def service(self, call: Call) -> Service:
        """The service that a call goes to."""
        ...

    def token_key(self, service: Service, subject: Subject | None) -> str:
        """Under which key the tokens of this subject are kept."""
        ...

    def seed(self, service: Service, subject: Subject | None) -> TokenRecord | None:
        """The tokens given in the settings, where there are any."""
        ...

    def complete(self, session: Session, call: Call, record: TokenRecord) -> Flow[TokenRecord]:
        """The token with whatever else signing the call takes; asked of the platform where it is missing."""
        ...

    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """Ask the platform for new tokens; answers the record to be saved."""
        ...


@frozen
class Session:
    """The world of one client as its flows see it; ``memo`` is shared by derived clients."""

    platform: Platform
    chosen: Subject | None = None
    retry: Retry = field(factory=Retry)
    limits: RateLimits = field(factory=RateLimits)
    timeout: Timeout = Timeout()
    hooks: Sequence[Hook] = ()
    clock: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    media_host: Callable[[Any], str] | None = None
    memo: MutableMapping[Any, Any] = field(factory=dict, repr=False)

    def now(self) -> datetime:
        """The present instant of the client's clock, timezone-aware."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def for_subject(self, subject: Subject | None) -> Session:
        """The same session, speaking for another account."""
        return evolve(self, chosen=subject)
