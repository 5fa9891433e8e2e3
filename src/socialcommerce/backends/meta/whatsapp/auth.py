"""Consent and tokens of WhatsApp: Embedded Signup, business tokens, and the numbers they reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.meta.accounts import catalog_account, granted
from socialcommerce.backends.meta.auth import GraphAuth, answer_of, code_of
from socialcommerce.backends.meta.graph import LOGIN
from socialcommerce.errors import PartiallyApplied, SocialCommerceError
from socialcommerce.models.account import Account, Grant
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.text import write_json, write_query

__all__ = ["WhatsAppAuth"]

_WABA_FIELDS = "id,name,currency,timezone_id"
_PHONE_FIELDS = "id,display_phone_number,verified_name,status,quality_rating"
_SCOPE = "whatsapp_business_management"
_STATUS = {
    "CONNECTED": "active",
    "LINKED": "active",
    "FLAGGED": "restricted",
    "RESTRICTED": "restricted",
    "RATE_LIMITED": "restricted",
    "BANNED": "suspended",
    "DISCONNECTED": "closed",
    "DELETED": "closed",
}


class WhatsAppAuth(GraphAuth):
    """``client.auth`` on WhatsApp. Slots: ``business`` (or ``system_user``), ``catalog``, ``app``."""

    @supports(
        "emulated",
        params=native("state", "slot", "native")
        | emulated("parameters")
        | {"scopes": no("the permissions of Embedded Signup are set in its configuration: config_id")},
        cost="no call",
        when="native names the config_id of Embedded Signup",
        confidence="official of the popup; unverified as a link",
    )
    def authorize_url(
        self,
        redirect: str,
        *,
        state: str | None = None,
        scopes: Sequence[str] = (),
        slot: str | None = None,
        native: Mapping[str, Any] | None = None,
    ) -> Flow[str]:
        """The dialog that Embedded Signup opens as a popup; there is no other link to give.

        The ids of the account and number come to the page that opened it, in a message beside the code:
        give them to ``exchange``. A number of one's own needs no login: paste a system user's token.

        Args:
            redirect: must be registered with the app.
            state: comes back unchanged.
            scopes: refused.
            slot: ``business``.
            native: ``config_id``, which is required, and further parameters of the dialog, as ``extras``.
        """
        self.front(slot)
        more = {name: _words(value) for name, value in (native or {}).items()}
        if "config_id" not in more:
            raise invalid(native="Embedded Signup needs config_id, that of the app's login configuration")
        query = {
            "client_id": self.own("app"),
            "redirect_uri": redirect,
            **({"state": state} if state is not None else {}),
            "response_type": "code",
            "override_default_response_type": "true",
            **more,
        }
        return done(f"{LOGIN}/{self.backend.app.version}/dialog/oauth?{write_query(query)}")

    @supports("native", params=native("state", "slot"), cost="2 calls, 1 an account and 1 a number")
    def exchange(
        self, callback: str | Mapping[str, str], *, state: str | None = None, slot: str | None = None
    ) -> Flow[Sequence[Grant]]:
        """GET /oauth/access_token, POST /{waba-id}/subscribed_apps, POST /{phone-number-id}/register.

        Args:
            callback: the return's URL, or a mapping with ``code`` and what Embedded Signup told beside it:
                ``waba_id``, ``phone_number_id``, and ``pin`` (six digits, the number's new or known PIN);
                without a PIN the number is not registered. ``redirect_uri`` only where a link was used:
                the popup has none. The code lives about 30 seconds.
            state: compared where it is given.
            slot: ``business``.

        Raises:
            PartiallyApplied: the code was bought and its token is kept, and what comes after it failed:
                ``accounts()`` and ``webhooks.subscribe`` go on from there.
        """
        service = self.front(slot)
        code, redirect = code_of(callback, state, self.backend.name)
        answer = answer_of(callback)
        record, facts = yield from self.code_exchanged(code, redirect)
        login = Subject("user", str(facts.get("user_id") or "me"))
        yield from self.keep_all(service, record, [])
        yield from self.keep(service, login, record)
        try:
            accounts = yield from self._brought(answer, facts, login)
            yield from self.keep_all(service, record, accounts)
            yield from self._taken_over(answer, accounts, login)
        except SocialCommerceError as error:
            message = f"the token is kept, and what comes after it failed: {error}"
            raise PartiallyApplied(message, done=["token"], failed=["accounts"]) from error
        return [self._grant(login.id, record, accounts)]

    def _taken_over(
        self, answer: Mapping[str, str], accounts: Sequence[Account], login: Subject
    ) -> Flow[None]:
        """Have the accounts' pushes sent here, and register the number where a PIN is given."""
        for account in accounts:
            if account.kind == "waba":
                yield from self._post(f"/{account.id}/subscribed_apps", None, login)
        phone = answer.get("phone_number_id")
        if phone and answer.get("pin"):
            body = {"messaging_product": "whatsapp", "pin": answer["pin"]}
            yield from self._post(f"/{phone}/register", body, login)

    def _brought(
        self, answer: Mapping[str, str], facts: Mapping[str, Any], login: Subject
    ) -> Flow[list[Account]]:
        """The accounts that were told beside the code, or those that the consent names."""
        told = [answer["waba_id"]] if answer.get("waba_id") else _targets(facts)
        found: list[Account] = []
        for waba in told:
            found += yield from self._waba(waba, login)
        phone = answer.get("phone_number_id")
        if phone and phone not in {one.id for one in found}:
            found.append(_phone({"id": phone}, None))
        return found

    def _post(self, path: str, body: Any, whom: Subject | None) -> Flow[Any]:
        return self.ask("POST", path, body=body, service="business", subject=whom, safety="absolute")

    @supports(
        "native", params=native("kind", "slot"), cost="1 call a business edge, 3 for every WhatsApp account"
    )
    def accounts(self, *, kind: str | None = None, slot: str | None = None) -> Flow[Sequence[Account]]:
        """WhatsApp accounts, their numbers and catalogues.

        GET /{business-id}/owned_whatsapp_business_accounts and /client_whatsapp_business_accounts, then
        /{waba-id}/phone_numbers and /product_catalogs. Without ``business_id``: the ``waba_id`` of the
        settings, or those that ``debug_token`` names. A number is the account that sends.
        """
        service = self.front(slot)
        if service.slot == "app":
            return []
        login = self.front(None)
        whom = self.whom(login)
        found: dict[tuple[str, str], Account] = {}
        for waba in (yield from self._wabas(whom)):
            for one in (yield from self._waba(waba, whom, catalogs=kind in (None, "catalog"))):
                found[one.kind, one.id] = one
        record = yield from tokens.peek(self.session, login, whom)
        yield from self.share(record, list(found.values()))
        return [one for one in found.values() if kind in (None, one.kind)]

    def _wabas(self, whom: Subject | None) -> Flow[list[str]]:
        """The WhatsApp accounts of the business, of the settings, or of the consent."""
        identities = self.backend.identities
        business = self.subject if self.subject and self.subject.kind == "business" else None
        business = business or identities.get("business")
        found: list[str] = []
        if business is not None:
            for edge in ("owned_whatsapp_business_accounts", "client_whatsapp_business_accounts"):
                rows = yield from self._rows(f"/{business.id}/{edge}", "id", whom)
                found += [str(row["id"]) for row in rows]
        elif "waba" in identities:
            found.append(identities["waba"].id)
        else:
            found += yield from granted(self, _SCOPE, whom)
        return list(dict.fromkeys(found))

    def _waba(self, number: str, whom: Subject | None, catalogs: bool = False) -> Flow[list[Account]]:
        """One WhatsApp account with its numbers and, where asked for, its catalogues."""
        query = {"fields": _WABA_FIELDS}
        row = yield from self.ask("GET", f"/{number}", query=query, service="business", subject=whom)
        found = [_waba(row)]
        phones = yield from self._rows(f"/{number}/phone_numbers", _PHONE_FIELDS, whom)
        found += [_phone(phone, row) for phone in phones]
        if catalogs:
            linked = yield from self._rows(f"/{number}/product_catalogs", "id,name", whom)
            found += [catalog_account("whatsapp", one) for one in linked]
        return found

    def _rows(self, path: str, fields: str, whom: Subject | None) -> Flow[list[Any]]:
        return self.edge_all(path, {"fields": fields}, service="business", subject=whom)


def _words(value: Any) -> str:
    return value if isinstance(value, str) else write_json(value).decode()


def _targets(facts: Mapping[str, Any]) -> list[str]:
    rows = [row for row in facts.get("granular_scopes") or () if row.get("scope") == _SCOPE]
    return [str(one) for row in rows for one in row.get("target_ids") or ()]


def _waba(row: Mapping[str, Any]) -> Account:
    """A WhatsApp account; ``currency`` is of its bills, its time zone a number of Meta's (in ``raw``)."""
    number = str(row["id"])
    return Account.build(
        id=number,
        platform="whatsapp",
        kind="waba",
        name=row.get("name"),
        currency=row.get("currency"),
        native_ids={"waba_id": number},
        raw=row,
    )


def _phone(row: Mapping[str, Any], waba: Mapping[str, Any] | None) -> Account:
    number, told = str(row["id"]), row.get("status")
    of = {"waba_id": str(waba["id"])} if waba else {}
    return Account.build(
        id=number,
        platform="whatsapp",
        kind="phone",
        name=row.get("verified_name") or row.get("display_phone_number"),
        status=_STATUS.get(str(told), "other"),
        native_status=told,
        native_ids={"phone_number_id": number, **of},
        raw=row,
    )
