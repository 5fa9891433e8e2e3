"""Images and videos of the asset library."""

from __future__ import annotations

import hashlib
from typing import Any

from socialcommerce.simulators.tiktok_ads.defaults import text_time
from socialcommerce.simulators.tiktok_ads.wire import Call, Refused, Routes, wrong

__all__ = ["routes"]

routes = Routes()

IMAGES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}


def _content(call: Call, kind: str) -> tuple[bytes, str]:
    """The bytes of an upload, whichever way they come, and their MD5."""
    way = call.values.get("upload_type", "UPLOAD_BY_FILE")
    if way == "UPLOAD_BY_FILE":
        file, signature = call.files.get(f"{kind}_file"), call.values.get(f"{kind}_signature")
        if file is None or not signature:
            raise wrong(f"Missing required field(s): {kind}_file, {kind}_signature.")
        digest = hashlib.md5(file.content, usedforsecurity=False).hexdigest()
        if signature.lower() != digest:
            raise Refused(40900, f"{kind}_signature: The MD5 of the file does not match.")
        return file.content, digest
    source = call.values.get(
        {"UPLOAD_BY_URL": f"{kind}_url", "UPLOAD_BY_VIDEO_ID": "video_id"}.get(way, "file_id")
    )
    if not source:
        raise wrong(f"Missing required field(s) for upload_type {way}.")
    if way == "UPLOAD_BY_URL" and not source.startswith(("http://", "https://")):
        raise Refused(40902, "The file could not be fetched.")
    content = source.encode()
    return content, hashlib.md5(content, usedforsecurity=False).hexdigest()


def _times(call: Call) -> dict[str, str]:
    now = text_time(call.advertiser.clock.now())
    return {"create_time": now, "modify_time": now}


def _name(call: Call, kind: str, taken: dict[str, dict[str, Any]]) -> str:
    file = call.files.get(f"{kind}_file")
    name = str(call.values.get("file_name") or (file.name if file else call.twin.authority.hex(16)))
    if any(one["file_name"] == name for one in taken.values()) and call.values.get("file_name"):
        raise Refused(40911, f"file_name: {name} is taken.")
    return name


@routes.on("POST", "/file/image/ad/upload/")
def upload_image(call: Call) -> Any:
    """Put an image into the library; ``data`` is the image."""
    account = call.advertiser
    content, digest = _content(call, "image")
    by_file = call.values.get("upload_type", "UPLOAD_BY_FILE") == "UPLOAD_BY_FILE"
    kind = next((name for magic, name in IMAGES.items() if content.startswith(magic)), None)
    if by_file and kind is None:
        raise wrong("image_file: Only JPG, JPEG and PNG files are supported.")
    name = _name(call, "image", account.images)
    key = f"ad-site-i18n-sg/{call.twin.authority.hex(24)}"
    account.images[key] = {
        "image_id": key,
        "material_id": call.twin.new_id("material"),
        "file_name": name,
        "format": kind or "jpeg",
        "width": 640,
        "height": 640,
        "size": len(content),
        "signature": digest,
        "image_url": f"https://p16.example.com/{key}.{kind or 'jpeg'}",
        "displayable": True,
        "is_carousel_usable": True,
        **_times(call),
    }
    return account.images[key]


@routes.on("POST", "/file/video/ad/upload/")
def upload_video(call: Call) -> Any:
    """Put a video into the library; ``data`` is a list of one video."""
    account = call.advertiser
    content, digest = _content(call, "video")
    name = _name(call, "video", account.videos)
    key = f"v10033g50000{call.twin.authority.hex(20)}"
    account.videos[key] = {
        "video_id": key,
        "material_id": call.twin.new_id("material"),
        "file_name": name,
        "format": "mp4",
        "width": 720,
        "height": 1280,
        "duration": 15.0,
        "bit_rate": 1_200_000,
        "size": len(content),
        "signature": digest,
        "video_cover_url": f"https://p16.example.com/{key}.jpeg",
        "preview_url": f"https://v16.example.com/{key}.mp4",
        "displayable": True,
        "allowed_placements": ["PLACEMENT_TIKTOK", "PLACEMENT_PANGLE"],
        "allow_download": True,
        **_times(call),
    }
    return [account.videos[key]]


@routes.on("GET", "/file/image/ad/info/")
def image_info(call: Call) -> Any:
    """Images by id; unknown ids are left out."""
    ids = call.values["image_ids"]
    return {"list": [call.advertiser.images[key] for key in ids if key in call.advertiser.images]}


@routes.on("GET", "/file/video/ad/info/")
def video_info(call: Call) -> Any:
    """Videos by id; unknown ids are left out."""
    ids = call.values["video_ids"]
    return {"list": [call.advertiser.videos[key] for key in ids if key in call.advertiser.videos]}


@routes.on("GET", "/file/image/ad/search/")
def search_images(call: Call) -> Any:
    """The images of the library, newest first."""
    wanted = call.filtering.get("image_ids")
    rows = [one for key, one in call.advertiser.images.items() if not wanted or key in wanted]
    return call.page(rows[::-1], dict, 100)


@routes.on("GET", "/file/video/ad/search/")
def search_videos(call: Call) -> Any:
    """The videos of the library, newest first."""
    wanted = call.filtering.get("video_ids")
    rows = [one for key, one in call.advertiser.videos.items() if not wanted or key in wanted]
    return call.page(rows[::-1], dict, 100)
