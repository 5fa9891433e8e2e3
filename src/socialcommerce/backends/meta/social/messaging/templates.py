"""Messenger's utility templates: messages that were approved to be sent outside of the window."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from socialcommerce.backends.meta.social.codes import messaging as codes
from socialcommerce.backends.meta.social.messaging.people import Inbox
from socialcommerce.backends.meta.words import rows, table, word
from socialcommerce.backends.shared import Json
from socialcommerce.errors import InvalidRequest, NotFound
from socialcommerce.models.content import Button
from socialcommerce.models.media import Media
from socialcommerce.models.message import MessageTemplate, TemplateCategory, TemplateInput, TemplateStatus
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.messaging import Templates
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.call import Absent, Found
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["MetaTemplates"]

_FIELDS: Final = "id,name,language,category,status,components"
_CATEGORY: Final = "UTILITY"
_VARIABLE: Final = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_EDGE: Final = "message_templates"
_KNOWN: Final = "official: edge and parameters; not exercised"
_SLOT: Final = ("page", "pages_utility_messaging")


class MetaTemplates(Inbox, Templates):
    """``client.messaging.templates``: Messenger's, of the one category it has (utility)."""

    @supports(
        "native",
        params=native("status", "language", "category"),
        requires=_SLOT,
        cost="1 call for 25",
        confidence=_KNOWN,
    )
    def list(
        self,
        *,
        status: TemplateStatus | None = None,
        language: str | None = None,
        category: TemplateCategory | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[MessageTemplate]]:
        """GET /{page-id}/message_templates."""
        words = [native for native, known in codes.TEMPLATE_STATUSES.items() if known == status]
        if category not in (None, "utility") or (status is not None and not words):
            return Page(())  # there is no template of such a kind, and no need to ask
        query = {
            "fields": _FIELDS,
            "status": words or None,
            "language": [language] if language else None,
        }
        page = yield from self.edge(f"/{self.page}/{_EDGE}", query, cursor=cursor, limit=codes.PAGE)
        return Page([_template(row) for row in page.items], page.next)

    @supports("native", params=native("template"), requires=_SLOT, cost="1 call", confidence=_KNOWN)
    def create(self, template: TemplateInput) -> Flow[MessageTemplate]:
        """POST /{page-id}/message_templates; it is reviewed before it can be sent."""
        body = {
            "name": template.name,
            "language": template.language,
            "category": _CATEGORY,
            "components": _components(template),
            "parameter_format": "POSITIONAL" if _numbered(_variables(template.body)) else "NAMED",
        }
        find = partial(self._find, template.name, template.language)
        row = yield from self.ask("POST", f"/{self.page}/{_EDGE}", body=body, safety="unsafe", readback=find)
        return _template({**body, "status": "PENDING", **row})

    def _find(self, name: str, language: str) -> Flow[Found[Any] | Absent]:
        """A template is known by name and language, so what is not listed was not made."""
        for row in (yield from self._named(name)):
            if row.get("language") == language:
                return Found(row)
        return Absent()

    def _named(self, name: str) -> Flow[Sequence[Json]]:
        query = {"fields": _FIELDS, "name": name}
        found = yield from self.edge_all(f"/{self.page}/{_EDGE}", query, limit=codes.PAGE)
        return [row for row in found if row.get("name") == name]

    @supports("native", params=native("language"), requires=_SLOT, cost="1 or 2 calls", confidence=_KNOWN)
    def delete(self, template: str | MessageTemplate, *, language: str | None = None) -> Flow[None]:
        """DELETE /{page-id}/message_templates: by name all languages, by id one of them."""
        if isinstance(template, MessageTemplate) and language in (None, template.language):
            name, number = template.name, template.id
        else:
            name, number = yield from self._one(template, language)
        query = {"name": name, "template_id": number}
        find = partial(self._gone, name, number)
        path = f"/{self.page}/{_EDGE}"
        try:
            yield from self.ask("DELETE", path, query=query, safety="absolute", readback=find)
        except InvalidRequest as error:  # what is not there is refused like any wrong parameter
            if isinstance((yield from find()), Found):
                raise _unknown(number) from error
            raise

    def _gone(self, name: str, number: str) -> Flow[Found[Any] | Absent]:
        """A repeat of a deletion whose answer was lost is told that there is nothing to delete."""
        left = [row for row in (yield from self._named(name)) if word(row.get("id")) == number]
        return Absent() if left else Found({})

    def _one(self, template: str | MessageTemplate, language: str | None) -> Flow[tuple[str, str]]:
        """The name and the id of a template that was given by id, or by another language of it."""
        wanted = identity(template)
        found = yield from self.edge_all(f"/{self.page}/{_EDGE}", {"fields": _FIELDS}, limit=codes.PAGE)
        name = next((word(row.get("name")) for row in found if word(row.get("id")) == wanted), None)
        for row in found:
            one = row.get("language") == language if language else word(row.get("id")) == wanted
            if name is not None and row.get("name") == name and one:
                return name, word(row.get("id"))
        raise _unknown(wanted)


