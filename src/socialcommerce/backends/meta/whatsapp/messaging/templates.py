"""``client.messaging.templates``: a template is known by its name and its language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final

from typing_extensions import Unpack

from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.whatsapp.codes import messaging as codes
from socialcommerce.backends.meta.words import rows, table, word
from socialcommerce.errors import NotFound
from socialcommerce.models.content import Button
from socialcommerce.models.media import Media
from socialcommerce.models.message import MessageTemplate, TemplateCategory, TemplateInput, TemplateStatus
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.messaging import TemplateChanges, Templates
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["WhatsAppTemplates", "template_of"]

_PAGE: Final = 100
_VARIABLE: Final = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
_REQUIRES: Final = ("business", "scope: whatsapp_business_management")
_WRITTEN: Final[dict[str, str]] = {ours: theirs for theirs, ours in codes.TEMPLATE_CATEGORIES.items()}
_STATUS_WORDS: Final[dict[str, str]] = {
    "approved": "APPROVED",
    "rejected": "REJECTED",
    "paused": "PAUSED",
}
"""Statuses that stand for one word of WhatsApp's; the others are picked out here."""


class WhatsAppTemplates(GraphNoun, Templates):
    """``client.messaging.templates`` on WhatsApp; for one account (``waba_id``)."""

    service: ClassVar[str] = "business"

    def _path(self) -> str:
        return f"/{self.own('waba')}/message_templates"

    @supports(
        "native", params=native("status", "language", "category"), requires=_REQUIRES, cost="1 call for 100"
    )
    def list(
        self,
        *,
        status: TemplateStatus | None = None,
        language: str | None = None,
        category: TemplateCategory | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[MessageTemplate]]:
        """GET /{waba-id}/message_templates."""
        query = {
            "fields": codes.TEMPLATE_FIELDS,
            "status": _STATUS_WORDS.get(status or ""),
            "language": language,
            "category": _WRITTEN.get(category or ""),
        }
        page = yield from self.edge(self._path(), query, cursor=cursor, limit=_PAGE)
        found = [template_of(row) for row in page.items]
        return Page(
            [
                one
                for one in found
                if status in (None, one.status)
                and language in (None, one.language)
                and category in (None, one.category)
            ],
            page.next,
        )

    @supports("native", params=native("template"), requires=_REQUIRES, cost="1 call; 100 an hour")
    def create(self, template: TemplateInput) -> Flow[MessageTemplate]:
        """POST /{waba-id}/message_templates; the review's outcome comes as an event.

        A header of media is given by the handle of a resumable upload: ``Media.from_id(handle)``.
        """
        body = _body(template)

        def find() -> Flow[Found[Any] | Absent]:
            rows_of = yield from self._named(template.name)
            for row in rows_of:
                if row.get("language") == template.language:
                    return Found(row)
            return Absent()

        made = yield from self.ask("POST", self._path(), body=body, safety="unsafe", readback=find)
        return template_of({**body, **made})

    def _named(self, name: str) -> Flow[Sequence[Mapping[str, Any]]]:
        """Every language of a name; the platform's filter finds parts of names too."""
        query = {"fields": codes.TEMPLATE_FIELDS, "name": name}
        found = yield from self.edge_all(self._path(), query, limit=_PAGE)
        return [row for row in found if row.get("name") == name]

    def defined(self, name: str, language: str) -> Flow[MessageTemplate]:
        """A template by its key, remembered for an hour; ``NotFound`` where there is none."""

        def read() -> Flow[MessageTemplate]:
            for row in (yield from self._named(name)):
                if row.get("language") == language:
                    return template_of(row)
            raise NotFound(f"there is no template {name} in {language}", platform="whatsapp", sent="yes")

        return self.remember(("template", name, language), read, 3600.0)

    @supports(
        "native",
        params=native("template", "category", "body", "header", "footer", "buttons", "variables"),
        requires=_REQUIRES,
        cost="2 calls; an approved one once a day, 10 times in 30 days",
    )
    def update(
        self, template: str | MessageTemplate, **changes: Unpack[TemplateChanges]
    ) -> Flow[MessageTemplate]:
        """GET and POST /{template-id}: its components are written whole, so they are read first."""
        number = identity(template)
        now = template_of((yield from self._read(number)))
        wanted = _merged(now, changes)
        body: dict[str, Any] = {}
        if changes.keys() - {"category"}:
            body["components"] = _components(wanted)
        if "category" in changes:
            body["category"] = _category(wanted.category)
        if not body:
            raise invalid(changes="name what to change")

        def find() -> Flow[Found[Any] | Undecided]:
            found = yield from self._fresh(number)
            if _is_as(found, wanted) and ("category" not in changes or found.category == wanted.category):
                return Found({})
            return Undecided(found.raw, f"read the template {number} again: messaging.templates.list")

        yield from self.ask("POST", f"/{number}", body=body, safety="absolute", readback=find)
        return (yield from self.told_after(self._fresh(number), now))

    def _read(self, number: str) -> Flow[Mapping[str, Any]]:
        row: Mapping[str, Any] = yield from self.ask(
            "GET", f"/{number}", query={"fields": codes.TEMPLATE_FIELDS}
        )
        return row

    def _fresh(self, number: str) -> Flow[MessageTemplate]:
        return template_of((yield from self._read(number)))

    @supports(
        "native",
        params=native("template") | emulated("language"),
        requires=_REQUIRES,
        cost="1 call; 2 by id",
    )
    def delete(self, template: str | MessageTemplate, *, language: str | None = None) -> Flow[None]:
        """DELETE /{waba-id}/message_templates: of an object its language alone, of a name all of them.

        The name of a template that is gone is blocked for 30 days.
        """
        query = yield from self._doomed(template, language)

        def find() -> Flow[Found[Any] | Absent]:
            rows_of = yield from self._named(query["name"])
            left = [row for row in rows_of if row.get("id") == query.get("hsm_id", row.get("id"))]
            return Absent() if left else Found({})

        yield from self.ask("DELETE", self._path(), query=query, safety="absolute", readback=find)

    def _doomed(self, template: str | MessageTemplate, language: str | None) -> Flow[dict[str, str]]:
        if isinstance(template, MessageTemplate):
            if language in (None, template.language):
                return {"name": template.name, "hsm_id": template.id}
            template = template.name
        if template.isdigit():
            row = yield from self._read(template)
            return {"name": word(row.get("name")), "hsm_id": template}
        if language is None:
            return {"name": template}
        one = yield from self.defined(template, language)
        return {"name": template, "hsm_id": one.id}


