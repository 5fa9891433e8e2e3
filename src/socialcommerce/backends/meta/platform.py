"""``GraphPlatform``: what both platforms of the Graph API stand on: services, tokens, accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import ClassVar

from typing_extensions import override

from socialcommerce.backends.base import Backend
from socialcommerce.backends.meta import limits
from socialcommerce.backends.meta.codes.errors import Meaning
from socialcommerce.backends.meta.codes.versions import ADS_SUNSETS, SUNSETS, notice
from socialcommerce.backends.meta.graph import App, read, sign
from socialcommerce.errors import ConfigurationError
from socialcommerce.runtime.call import Call, Renewal, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.observe import logger
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.transport import Response

__all__ = ["APP", "PAGE", "PIXEL", "GraphPlatform", "shaped"]

APP, PAGE, PIXEL = "app", "page", "pixel"
"""Slots whose tokens are something apart: the app's own, a page's derived one, that of a pixel."""

_RENEWALS: Mapping[str, Renewal] = {APP: "never", PIXEL: "never", PAGE: "reissue"}
_AD = "act_"


class GraphPlatform(Backend):
    """The settings, services and token keys of a platform on the Graph API.

    A subclass gives ``kinds`` (the kind of account each service speaks for) and ``settings_of`` (the
    setting that names an account of a kind).
    """

    kinds: ClassVar[Mapping[str, str]] = {}
    settings_of: ClassVar[Mapping[str, str]] = {}
    media_hosts: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        app: App,
        identities: Mapping[str, str | int | None],
        seeds: Mapping[str, str],
        slots: Mapping[str, str],
        *,
        verify_token: str = "",
        webhook_secrets: str | Sequence[str] = (),
        callback_urls: Mapping[str, str] | None = None,
    ) -> None:
        self.app = app
        self.identities = {
            kind: Subject(kind, shaped(kind, str(one))) for kind, one in identities.items() if one is not None
        }
        self._seeds = {slot: token for slot, token in seeds.items() if token}
        if app.id and app.secret:
            self._seeds[APP] = app.token
        self.verify_token = verify_token
        more = (webhook_secrets,) if isinstance(webhook_secrets, str) else tuple(webhook_secrets)
        self.webhook_keys = tuple(key for key in (app.secret, *more) if key)
        self.callback_urls = dict(callback_urls or {})
        self._services = {name: self._service(name, slot) for name, slot in slots.items()}

    def _service(self, name: str, slot: str) -> Service:
        return Service(
            name=name,
            hosts=(self.app.host,),
            slot=slot,
            signer=partial(sign, self.app),
            envelope=partial(read, self.name, self.meaning),
            limits=self.limits,
            heed=self.heed,
            renewal=_RENEWALS.get(slot, "exchange_before_expiry"),
            version=self.app.version,
            sunset=(ADS_SUNSETS if name == "ads" else SUNSETS).get(self.app.version),
        )

    @property
    @override
    def services(self) -> Mapping[str, Service]:
        return self._services

    @staticmethod
    def meaning(code: int) -> Meaning | None:
        """What a code means on this platform alone; None where the common table says it."""
        return None

    def limits(self, call: Call, subject: Subject | None) -> tuple[Bucket, ...]:
        """The buckets of a call."""
        return limits.buckets(f"{self.name}:{self.app.id}", call, subject)

    def heed(self, call: Call, subject: Subject | None, response: Response) -> Sequence[tuple[str, float]]:
        """The buckets that a reply's usage headers send to rest, with the seconds of it."""
        told = limits.pauses(f"{self.name}:{self.app.id}", call, subject, response)
        return [(key, seconds) for key, seconds in told if seconds > 0]

    # -- whom a call speaks for, and with which token

    @override
    def service(self, call: Call) -> Service:
        """The service of a call; files on Meta's own hosts are fetched with the token, others without."""
        if call.path.startswith("https://") and call.account == "required":
            host = call.path.split("/", 3)[2]
            if host in self.media_hosts:
                return self._services.get(call.service) or self.default_service(call)
        return super().service(call)

    @override
    def resolve(self, call: Call, chosen: Subject | None) -> Call:
        """Settle whose token a call carries: any account of the login will do, but pages have their own."""
        if call.account != "required" or call.subject is not None:
            return call
        service = self.service(call)
        if service.slot in (APP, PIXEL):
            return call
        kind = self.kinds.get(service.name, "")
        if service.slot == PAGE and chosen is not None and chosen.kind != kind:
            chosen = None
        return call.speaking_for(chosen or self.identities.get(kind) or self._any(service))

    def _any(self, service: Service) -> Subject | None:
        return None if service.slot == PAGE else next(iter(self.identities.values()), None)

    @override
    def subject_kind(self, call: Call) -> str | None:
        """A page, where its own token is needed; elsewhere the login stands for itself."""
        return "page" if self.service(call).slot == PAGE else None

    @override
    def kind_of(self, account: str) -> str | None:
        """Ad accounts are told by their ``act_``; all other ids are bare numbers."""
        told = "ad" in self.account_kinds and account.startswith(_AD)
        return "ad" if told else super().kind_of(account)

    @override
    def token_key(self, service: Service, subject: Subject | None) -> str:
        whose = f"{subject.kind}:{shaped(subject.kind, subject.id)}" if subject else "login"
        return f"{self.name}:{self.app.id}:{service.slot}:{whose}"

    @override
    def seed(self, service: Service, subject: Subject | None) -> TokenRecord | None:
        token = self._seeds.get(service.slot)
        if token is None or (service.slot == PAGE and subject not in (None, self.identities.get("page"))):
            return None
        return TokenRecord(token)

    @override
    def complete(self, session: Session, call: Call, record: TokenRecord) -> Flow[TokenRecord]:
        """The record as it is; the log hears once of a version that is about to end."""
        yield from ()
        service = self.service(call)
        if service.slot == APP and not record.access_token:
            raise ConfigurationError(f"{call.path} takes the app's own token: name app_id and app_secret")
        said = ("version", service.name)
        if service.sunset is not None and said not in session.memo:
            session.memo[said] = True
            words = self.ending(service, session.now())
            if words:
                logger.warning("%s", words)
        return record

    @staticmethod
    def ending(service: Service, now: datetime) -> str | None:
        """The warning of a version that ended or will within 90 days."""
        today: date = now.astimezone(UTC).date()
        return notice(service.version, service.sunset, today)

    @override
    def renew(
        self, session: Session, service: Service, subject: Subject | None, record: TokenRecord
    ) -> Flow[TokenRecord]:
        """A page's token out of its login's, or a new token of 60 days for one that has not ended yet."""
        from socialcommerce.backends.meta.tokens import derived, exchanged

        if service.slot == PAGE and subject is not None:
            return derived(session, subject)
        return exchanged(session, self, record)


def shaped(kind: str, number: str) -> str:
    """An id as paths want it: those of ad accounts begin with ``act_``."""
    return f"{_AD}{number.removeprefix(_AD)}" if kind == "ad" else number
