"""``Backend``: the base of every platform. A subclass names its services and its nouns; the rest is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from attrs import evolve

from socialcommerce.errors import ConfigurationError
from socialcommerce.resources.ads import Ads
from socialcommerce.resources.auth import Auth
from socialcommerce.resources.capability import Capabilities, Capability, Level, Mark, Refusal, part
from socialcommerce.resources.catalog import Catalog
from socialcommerce.resources.face import operations_of
from socialcommerce.resources.messaging import Messaging
from socialcommerce.resources.noun import Noun
from socialcommerce.resources.orders import Orders
from socialcommerce.resources.store import Store
from socialcommerce.resources.webhooks import Webhooks
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.transport import Request

__all__ = ["Backend", "NOUNS"]

N = TypeVar("N", bound=Noun)

NOUNS: tuple[str, ...] = ("catalog", "orders", "store", "ads", "messaging", "auth", "webhooks")
_NOT_OFFERED = Refusal("the platform does not offer it over its API")


class Backend:
    """One platform. An instance holds settings and credentials, and nothing that changes.

    A subclass sets ``name``, gives ``services``, and names its nouns as class attributes
    (``catalog = ToyCatalog``); a noun that it leaves out is refused whole. ``refusals`` maps a
    capability's name to the reason why not, ``features`` states what is neither an operation
    nor a parameter. ``account_kinds`` lists what its credentials can reach; ``twin`` names the
    offline simulator as ``module:Class``.
    """

    name: ClassVar[str] = ""
    twin: ClassVar[str | None] = None
    account_kinds: ClassVar[tuple[str, ...]] = ()
    refusals: ClassVar[Mapping[str, Refusal]] = {}
    features: ClassVar[Mapping[str, Level | Refusal]] = {}
    _capabilities: ClassVar[Capabilities]

    catalog: ClassVar[type[Catalog]] = Catalog
    orders: ClassVar[type[Orders]] = Orders
    store: ClassVar[type[Store]] = Store
    ads: ClassVar[type[Ads]] = Ads
    messaging: ClassVar[type[Messaging]] = Messaging
    auth: ClassVar[type[Auth]] = Auth
    webhooks: ClassVar[type[Webhooks]] = Webhooks

    @property
    def services(self) -> Mapping[str, Service]:
        """The platform's front doors by name; the first is the one ``client.call`` uses."""
        raise NotImplementedError

    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        """Settle whom a call speaks for: its own subject, the chosen account, or ``default_subject``."""
        if call.account != "required" or call.subject is not None:
            return call
        return evolve(call, subject=chosen or self.default_subject())

    def subject_kind(self, call: Call) -> str | None:
        """The kind of account a call speaks for; None where the credentials stand for themselves."""
        return self.account_kinds[0] if self.account_kinds else None

    def default_subject(self) -> Subject | None:
        """The account that the settings name; None where the credentials stand for themselves."""
        return None

    def authorize(self, call: Call, token: Any = None, now: datetime | float = 0.0) -> Request:
        """Sign a call: pure, the same inputs give the same bytes.

        Args:
            call: what to send.
            token: the access token as text, ``Token`` or ``TokenRecord``; None where none is needed.
            now: the instant of signing, aware datetime or seconds since the epoch.

        Returns:
            The request, ready for a transport.
        """
        moment = now.timestamp() if isinstance(now, datetime) else float(now)
        resolved = self.resolve(call, None)
        if resolved.account == "required" and resolved.subject is None and self.subject_kind(resolved):
            raise ConfigurationError(f"{call.path} speaks for an account; name one in the backend's settings")
        return self.service(resolved).signer(resolved, TokenRecord.of(token), moment)

    def service(self, call: Call) -> Service:
        """The service a call goes to; ``default`` means the first one."""
        services = self.services
        if call.service in services:
            return services[call.service]
        if call.service == "default":
            return self.default_service(call)
        raise ConfigurationError(f"{self.name} has no service {call.service!r}; it has {', '.join(services)}")

    def default_service(self, call: Call) -> Service:
        """The service of a call that names none, as ``client.call`` makes them: the first."""
        return next(iter(self.services.values()))

    def token_key(self, service: Service, subject: Subject | None) -> str:
        """Under which key of the token store the tokens of a subject are kept."""
        whose = f"{subject.kind}:{subject.id}" if subject else "app"
        return f"{self.name}:{service.slot}:{whose}"

    def seed(self, service: Service, subject: Subject | None) -> TokenRecord | None:
        """The tokens given in the settings, used until the store has its own."""
        return None

    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """Ask the platform for new tokens (a flow); only where the service's renewal needs it."""
        raise NotImplementedError

    def noun(self, contract: type[N]) -> type[N]:
        """This backend's implementation of a contract."""
        found: type[N] = _noun(type(self), contract.noun)
        return found

    def noun_at(self, path: str) -> type[Noun]:
        """The noun at a dotted path, as ``ads.campaigns``."""
        found: type[Noun] = _noun(type(self), path)
        return found

    def refusal(self, name: str) -> Refusal:
        """Why an operation is refused."""
        return self.refusals.get(name, _NOT_OFFERED)

    def capabilities(self) -> Capabilities:
        """What this platform can do, by name."""
        cls = type(self)
        if "_capabilities" not in cls.__dict__:
            cls._capabilities = _capabilities(cls)
        return cls._capabilities

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def _noun(backend: type[Backend], path: str) -> Any:
    """Follow ``ads.campaigns`` from the backend's class to the noun that implements it."""
    found: Any = backend
    for step in path.split("."):
        found = getattr(found, step)
    return found


def _capabilities(backend: type[Backend]) -> Capabilities:
    found = {capability.name: capability for capability in _operations(backend)}
    for name, value in backend.features.items():
        found[name] = part(name, value)
    return Capabilities(found)


def _operations(backend: type[Backend]) -> Iterator[Capability]:
    for noun in NOUNS:
        for contract, method in operations_of(getattr(Backend, noun)):
            name = f"{contract.noun}.{method}"
            mark = getattr(getattr(_noun(backend, contract.noun), method), "__capability__", None)
            if isinstance(mark, Mark):
                yield Capability.marked(name, mark)
            else:
                yield Capability.refused(name, backend.refusals.get(name, _NOT_OFFERED))
