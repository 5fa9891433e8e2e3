"""Uploading images and films to Shopee's media space."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.shopee.catalog.reading import Reading
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.errors import DecodeError, InvalidRequest, NotReady, PlatformError, Unsupported
from socialcommerce.models.media import Media
from socialcommerce.models.product import Product
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import Purpose
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.call import Upload
from socialcommerce.runtime.flow import Flow, Sleep, gather

__all__ = ["Uploading"]

MEDIA = "/api/v2/media_space/"
_POLL_SECONDS = 5.0
_PATIENCE = 600.0


class Uploading(Reading):
    """The part of ``client.catalog`` that uploads."""

    @supports(
        "native",
        params={**native("source", "purpose"), **emulated("product")},
        requires=("seller",),
        cost="images: 1 call; films: 4 calls and one more for every 4 MB",
    )
    def upload_media(
        self, source: Media, *, purpose: Purpose = "product", product: str | Product | None = None
    ) -> Flow[Media]:
        """POST media_space/upload_image; a film goes in parts of 4 MB and is polled until it is ready.

        Media that Shopee holds already is answered as it is. Images belong to no product until one
        names them, so ``product`` changes nothing. A film's webhook (code 11) says the same as the poll.
        """
        return (yield from self._uploaded(source, purpose))

    def _uploaded(self, source: Media, purpose: Purpose = "product") -> Flow[Media]:
        if source.id is not None:
            return source
        if source.content is None and source.path is None:
            raise Unsupported(
                "catalog.upload_media:url",
                "shopee",
                "Shopee takes files, and this client fetches none from foreign hosts",
                "Media.from_bytes(…) with the downloaded bytes",
            )
        if source.kind == "video" or purpose == "video":
            return (yield from self._film(source))
        return (yield from self._image(source, purpose))

    def _uploads(self, media: Sequence[Media]) -> Flow[Sequence[Media]]:
        """Several at once, in order."""
        if not media:
            return ()
        return (yield from gather([self._uploaded(item) for item in media], 4))

    def _image(self, source: Media, purpose: Purpose) -> Flow[Media]:
        if source.media_type not in codes.IMAGE_TYPES:
            raise invalid(media=f"is {source.media_type}; Shopee takes JPEG and PNG")
        content = source.read()
        if len(content) > codes.IMAGE_BYTES:
            raise invalid(media=f"is {len(content)} bytes; Shopee takes images up to 10 MB")
        answer = yield from self.ask(
            "POST",
            MEDIA + "upload_image",
            body={"scene": "desc" if purpose == "description" else "normal"},
            files={"image": Upload(source.name or "image", content, source.media_type or "")},
            account="forbidden",
            safety="absolute",
        )
        info = _image_info(answer)
        urls = info.get("image_url_list") or ()
        return Media.build(
            id=info["image_id"],
            url=urls[0]["image_url"] if urls else None,
            media_type=source.media_type,
            name=source.name,
            alt=source.alt,
        )

    def _film(self, source: Media) -> Flow[Media]:
        content = source.read()
        if len(content) > codes.VIDEO_BYTES:
            raise invalid(media=f"is {len(content)} bytes; Shopee takes films up to 30 MB")
        started = self.session.clock()
        answer = yield from self.ask(
            "POST",
            MEDIA + "init_video_upload",
            body={"file_md5": _md5(content), "file_size": len(content)},
            safety="absolute",
        )
        upload_id = answer["video_upload_id"]
        starts = range(0, len(content), codes.VIDEO_PART)
        parts = [content[start : start + codes.VIDEO_PART] for start in starts]
        yield from gather([self._part(upload_id, seq, part) for seq, part in enumerate(parts)], 2)
        yield from self._complete_film(upload_id, len(parts), self.session.clock() - started)
        info = yield from self._transcoded(upload_id, source)
        urls = info.get("video_url_list") or ()
        return Media.build(
            kind="video",
            id=upload_id,
            url=urls[0]["video_url"] if urls else None,
            media_type=source.media_type,
            name=source.name,
            native_status="SUCCEEDED",
        )

    def _part(self, upload_id: str, seq: int, content: bytes) -> Flow[Any]:
        return self.ask(
            "POST",
            MEDIA + "upload_video_part",
            body={"video_upload_id": upload_id, "part_seq": seq, "content_md5": _md5(content)},
            files={"part_content": Upload(f"part{seq}", content)},
            account="forbidden",
            safety="absolute",
        )

    def _complete_film(self, upload_id: str, parts: int, seconds: float) -> Flow[Any]:
        body = {
            "video_upload_id": upload_id,
            "part_seq_list": list(range(parts)),
            "report_data": {"upload_cost": max(1, round(seconds * 1000))},
        }
        path = MEDIA + "complete_video_upload"
        return self.ask("POST", path, body=body, account="forbidden", safety="absolute")

    def _transcoded(self, upload_id: str, source: Media) -> Flow[Mapping[str, Any]]:
        """Poll until the film is ready; what Shopee has against it is the error's message."""
        until = self.session.clock() + _PATIENCE
        while self.session.clock() < until:
            answer = yield from self.ask(
                "GET", MEDIA + "get_video_upload_result", query={"video_upload_id": upload_id}
            )
            if answer["status"] == "SUCCEEDED":
                return answer.get("video_info") or {}
            if answer["status"] in ("FAILED", "CANCELLED"):
                raise InvalidRequest(
                    answer.get("message") or f"the film is {answer['status']}",
                    fields={"media": answer.get("message") or answer["status"]},
                    platform="shopee",
                    sent="yes",
                    raw=answer,
                )
            yield Sleep(_POLL_SECONDS)
        raise NotReady(
            f"Shopee still works on film {upload_id} ({source.name})", platform="shopee", sent="yes"
        )


def _image_info(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The one image's id and URLs; an image may fail although the call succeeded."""
    rows = answer.get("image_info_list") or ()
    if rows and rows[0].get("error"):
        raise PlatformError(
            rows[0].get("message") or "", code=rows[0]["error"], platform="shopee", sent="yes"
        )
    infos: list[Mapping[str, Any]] = [
        answer.get("image_info") or {},
        *(row.get("image_info") or {} for row in rows),
    ]
    info = next((found for found in infos if found.get("image_id")), {})
    if not info.get("image_id"):
        raise DecodeError("the reply names no image", platform="shopee", status=200)
    return info


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