def _unknown(number: str) -> NotFound:
    return NotFound(f"there is no such template {number!r}", platform="meta", sent="yes")


def _components(template: TemplateInput) -> list[dict[str, Any]]:
    """The parts of a template; Messenger's have words and buttons."""
    if template.category != "utility":
        raise invalid(category="Messenger has utility templates only")
    if isinstance(template.header, Media):
        raise invalid(header="Messenger's templates have words above the text, no pictures")
    parts: list[dict[str, Any]] = []
    if template.header:
        parts.append({"type": "HEADER", "format": "TEXT", "text": template.header})
    parts.append({"type": "BODY", "text": template.body, **_examples(template)})
    if template.footer:
        parts.append({"type": "FOOTER", "text": template.footer})
    if template.buttons:
        parts.append({"type": "BUTTONS", "buttons": [_button(one) for one in template.buttons]})
    return parts


def _variables(body: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_VARIABLE.findall(body)))


def _numbered(names: Sequence[str]) -> bool:
    return bool(names) and all(name.isdecimal() for name in names)


def _examples(template: TemplateInput) -> Mapping[str, Any]:
    names = _variables(template.body)
    if not names:
        return {}
    missing = [name for name in names if name not in template.variables]
    if missing:
        raise invalid(variables=f"reviewers want an example of each variable: {', '.join(missing)}")
    if _numbered(names):
        return {"example": {"body_text": [[template.variables[name] for name in sorted(names, key=int)]]}}
    named = [{"param_name": name, "example": template.variables[name]} for name in names]
    return {"example": {"body_text_named_params": named}}


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"type": "URL", "text": button.title, "url": button.url}
    if button.phone:
        return {"type": "PHONE_NUMBER", "text": button.title, "phone_number": button.phone}
    return {"type": "POSTBACK", "text": button.title, "payload": button.payload or button.title}


def _template(row: Json) -> MessageTemplate:
    parts = {word(part.get("type")).upper(): part for part in rows(row.get("components"))}
    body = word(table(parts.get("BODY")).get("text")) or None
    category, status = word(row.get("category")).upper(), word(row.get("status")).upper()
    return MessageTemplate.build(
        id=word(row.get("id")),
        platform="meta",
        native_ids={"template_id": word(row.get("id"))},
        name=word(row.get("name")),
        language=word(row.get("language")) or None,
        category="utility" if category == _CATEGORY else "other",
        native_category=category or None,
        status=codes.TEMPLATE_STATUSES.get(status, "other"),
        native_status=status or None,
        body=body,
        header=word(table(parts.get("HEADER")).get("text")) or None,
        footer=word(table(parts.get("FOOTER")).get("text")) or None,
        buttons=tuple(_read_button(one) for one in rows(table(parts.get("BUTTONS")).get("buttons"))),
        variables=_variables(body or ""),
        raw=row,
    )


def _read_button(row: Json) -> Button:
    return Button.build(
        title=word(row.get("text")),
        payload=word(row.get("payload")) or None,
        url=word(row.get("url")) or None,
        phone=word(row.get("phone_number")) or None,
    )
