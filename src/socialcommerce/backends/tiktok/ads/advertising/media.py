"""Pictures and films for ads: uploaded by their bytes, or fetched by TikTok from an address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from socialcommerce.backends.tiktok.ads.noun import TikTokNoun
from socialcommerce.errors import Conflict
from socialcommerce.models.media import Media
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.call import Upload
from socialcommerce.runtime.flow import Flow

__all__ = ["MediaNoun", "signature"]

_PATHS = {"image": "/file/image/ad/upload/", "video": "/file/video/ad/upload/"}

_TAKEN, _NAMES = "40911", 3
"""The code of a name that is taken, and how many others are tried."""


def signature(content: bytes) -> str:
    """What TikTok compares an upload with: the MD5 of its bytes in hex."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class MediaNoun(TikTokNoun):
    """A noun that uploads media to the ad account."""

    def uploaded(self, media: Media) -> Flow[Media]:
        """Media as the ad account knows it, uploaded first where it is not there yet.

        The same bytes uploaded twice are harmless, so it is repeated after a cut connection. A name that
        is taken, perhaps by an upload whose answer was lost, is changed.
        """
        if media.id is not None:
            return media
        if media.kind not in _PATHS:
            raise invalid(media=f"is a {media.kind}; ads show images and videos")
        body, files = _by_url(media) if media.url is not None else _by_file(media)
        data = yield from self._upload(_PATHS[media.kind], body, files, _NAMES)
        return _known(media, data[0] if isinstance(data, list) else data)

    def _upload(
        self, path: str, body: Mapping[str, Any], files: Mapping[str, Upload] | None, names: int
    ) -> Flow[Any]:
        try:
            return (yield from self.ask("POST", path, body=dict(body), files=files, safety="absolute"))
        except Conflict as error:
            if error.code != _TAKEN or not names:
                raise
        renamed = {**body, "file_name": _another(str(body.get("file_name", "upload")))}
        return (yield from self._upload(path, renamed, files, names - 1))


def _another(name: str) -> str:
    """The name with something before its ending that no other has."""
    stem, point, ending = name.rpartition(".")
    return f"{stem or ending}-{uuid4().hex[:12]}{point}{ending if point else ''}"


def _by_url(media: Media) -> tuple[dict[str, Any], Mapping[str, Upload] | None]:
    """The sheet says JSON, the vendor's own client a form; here, in one place, it is JSON."""
    body = {"upload_type": "UPLOAD_BY_URL", f"{media.kind}_url": media.url}
    return body | ({"file_name": media.name} if media.name else {}), None


def _by_file(media: Media) -> tuple[dict[str, Any], Mapping[str, Upload] | None]:
    try:
        content = media.read()
    except ValueError as error:
        raise invalid(media="must be given as bytes, a file, an address or an id") from error
    name = media.name or f"upload.{'mp4' if media.kind == 'video' else 'png'}"
    body = {
        "upload_type": "UPLOAD_BY_FILE",
        f"{media.kind}_signature": signature(content),
        "file_name": name,
    }
    upload = Upload(name, content, media.media_type or "application/octet-stream")
    return body, {f"{media.kind}_file": upload}


def _known(media: Media, row: Mapping[str, Any]) -> Media:
    displayable = row.get("displayable", True)
    return Media.build(
        kind=media.kind,
        id=str(row[f"{media.kind}_id"]),
        url=row.get("image_url") or row.get("preview_url") or row.get("url") or media.url,
        media_type=media.media_type,
        name=row.get("file_name") or media.name,
        alt=media.alt,
        width=row.get("width"),
        height=row.get("height"),
        status="ready" if displayable else "processing",
    )
