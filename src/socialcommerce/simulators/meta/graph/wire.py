"""The shapes of the pretend Graph API: nodes, calls, rows, and the tables of handlers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import define, evolve, field, frozen

from socialcommerce.runtime.transport import Response
from socialcommerce.simulators.account import Account
from socialcommerce.simulators.meta.graph.errors import Refused

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.authority import App, Token
    from socialcommerce.simulators.meta.graph.fields import Selection
    from socialcommerce.simulators.meta.graph.seller import Seller
    from socialcommerce.simulators.meta.graph.twin import GraphTwin

__all__ = ["Call", "File", "Handler", "Node", "Plain", "Route", "Routes", "Rows", "dumps", "reply"]

F = TypeVar("F", bound=Callable[..., Any])
N = TypeVar("N")


@frozen
class File:
    """An uploaded file."""

    name: str
    content: bytes = field(repr=False)


@define(slots=True, eq=False)
class Node:
    """An object with an id. ``kind`` is its type as the interface data names it ("ProductItem").

    ``data`` holds the fields as they are read; a value may be a ``Node`` or a list of them.
    ``entity`` is what the node shows of the market, ``seller`` whose it is (None: the platform's).
    ``hidden`` is what the twin remembers and no field shows.
    """

    kind: str
    id: str
    seller: Seller | None
    data: dict[str, Any] = field(factory=dict)
    entity: Any = None
    hidden: dict[str, Any] = field(factory=dict)
    created: float = 0.0


@frozen
class Rows:
    """The rows of an edge, nodes or plain objects, oldest or newest first as the edge has them.

    ``default`` is the length of a page that nobody asked for, ``most`` the longest there is
    (a longer one is cut), ``too_many`` the length from which the platform gives up, ``counts`` what
    ``summary`` can tell beside ``total_count``, ``more`` what stands beside ``data``.
    """

    items: Sequence[Any]
    default: int = 25
    most: int = 5000
    too_many: int | None = None
    counts: Mapping[str, Any] = field(factory=dict)
    more: Mapping[str, Any] = field(factory=dict)


@frozen
class Plain:
    """An answer that is no JSON; ``kind`` is its media type."""

    content: bytes
    kind: str
    status: int = 200


@frozen
class Call:
    """One accepted request, as a handler sees it.

    ``node`` is the object in the path; ``given`` the parameters, typed where they are documented
    (JSON and numbers elsewhere stay as they came); ``fields`` what of the answer was asked for;
    ``origin``, ``path`` and ``query`` are what links back are built of; ``rest`` holds what stands in
    the path after the edge.
    """

    twin: GraphTwin
    route: Route
    app: App
    token: Token | None
    node: Node | None
    given: Mapping[str, Any]
    files: Mapping[str, File]
    fields: Selection | None
    origin: str
    path: str
    query: Mapping[str, str]
    rest: tuple[str, ...] = ()
    nested: bool = False

    @property
    def seller(self) -> Seller:
        """Whose the object in the path is."""
        if self.node is None or self.node.seller is None:
            raise Refused(100, "(#100) The object belongs to no business")
        return self.node.seller

    @property
    def own(self) -> Node:
        """The object in the path."""
        if self.node is None:
            raise Refused(100, "(#100) The path names no object")
        return self.node

    @property
    def holder(self) -> Token:
        """The token that the call came with."""
        if self.token is None:
            raise Refused(104, "An access token is required to request this resource.")
        return self.token

    def without(self, *names: str) -> dict[str, Any]:
        """The parameters but for the named ones, and the null ones."""
        return {key: value for key, value in self.given.items() if key not in names and value is not None}


Handler: TypeAlias = Callable[[Call], Any]


@frozen
class Route:
    """Who may call a handler, and what the call counts for.

    ``scope`` is the permission needed (several: any of them does), ``holders`` the types of token
    taken (empty: any), ``use_case`` the limit it counts in ("" = the app's). A ``public`` one needs
    no token.
    """

    handler: Handler
    scope: tuple[str, ...] = ()
    holders: frozenset[str] = frozenset()
    use_case: str = ""
    public: bool = False


class Routes:
    """The handlers of one part; each file of handlers has one, named ``routes``.

    ``scope``, ``holders`` and ``use_case`` hold for each handler that says nothing else.
    """

    def __init__(self, *scope: str, holders: Sequence[str] = (), use_case: str = "") -> None:
        self._plain = Route(lambda call: None, scope, frozenset(holders), use_case)
        self.calls: dict[tuple[str, str, str], Route] = {}
        self.paths: dict[tuple[str, str], Route] = {}
        self.readers: dict[tuple[str, str], Callable[[Call, Node], Any]] = {}
        self.defaults: dict[str, tuple[str, ...]] = {}
        self.listeners: list[tuple[str, Callable[..., None]]] = []
        self.makers: dict[type, Callable[..., None]] = {}
        self.openers: list[Callable[..., None]] = []
        self.verbs: dict[str, Callable[..., Any]] = {}

    def edge(self, method: str, kind: str, edge: str, **other: Any) -> Callable[[F], F]:
        """Mark the handler of an edge ("GET", "ProductCatalog", "products"), or of the node: edge ""."""

        def mark(handler: F) -> F:
            self.calls[method, kind, edge] = evolve(self._plain, handler=handler, **_settled(other))
            return handler

        return mark

    def node(self, method: str, kind: str, **other: Any) -> Callable[[F], F]:
        """Mark the handler of a node itself. Reading one needs none: its fields are shown."""
        return self.edge(method, kind, "", **other)

    def path(self, method: str, path: str, **other: Any) -> Callable[[F], F]:
        """Mark the handler of a fixed path ("/debug_token")."""

        def mark(handler: F) -> F:
            self.paths[method, path] = evolve(self._plain, handler=handler, **_settled(other))
            return handler

        return mark

    def readable(self, kind: str, *default: str) -> None:
        """Let nodes of a kind be read with this part's scope; ``default`` are the fields if none is asked."""
        self.calls["GET", kind, ""] = evolve(self._plain, handler=lambda call: call.own)
        self.defaults[kind] = default or ("id", "name")

    def reads(self, kind: str, *names: str) -> Callable[[F], F]:
        """Mark what computes fields of a kind: ``read(call, node)``."""

        def mark(reader: F) -> F:
            self.readers.update({(kind, name): reader for name in names})
            return reader

        return mark

    def hears(self, what: str) -> Callable[[F], F]:
        """Mark a listener to what happens in the market: ``listen(twin, seller, entity)``."""

        def mark(listener: F) -> F:
            self.listeners.append((what, listener))
            return listener

        return mark

    def furnishes(self, entity: type) -> Callable[[F], F]:
        """Mark what gives a new entity of the market its node: ``furnish(twin, seller, entity)``."""

        def mark(maker: F) -> F:
            self.makers[entity] = maker
            return maker

        return mark

    def opens(self, opener: F) -> F:
        """Mark what a new seller is given by this part: ``open(twin, seller)``."""
        self.openers.append(opener)
        return opener

    def verb(self, name: str) -> Callable[[F], F]:
        """Mark what plays a verb of the market ("publish", "approve_templates")."""

        def mark(player: F) -> F:
            self.verbs[name] = player
            return player

        return mark

    def merge(self, other: Routes) -> None:
        """Take in the handlers of another part."""
        self.calls.update(other.calls)
        self.paths.update(other.paths)
        self.readers.update(other.readers)
        self.defaults.update(other.defaults)
        self.makers.update(other.makers)
        self.verbs.update(other.verbs)
        self.listeners.extend(other.listeners)
        self.openers.extend(other.openers)

    def heard(self, what: str) -> Iterator[Callable[..., None]]:
        """The listeners to something."""
        return (listener for name, listener in self.listeners if name == what)


def _settled(other: dict[str, Any]) -> dict[str, Any]:
    scope, holders = other.get("scope"), other.get("holders")
    if isinstance(scope, str):
        other["scope"] = (scope,) if scope else ()
    if holders is not None:
        other["holders"] = frozenset(holders)
    return other


def _written(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Account):
        return value.id
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value: object) -> bytes:
    r"""JSON as the platform writes it: compact, non-ASCII as ``\uXXXX``, ``/`` as ``\/``."""
    return json.dumps(value, default=_written, separators=(",", ":")).replace("/", "\\/").encode()


def reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON reply."""
    return Response(
        status, {"content-type": "application/json; charset=UTF-8", **(headers or {})}, dumps(value)
    )
