"""What people ask of the app itself: to lose its access, or to have their data deleted.

Both come as a ``signed_request`` to addresses of their own, and look alike: the endpoint's name tells them
apart. A deletion is answered with a page where the person sees how it stands, and a code to ask by.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from socialcommerce.backends.meta.words import digest, moment, word
from socialcommerce.errors import WebhookError
from socialcommerce.models.event import Event, EventRef
from socialcommerce.runtime.text import write_json
from socialcommerce.runtime.transport import Response

__all__ = ["DEAUTHORIZE", "DELETION", "DELETION_STATUS", "form_answer", "form_event", "form_reply"]

DEAUTHORIZE: Final = "deauthorize"
"""The endpoint that people who remove the app are told to."""
DELETION: Final = "deletion"
"""The endpoint that people who want their data deleted are told to."""
DELETION_STATUS: Final = "deletion_status"
"""The name in ``callback_urls`` of the page where people see how a deletion stands."""


def form_event(said: Mapping[str, Any], endpoint: str, platform: str) -> Event:
    """The event of a form; one that comes to any other endpoint is a removal of the app."""
    deletion = endpoint == DELETION
    user, name = word(said.get("user_id")), DELETION if deletion else DEAUTHORIZE
    return Event.build(
        key=f"{name}:{digest(dict(said))}",
        type="privacy.requested" if deletion else "authorization.revoked",
        native_type=name,
        platform=platform,
        ref=EventRef.build(kind="user", id=user) if user else None,
        occurred_at=moment(said.get("issued_at")),
        data=dict(said),
        raw=said,
    )


def form_reply(said: Mapping[str, Any], endpoint: str, callback_urls: Mapping[str, str]) -> Response:
    """The answer to a form: empty, or for a deletion the page and the code that Meta shows the person.

    Raises:
        WebhookError: ``callback_urls`` names no page (``reason="configuration"``).
    """
    if endpoint != DELETION:
        return Response(200)
    page = callback_urls.get(DELETION_STATUS)
    if page is None:
        raise WebhookError(
            f"a deletion is answered with a page: give callback_urls={{{DELETION_STATUS!r}: 'https://…'}}",
            reason="configuration",
        )
    return form_answer(said, page)


def form_answer(said: Mapping[str, Any], content: Any) -> Response:
    """What Meta shows a person who wants their data deleted.

    Args:
        said: the form; its code is the same for every delivery of it.
        content: the address of the page where it can be followed, which gets the code; or both fields of
            the answer, ``url`` and ``confirmation_code``.
    """
    code = digest([DELETION, dict(said)])
    if isinstance(content, Mapping):
        answer = dict(content)
    else:
        answer = {"url": _joined(str(content), code), "confirmation_code": code}
    return Response(200, {"content-type": "application/json"}, write_json(answer))


def _joined(page: str, code: str) -> str:
    return f"{page}{'&' if '?' in page else '?'}code={code}" if page else ""