def _category(category: TemplateCategory) -> str:
    written = _WRITTEN.get(category)
    if written is None:
        raise invalid(category=f"WhatsApp knows {', '.join(_WRITTEN)}")
    return written


def _body(template: TemplateInput) -> dict[str, Any]:
    if not codes.TEMPLATE_NAME.fullmatch(template.name):
        raise invalid(name="takes small letters, digits and underscores, 512 at most")
    named = any(not name.isdigit() for name in _VARIABLE.findall(template.body))
    return {
        "name": template.name,
        "language": template.language,
        "category": _category(template.category),
        "parameter_format": "NAMED" if named else "POSITIONAL",
        "components": _components(template),
    }


def _components(template: TemplateInput) -> list[dict[str, Any]]:
    parts = [_body_part(template)]
    if template.header is not None:
        parts.insert(0, _header_part(template.header))
    if template.footer:
        parts.append({"type": "FOOTER", "text": template.footer})
    if template.buttons:
        parts.append({"type": "BUTTONS", "buttons": [_button_part(one) for one in template.buttons]})
    return parts


def _body_part(template: TemplateInput) -> dict[str, Any]:
    part: dict[str, Any] = {"type": "BODY", "text": template.body}
    names = list(dict.fromkeys(_VARIABLE.findall(template.body)))
    if not names:
        return part
    missing = [name for name in names if name not in template.variables]
    if missing:
        raise invalid(variables=f"lacks an example of {', '.join(missing)}, which reviewers want")
    if all(name.isdigit() for name in names):
        examples = [template.variables[name] for name in sorted(names, key=int)]
        return part | {"example": {"body_text": [examples]}}
    named = [{"param_name": name, "example": template.variables[name]} for name in names]
    return part | {"example": {"body_text_named_params": named}}


