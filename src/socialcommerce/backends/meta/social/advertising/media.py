"""Pictures and films for ads: uploaded as files, films also fetched by Meta from an address."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from socialcommerce.backends.meta.graph import FORM
from socialcommerce.backends.meta.social.advertising.base import RULES, AdvertisingNoun
from socialcommerce.errors import InvalidRequest, NotReady
from socialcommerce.models.media import Media, MediaStatus
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.call import Absent, Found, Upload
from socialcommerce.runtime.flow import Flow, Sleep

__all__ = ["MediaNoun"]

_PAUSES = (2.0, 4.0, 8.0, 15.0, 30.0)
"""How long a film is waited for before an ad shows it, step by step."""

_STATUS: dict[str, MediaStatus] = {"ready": "ready", "error": "failed", "expired": "failed"}


class MediaNoun(AdvertisingNoun):
    """A noun that uploads media to the ad account."""

    def uploaded(self, media: Media) -> Flow[Media]:
        """Media as the ad account knows it, uploaded first where it is not there yet.

        A picture is known by its hash, so that uploading it twice is harmless.
        """
        if media.id is not None:
            return media
        if media.kind == "video":
            return (yield from self._film(media))
        if media.kind != "image":
            raise invalid(media=f"is a {media.kind}; ads show images and videos")
        if media.url is not None:
            raise RULES.unsupported("ads.upload_media:image_url")
        return (yield from self._picture(media))

    def _picture(self, media: Media) -> Flow[Media]:
        """POST /act_{id}/adimages with the bytes in base64."""
        body = {"bytes": base64.b64encode(_bytes(media)).decode()}
        path = f"/{self.own('ad')}/adimages"
        data = yield from self.ask("POST", path, body=body, headers=FORM, safety="absolute")
        (row, *_) = data["images"].values()
        sizes = {name: row[name] for name in ("width", "height") if row.get(name)}
        return _known(media, id=str(row["hash"]), url=row.get("url"), status="ready", **sizes)

    def _film(self, media: Media) -> Flow[Media]:
        """POST /act_{id}/advideos with the file or its address; Meta then works on it for a while."""
        title = media.name or f"upload-{uuid4().hex[:12]}"
        path = f"/{self.own('ad')}/advideos"
        fields: dict[str, Any] = {"body": {"title": title, "file_url": media.url}, "headers": FORM}
        if media.url is None:
            upload = Upload(title, _bytes(media), media.media_type or "video/mp4")
            fields = {"body": {"title": title}, "files": {"source": upload}}
        since = self.now().replace(microsecond=0) - timedelta(seconds=30)
        look = partial(self._look_for_film, path, title, since)
        data = yield from self.ask("POST", path, safety="unsafe", readback=look, **fields)
        self.claim(path, str(data["id"]))
        return _known(media, id=str(data["id"]), url=media.url, status="processing")

    def _look_for_film(self, path: str, title: str, since: datetime) -> Flow[Found[Any] | Absent]:
        rows = yield from self.edge_all(path, {"fields": "id,title,created_time"}, limit=100)
        found = self.first_fresh(path, [row for row in rows if row.get("title") == title], since)
        return Absent() if found is None else Found({"id": found})

    def film(self, video_id: str) -> Flow[Mapping[str, Any]]:
        """A film that is ready to be shown, with its ``picture``; waited for where Meta still works on it.

        Raises:
            NotReady: it is not ready after a minute.
            InvalidRequest: Meta could not use it.
        """
        for pause in (*_PAUSES, 0.0):
            row: Mapping[str, Any] = yield from self.ask(
                "GET", f"/{video_id}", query={"fields": "id,status,picture"}
            )
            told = (row.get("status") or {}).get("video_status")
            status = _STATUS.get(str(told), "processing") if told else "ready"
            if status == "failed":
                raise InvalidRequest(
                    f"Meta could not use film {video_id}: {told}", platform="meta", sent="yes"
                )
            if status == "ready":
                return row
            if pause:
                yield Sleep(pause)
        raise NotReady(
            f"Meta still works on film {video_id}",
            platform="meta",
            sent="no",
            retry_after=timedelta(minutes=1),
        )


def _bytes(media: Media) -> bytes:
    try:
        return media.read()
    except ValueError as error:
        raise invalid(media="must be given as bytes, a file, an address or an id") from error


def _known(media: Media, **found: Any) -> Media:
    told = {"kind": media.kind, "media_type": media.media_type, "name": media.name, "alt": media.alt}
    return Media.build(**told, **found)
