"""Files: uploaded for thirty days, looked up for a link of five minutes, deleted."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.meta.graph.wire import Call, Routes
from socialcommerce.simulators.meta.whatsapp.people import keep_media
from socialcommerce.simulators.meta.whatsapp.refusals import refuse
from socialcommerce.simulators.meta.whatsapp.waba import MEDIA_LIFE, waba_of

__all__ = ["KIND", "routes"]

KIND, PHONE = "WhatsAppMedia", "WhatsAppBusinessPhoneNumber"
routes = Routes("whatsapp_business_messaging")
MB = 1024 * 1024
LINK_LIFE = 300
TYPES = {
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    "image": ("image/jpeg", "image/png"),
    "sticker": ("image/webp",),
    "video": ("video/3gpp", "video/mp4"),
    "document": (
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/plain",
    ),
}
LARGEST = {"audio": 16 * MB, "image": 5 * MB, "sticker": 500 * 1024, "video": 16 * MB, "document": 100 * MB}
"""Bytes that a file of each kind may have."""


def _kind_of(mime: str) -> str:
    bare = mime.partition(";")[0].strip().lower()
    for kind, known in TYPES.items():
        if bare in known:
            return kind
    raise refuse(
        100, f"Param file must be a file with one of the known types. Received file of type '{mime}'."
    )


@routes.edge("POST", PHONE, "media")
def upload(call: Call) -> dict[str, Any]:
    """Keep a file; answers its id."""
    file, mime = call.files.get("file"), str(call.given.get("type") or "")
    if call.given.get("messaging_product") != "whatsapp":
        raise refuse(100, "The parameter messaging_product is required.")
    if file is None or not mime:
        raise refuse(100, f"The parameter {'file' if file is None else 'type'} is required.")
    kind = _kind_of(mime)
    if not file.content or len(file.content) > LARGEST[kind]:
        raise refuse(131053, f"A file of type {mime} holds 1 to {LARGEST[kind]} bytes.")
    return {"id": keep_media(call.own.entity, kind, mime, file.content).id}


@routes.node("GET", KIND)
def info(call: Call) -> dict[str, Any]:
    """What the file is, and a link to it that wants the same token."""
    waba, held = waba_of(call.seller), call.own.entity
    if waba.clock.now() - held.created > MEDIA_LIFE:
        raise refuse(100, "The media is gone: files are kept for 30 days.")
    if call.given.get("phone_number_id", waba.phone_id) != waba.phone_id:
        raise refuse(100, "The media does not belong to this phone number.")
    path = f"/whatsapp_business/attachments/{held.id}/{call.twin.new_word(16)}"
    link = call.twin.keep_file(call.origin, path, held.content, held.mime, LINK_LIFE, token=True)
    return {
        "messaging_product": "whatsapp",
        "url": link,
        "mime_type": held.mime,
        "sha256": held.sha256,
        "file_size": str(len(held.content)),
        "id": held.id,
    }


@routes.node("DELETE", KIND)
def delete(call: Call) -> dict[str, Any]:
    """Delete the file."""
    waba_of(call.seller).media.pop(call.own.id, None)
    call.twin.nodes.pop(call.own.id)
    return {"success": True}
