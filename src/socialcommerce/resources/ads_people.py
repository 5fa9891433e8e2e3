"""Whom advertising reaches and what they did: audiences, conversions, targeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from socialcommerce.resources.face import Async, Sync, each, operation, pages
from socialcommerce.resources.noun import Noun

if TYPE_CHECKING:
    from socialcommerce.models.audience import (
        Audience,
        AudienceInput,
        AudienceMember,
        ConversionEvent,
        TargetingOption,
    )
    from socialcommerce.models.bulk import BulkResult
    from socialcommerce.models.message import Consent
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.paging import Page

__all__ = [
    "AsyncAudiences",
    "AsyncConversions",
    "AsyncTargetingSearch",
    "Audiences",
    "Conversions",
    "SyncAudiences",
    "SyncConversions",
    "SyncTargetingSearch",
    "TargetingKind",
    "TargetingSearch",
]

TargetingKind: TypeAlias = Literal[
    "countries", "regions", "languages", "interests", "keywords", "behaviors", "placements", "devices"
]


class Audiences(Noun):
    """The contract of ``client.ads.audiences``: lists of people, and those who are like them."""

    noun = "ads.audiences"

    def list(self, *, cursor: str | None = None) -> Flow[Page[Audience]]:
        """List the audiences of the ad account.

        Args:
            cursor: go on where an earlier listing stood.
        """
        self.refuse("list")

    def create(
        self, audiences: Sequence[AudienceInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[AudienceInput, Audience]]:
        """Create audiences, with their first members where some are given.

        Args:
            audiences: what to create; a list of people says where they agreed.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            The audience; platforms fill it in their own time (see ``status``).
        """
        self.refuse("create")

    def add(
        self, audience: str | Audience, members: Sequence[AudienceMember], *, consent: Consent
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """Add people to a list.

        Args:
            audience: the audience or its id.
            members: people as plainly as you know them; the backend normalises and hashes.
            consent: where and when they agreed to be advertised to (``purposes`` has ``"ads"``).

        Returns:
            One outcome a member: what could not be normalised failed, and was not sent.
        """
        self.refuse("add")

    def remove(
        self, audience: str | Audience, members: Sequence[AudienceMember]
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """Take people off a list; one outcome a member."""
        self.refuse("remove")

    def replace(
        self, audience: str | Audience, members: Sequence[AudienceMember], *, consent: Consent
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """Make a list hold these people and no others; the parameters are those of ``add``."""
        self.refuse("replace")

    def delete(self, audiences: Sequence[str | Audience]) -> Flow[BulkResult[str | Audience, None]]:
        """Delete audiences."""
        self.refuse("delete")


class Conversions(Noun):
    """The contract of ``client.ads.conversions``: what people did after an ad, told by the seller."""

    noun = "ads.conversions"

    def send(self, events: Sequence[ConversionEvent]) -> Flow[BulkResult[ConversionEvent, None]]:
        """Send conversions, server to server.

        Args:
            events: each with an ``event_id`` of its own, which makes a repeat harmless.

        Returns:
            One outcome an event: a batch that the platform refuses for one bad event is cut
            until that one is found, so the rest arrive.
        """
        self.refuse("send")


class TargetingSearch(Noun):
    """The contract of ``client.ads.targeting``."""

    noun = "ads.targeting"

    def search(
        self, query: str = "", *, kind: TargetingKind | None = None, cursor: str | None = None
    ) -> Flow[Page[TargetingOption]]:
        """Find what can be targeted; the ids found go into ``Targeting``.

        Args:
            query: words to search for; nothing lists all, where a platform lists them.
            kind: only this kind of target.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of targeting options.
        """
        self.refuse("search")


class _Audiences:
    contract = Audiences

    list = pages(Audiences.list)
    create = each(Audiences.create)
    add = operation(Audiences.add)
    remove = operation(Audiences.remove)
    replace = operation(Audiences.replace)
    delete = each(Audiences.delete)


class SyncAudiences(Sync, _Audiences):
    """``client.ads.audiences``."""


class AsyncAudiences(Async, _Audiences):
    """``client.ads.audiences`` of an ``AsyncClient``."""


class _Conversions:
    contract = Conversions

    send = each(Conversions.send)


class SyncConversions(Sync, _Conversions):
    """``client.ads.conversions``."""


class AsyncConversions(Async, _Conversions):
    """``client.ads.conversions`` of an ``AsyncClient``."""


class _TargetingSearch:
    contract = TargetingSearch

    search = pages(TargetingSearch.search)


class SyncTargetingSearch(Sync, _TargetingSearch):
    """``client.ads.targeting``."""


class AsyncTargetingSearch(Async, _TargetingSearch):
    """``client.ads.targeting`` of an ``AsyncClient``."""
