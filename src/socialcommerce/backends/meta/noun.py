"""``GraphNoun``: what every noun of the Graph API shares: calls, edges, batches, the chosen accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve

from socialcommerce.backends.meta import batch
from socialcommerce.backends.meta.errors import too_much
from socialcommerce.backends.meta.platform import GraphPlatform, shaped
from socialcommerce.errors import ConfigurationError, PlatformError, SocialCommerceError
from socialcommerce.resources.noun import Noun
from socialcommerce.runtime.call import Call, Reply
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["CHOICE", "GraphNoun"]

_CHOSEN = frozenset({"ad", "business", "catalog", "instagram", "page", "phone", "waba"})
CHOICE = ", or choose one of client.accounts() with client.for_account(...)"
"""What to do in place of naming an account in the settings, as messages put it."""


class GraphNoun(Noun):
    """A noun that speaks through one service of the Graph API."""

    service: ClassVar[str] = "catalog"

    @property
    def backend(self) -> GraphPlatform:
        """The backend; a noun of it is bound to nothing else."""
        return self.session.platform  # type: ignore[return-value]  # such a noun is only bound to this family

    def ask(self, method: str, path: str, **fields: Any) -> Flow[Any]:
        """Send one call through this noun's service and answer its decoded body.

        Args:
            method: as on the wire.
            path: without a version (``/123/products``).
            fields: those of ``Call``; a ``body`` goes as JSON, as a form with ``headers=FORM``.
        """
        reply = yield from self.call(method, path, **fields)
        return reply.value

    def call(self, method: str, path: str, **fields: Any) -> Flow[Reply[Any]]:
        """The same, answering the whole reply."""
        fields.setdefault("service", self.service)
        return self.perform(Call(method, path, **fields))

    def own(self, kind: str) -> str:
        """The id of the account of a kind that is worked on: the chosen one, or that of the settings.

        Args:
            kind: ``catalog``, ``ad`` (answers ``act_…``), ``page``, ``instagram``, ``business``, ``pixel``,
                ``waba``, ``phone``, ``system_user``, ``app``.

        Raises:
            ConfigurationError: neither names one; the message names the setting.
        """
        if kind == "app" and self.backend.app.id:
            return self.backend.app.id
        if self.subject is not None and self.subject.kind == kind:
            return shaped(kind, self.subject.id)
        given = self.backend.identities.get(kind)
        if given is None:
            setting = self.backend.settings_of.get(kind, f"{kind}_id")
            choice = CHOICE if kind in _CHOSEN else ""
            raise ConfigurationError(
                f"{self.operation or kind} needs {setting}: name it in the settings{choice}"
            )
        return given.id

    def edge(
        self,
        path: str,
        query: Mapping[str, Any] | None = None,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        shrink: bool = True,
        **fields: Any,
    ) -> Flow[Page[Any]]:
        """One page of an edge: GET ``path``, further pages by the cursor that the last one gave.

        The last page is the one without ``paging.next``; a page before it may be empty.

        Args:
            path: of the edge.
            query: ``fields`` and filters.
            cursor: ``Page.next`` of the page before; None at the beginning.
            limit: rows a page.
            shrink: ask for half as many rows where Meta says that the reply would be too large.
            fields: further fields of ``Call``.

        Returns:
            The rows as decoded, and where the next page begins.
        """
        kept = read_position(cursor)
        size = kept.get("limit") or limit
        asked = {**(query or {}), "limit": size, **kept.get("at", {})}
        while True:
            try:
                body = yield from self.ask("GET", path, query=asked, **fields)
            except PlatformError as error:
                if not shrink or not too_much(error) or (size or _DEFAULT) <= 1:
                    raise
                size = max(1, (size or _DEFAULT) // 2)
                asked["limit"] = size
            else:
                return _page(body, None if size == limit else size)

    def edge_all(
        self, path: str, query: Mapping[str, Any] | None = None, *, limit: int | None = None, **fields: Any
    ) -> Flow[list[Any]]:
        """Every row of an edge, page after page (``limit`` rows each)."""
        rows: list[Any] = []
        cursor: str | None = None
        while True:
            page = yield from self.edge(path, query, cursor=cursor, limit=limit, **fields)
            rows += page.items
            cursor = page.next
            if cursor is None:
                return rows

    def together(
        self, calls: Sequence[Call], limit: int = batch.MOST
    ) -> Flow[list[Reply[Any] | SocialCommerceError]]:
        """Many reads as few requests: Graph batches of at most ``limit`` (50) calls.

        Args:
            calls: GET calls; those that name no service go through this noun's, all with one token.
            limit: calls in one batch.

        Returns:
            For each call, in order, its reply or the typed error it ended with.
        """
        named = [evolve(call, service=self.service) if call.service == "default" else call for call in calls]
        return (yield from batch.together(self, named, min(limit, batch.MOST)))


_DEFAULT = 25
"""Rows a page, where a call names no number."""


_PLACES = frozenset({"after", "offset", "since", "until", "__paging_token"})
"""What says in ``paging.next`` where the next page begins; the rest of that address holds the token."""


def _page(body: Any, size: int | None) -> Page[Any]:
    paging = body.get("paging") or {}
    at = _place(paging.get("next") or "", (paging.get("cursors") or {}).get("after"))
    return Page(body.get("data") or [], position(at=at, limit=size) if at else None)


def _place(following: str, after: str | None) -> dict[str, str]:
    """Where the next page begins: the cursor, or what edges paged by number or time say instead."""
    if following and after:
        return {"after": after}
    return {name: value for name, value in parse_qsl(urlsplit(following).query) if name in _PLACES}