def _header_part(header: str | Media) -> dict[str, Any]:
    if isinstance(header, str):
        return {"type": "HEADER", "format": "TEXT", "text": header}
    if header.id is None:
        raise invalid(header="media of a template is given by its upload handle: Media.from_id(handle)")
    kind = codes.MEDIA[header.kind].upper()
    return {"type": "HEADER", "format": kind, "example": {"header_handle": [header.id]}}


def _button_part(button: Button) -> dict[str, Any]:
    if button.url:
        part: dict[str, Any] = {"type": "URL", "text": button.title, "url": button.url}
        return part | ({"example": [button.payload]} if button.payload else {})
    if button.phone:
        return {"type": "PHONE_NUMBER", "text": button.title, "phone_number": button.phone}
    return {"type": "QUICK_REPLY", "text": button.title}


def template_of(row: Mapping[str, Any]) -> MessageTemplate:
    """A template as lists, creation and events tell it."""
    parts = {word(part.get("type")).upper(): part for part in rows(row.get("components"))}
    category, status = word(row.get("category")), word(row.get("status"))
    reason = word(row.get("rejected_reason"))
    body = word(table(parts.get("BODY")).get("text"))
    return MessageTemplate.build(
        id=word(row.get("id")),
        platform="whatsapp",
        native_ids={"template_id": word(row.get("id"))},
        name=word(row.get("name")),
        language=word(row.get("language")) or None,
        category=codes.TEMPLATE_CATEGORIES.get(category, "other"),
        native_category=category or None,
        status=codes.TEMPLATE_STATUSES.get(status, "other"),
        native_status=status or None,
        reasons=(reason,) if reason not in ("", "NONE") else (),
        body=body or None,
        header=_header_of(table(parts.get("HEADER"))),
        footer=word(table(parts.get("FOOTER")).get("text")) or None,
        buttons=tuple(_button_of(one) for one in rows(table(parts.get("BUTTONS")).get("buttons"))),
        variables=tuple(dict.fromkeys(_VARIABLE.findall(body))),
        raw=row,
    )


def _header_of(part: Mapping[str, Any]) -> str | Media | None:
    style = word(part.get("format"))
    if style == "TEXT":
        return word(part.get("text")) or None
    kind = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "file"}.get(style)
    if kind is None:
        return None
    handles = table(part.get("example")).get("header_handle")
    first = handles[0] if isinstance(handles, list) and handles else None
    return Media.build(kind=kind, url=word(first) or None)


def _button_of(row: Mapping[str, Any]) -> Button:
    return Button.build(
        title=word(row.get("text")) or word(row.get("type")),
        url=word(row.get("url")) or None,
        phone=word(row.get("phone_number")) or None,
    )


def _merged(now: MessageTemplate, changes: Mapping[str, Any]) -> TemplateInput:
    """The template as it shall be; examples that were not given again are those it had."""
    kept = {
        "name": now.name,
        "language": now.language or "",
        "category": now.category,
        "body": now.body or "",
        "header": now.header,
        "footer": now.footer,
        "buttons": now.buttons,
        "variables": _examples(table(now.raw)),
    }
    return TemplateInput.model_validate({**kept, **changes})


def _is_as(found: MessageTemplate, wanted: TemplateInput) -> bool:
    """Whether a template reads as it was written, its category and the address of its picture apart."""
    pairs: list[tuple[Any, Any]] = [
        (found.body, wanted.body),
        (found.footer, wanted.footer),
        ([one.title for one in found.buttons], [one.title for one in wanted.buttons]),
        (_examples(table(found.raw)), wanted.variables),
    ]
    if not isinstance(wanted.header, Media):
        pairs.append((found.header, wanted.header))
    return all(one == other for one, other in pairs)


def _examples(row: Mapping[str, Any]) -> dict[str, str]:
    for part in rows(row.get("components")):
        example = table(part.get("example"))
        named = rows(example.get("body_text_named_params"))
        if named:
            return {word(one.get("param_name")): word(one.get("example")) for one in named}
        told = example.get("body_text")
        if isinstance(told, list) and told and isinstance(told[0], list):
            return {str(place): word(value) for place, value in enumerate(told[0], 1)}
    return {}
