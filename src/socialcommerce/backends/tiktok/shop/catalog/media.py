"""Uploading to TikTok Shop: images by what they are for, films and documents as files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from socialcommerce.backends.tiktok.shop.catalog.reading import Reading
from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.errors import DecodeError, Unsupported
from socialcommerce.models.media import Media
from socialcommerce.models.product import Product
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.catalog import Purpose
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.call import Upload
from socialcommerce.runtime.flow import Flow, gather

__all__ = ["Uploading"]

_IMAGES = "/product/202309/images/upload"
_FILES = "/product/202309/files/upload"
_KEPT = 3600.0


class Uploading(Reading):
    """The part of ``client.catalog`` that uploads."""

    @supports("native", params={**native("source", "purpose"), **emulated("product")}, cost="1 call")
    def upload_media(
        self, source: Media, *, purpose: Purpose = "product", product: str | Product | None = None
    ) -> Flow[Media]:
        """POST images/upload with the use case of the purpose; films and PDF files: POST files/upload.

        Media that TikTok Shop holds already is answered as it is. Files belong to no product until
        one names them, so ``product`` changes nothing.
        """
        return (yield from self._uploaded(source, purpose))

    def _uploaded(self, source: Media, purpose: Purpose = "product") -> Flow[Media]:
        if source.id is not None:
            return source
        if source.content is None and source.path is None:
            raise Unsupported(
                "catalog.upload_media:url",
                "tiktok_shop",
                "TikTok Shop takes files, and this client fetches none from foreign hosts",
                "Media.from_bytes(…) with the downloaded bytes",
            )
        content = source.read()
        if purpose == "video" or source.kind != "image":
            return (yield from self._file(source, content))
        key = ("image", purpose, hashlib.sha256(content).hexdigest())
        return (yield from self.remember(key, lambda: self._image(source, content, purpose), _KEPT))

    def _uploads(self, media: Sequence[Media], purpose: Purpose = "product") -> Flow[Sequence[Media]]:
        """Several at once, in order."""
        if not media:
            return ()
        return (yield from gather([self._uploaded(item, purpose) for item in media], 4))

    def _image(self, source: Media, content: bytes, purpose: Purpose) -> Flow[Media]:
        if source.media_type not in codes.IMAGE_TYPES:
            raise invalid(media=f"is {source.media_type}; TikTok Shop takes JPEG, PNG, WEBP, HEIC and BMP")
        _refuse_size(content, codes.IMAGE_BYTES)
        answer = yield from self.ask(
            "POST",
            _IMAGES,
            body={"use_case": codes.USE_CASES[purpose]},
            files={"data": Upload(source.name or "image", content, source.media_type or "")},
            safety="absolute",
        )
        if not answer.get("uri"):
            raise DecodeError("the reply names no image", platform="tiktok_shop", status=200)
        return Media.build(
            id=answer["uri"],
            url=answer.get("url"),
            width=answer.get("width"),
            height=answer.get("height"),
            media_type=source.media_type,
            name=source.name,
            alt=source.alt,
        )

    def _file(self, source: Media, content: bytes) -> Flow[Media]:
        """A film or a document; TikTok Shop wants its name plain, with one dot."""
        document = source.media_type == "application/pdf"
        if not document and source.kind != "video":
            raise invalid(media=f"is {source.media_type}; TikTok Shop takes films and PDF files here")
        _refuse_size(content, codes.PDF_BYTES if document else codes.VIDEO_BYTES)
        name = _plain(source.name or ("file.pdf" if document else "film.mp4"))
        answer = yield from self.ask(
            "POST",
            _FILES,
            body={"name": name},
            files={"data": Upload(name, content, source.media_type or "")},
            safety="absolute",
        )
        return Media.build(
            kind=source.kind,
            id=str(answer["id"]),
            url=answer.get("url"),
            media_type=source.media_type,
            name=answer.get("name") or name,
        )


def _plain(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-_") + dot + ending if stem else name


def _refuse_size(content: bytes, most: int) -> None:
    if not content:
        raise invalid(media="is empty")
    if len(content) > most:
        raise invalid(media=f"is {len(content)} bytes; TikTok Shop takes at most {most // 1_000_000} MB")
