"""``Backend``: the base of every platform. A subclass names its services and its nouns; the rest is here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from socialcommerce.backends.registry import load
from socialcommerce.errors import ConfigurationError, InvalidRequest
from socialcommerce.resources.capability import Capabilities, Capability, Level, Mark, Refusal, part
from socialcommerce.resources.face import operations_of
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.files import ELSEWHERE
from socialcommerce.runtime.flow import done

if TYPE_CHECKING:
    from socialcommerce.resources.ads import Ads
    from socialcommerce.resources.auth import Auth
    from socialcommerce.resources.catalog import Catalog
    from socialcommerce.resources.messaging import Messaging
    from socialcommerce.resources.orders import Orders
    from socialcommerce.resources.store import Store
    from socialcommerce.resources.webhooks import Webhooks
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.session import Session
    from socialcommerce.runtime.transport import Request

__all__ = ["NOUNS", "Backend", "merged", "operation_names"]

N = TypeVar("N", bound=Noun)

NOUNS: tuple[str, ...] = ("catalog", "orders", "store", "ads", "messaging", "auth", "webhooks")
_NOT_OFFERED = Refusal("the platform does not offer it over its API")


def merged(codes: Iterable[ModuleType], table: str) -> dict[str, Any]:
    """The tables of one name (``REFUSALS``, ``FEATURES``) in the modules of a platform's codes, as one."""
    return {name: entry for module in codes for name, entry in getattr(module, table).items()}


class Backend:
    """One platform. An instance holds settings and credentials, and nothing that changes.

    A subclass sets ``name``, gives ``services``, and names its nouns as class attributes: a class
    (``catalog = ToyCatalog``), or ``"module:Class"`` to import it when it is first used. A noun
    that it leaves out is refused whole. ``refusals`` maps a capability's name to the reason why
    not, ``features`` states what is neither an operation nor a parameter. ``account_kinds`` lists
    what its credentials can reach; ``twin`` names the offline simulator as ``module:Class``.
    """

    name: ClassVar[str] = ""
    twin: ClassVar[str | None] = None
    account_kinds: ClassVar[tuple[str, ...]] = ()
    refusals: ClassVar[Mapping[str, Refusal]] = {}
    features: ClassVar[Mapping[str, Level | Refusal]] = {}
    _nouns: ClassVar[dict[tuple[type, str], type[Noun]]] = {}
    _known: ClassVar[dict[tuple[type, str], Capability]] = {}

    catalog: ClassVar[type[Catalog] | str] = "socialcommerce.resources.catalog:Catalog"
    orders: ClassVar[type[Orders] | str] = "socialcommerce.resources.orders:Orders"
    store: ClassVar[type[Store] | str] = "socialcommerce.resources.store:Store"
    ads: ClassVar[type[Ads] | str] = "socialcommerce.resources.ads:Ads"
    messaging: ClassVar[type[Messaging] | str] = "socialcommerce.resources.messaging:Messaging"
    auth: ClassVar[type[Auth] | str] = "socialcommerce.resources.auth:Auth"
    webhooks: ClassVar[type[Webhooks] | str] = "socialcommerce.resources.webhooks:Webhooks"

    @property
    def services(self) -> Mapping[str, Service]:
        """The platform's front doors by name; the first is the one ``client.call`` uses."""
        raise NotImplementedError

    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        """Settle whom a call speaks for: its own subject, the chosen account, or ``default_subject``."""
        if call.account != "required" or call.subject is not None:
            return call
        return call.speaking_for(chosen or self.default_subject())

    def subject_kind(self, call: Call) -> str | None:
        """The kind of account a call speaks for; None where the credentials stand for themselves."""
        return self.account_kinds[0] if self.account_kinds else None

    def kind_of(self, account: str) -> str | None:
        """The kind of an account that is named by its id alone; None where there are no accounts."""
        return self.account_kinds[0] if self.account_kinds else None

    def default_subject(self) -> Subject | None:
        """The account that the settings name; None where the credentials stand for themselves."""
        return None

    def authorize(self, call: Call, token: Any = None, now: datetime | float = 0.0) -> Request:
        """Sign a call: pure, the same inputs give the same bytes.

        Clients send what the service's ``signer`` writes; this settles the rest, for whoever has no client.

        Args:
            call: what to send.
            token: the access token as text, ``Token`` or ``TokenRecord``; None where none is needed.
            now: the instant of signing, aware datetime or seconds since the epoch.

        Returns:
            The request, ready for a transport.
        """
        if isinstance(now, datetime) and now.tzinfo is None:
            raise InvalidRequest(fields={"now": "is a naive datetime; give it a time zone"}, sent="no")
        moment = now.timestamp() if isinstance(now, datetime) else float(now)
        resolved = self.resolve(call, None)
        if resolved.account == "required" and resolved.subject is None and self.subject_kind(resolved):
            raise ConfigurationError(f"{call.path} speaks for an account; name one in the backend's settings")
        return self.service(resolved).signer(resolved, TokenRecord.of(token), moment)

    def service(self, call: Call) -> Service:
        """The service a call goes to; ``default`` means the first one, a whole address none of ours."""
        if "://" in call.path:
            return ELSEWHERE
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

    def complete(self, session: Session, call: Call, record: TokenRecord) -> Flow[TokenRecord]:
        """A token with whatever else signing a call takes (a shop's cipher, a page's own token).

        A flow, run before every signing; what had to be asked for belongs in the record's ``extra``
        (``runtime.tokens.amend``). Most platforms need the token alone.
        """
        return done(record)

    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """Ask the platform for new tokens (a flow); only where the service's renewal needs it."""
        raise NotImplementedError

    def noun(self, contract: type[N]) -> type[N]:
        """This backend's implementation of a contract."""
        return self.noun_at(contract.noun)  # type: ignore[return-value]  # the noun at its place implements it

    @classmethod
    def noun_at(cls, path: str) -> type[Noun]:
        """The noun at a dotted path, as ``ads.campaigns``; imported when it is first asked for."""
        found = cls._nouns.get((cls, path))
        if found is None:
            parent, _, last = path.rpartition(".")
            found = getattr(cls.noun_at(parent) if parent else cls, last)
            if isinstance(found, str):
                found = load(found)
            cls._nouns[cls, path] = found
        return found

    @classmethod
    def refusal(cls, name: str) -> Refusal:
        """Why an operation is refused."""
        return cls.refusals.get(name, _NOT_OFFERED)

    @classmethod
    def capability(cls, name: str) -> Capability:
        """What this platform makes of one operation, as ``orders.ship``."""
        found = cls._known.get((cls, name))
        if found is None:
            path, _, method = name.rpartition(".")
            mark: Mark | None = getattr(getattr(cls.noun_at(path), method), "__capability__", None)
            found = Capability.marked(name, mark) if mark else Capability.refused(name, cls.refusal(name))
            cls._known[cls, name] = found
        return found

    @classmethod
    def capabilities(cls) -> Capabilities:
        """What this platform can do, by name."""
        operations = {name: cls.capability(name) for name in operation_names()}
        return Capabilities(operations | {name: part(name, value) for name, value in cls.features.items()})

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce__(self) -> Any:
        name = type(self).__name__
        raise TypeError(f"{name} holds credentials and is not pickled; build it where it is used")


def operation_names() -> Iterator[str]:
    """Every operation of the interface, in the order the faces list them."""
    for noun in NOUNS:
        contract = load(f"socialcommerce.resources.{noun}:{noun.capitalize()}")
        for inner, method in operations_of(contract):
            yield f"{inner.noun}.{method}"
