"""Images, which are known by their hash, and videos, which are worked on before they can be used."""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import Refused, missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Node, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.budgets import refused
from socialcommerce.simulators.meta.social.advertising.state import SUCCESS, Advertising, ads_of

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
PNG, JPEG, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8"
CHUNK = 4 * 1024 * 1024
SESSION_GONE = 1363019


# -- images


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG, as its header tells; of other files a square."""
    if content.startswith(PNG) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    return 1080, 1080


def _keep_image(ads: Advertising, name: str, content: bytes) -> Node:
    if not content.startswith((PNG, JPEG, GIF)):
        raise refused("Image type not supported", "The file is no PNG, JPEG or GIF image.", "bytes")
    key = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if key not in ads.images:
        width, height = _size(content)
        url = f"https://scontent.example.com/t45/{key}.png"
        ads.images[key] = ads.twin.add(
            "AdImage",
            ads.seller,
            key=f"{ads.number}:{key}",
            account_id=ads.number,
            hash=key,
            name=name,
            url=url,
            url_128=f"{url}?w=128",
            permalink_url=f"https://www.example.com/ads/image/?d={key}",
            width=width,
            height=height,
            original_width=width,
            original_height=height,
            status="ACTIVE",
            created_time=ads.twin.moment(),
            updated_time=ads.twin.moment(),
        )
    return ads.images[key]


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error:
        raise wrong("Param bytes must be base64.") from None


@routes.edge("POST", "AdAccount", "adimages", scope="ads_management")
def add_images(call: Call) -> Any:
    """Keep images: uploaded files by their names, or one as base64 under ``bytes``."""
    given = {file.name: file.content for file in call.files.values()}
    if "bytes" in call.given:
        given["bytes"] = _decoded(call.given["bytes"])
    if not given:
        raise missing("bytes")
    kept = {name: _keep_image(ads_of(call), name, content).data for name, content in given.items()}
    shown = ("hash", "url", "url_128", "name", "width", "height")
    return {"images": {name: {one: row[one] for one in shown} for name, row in kept.items()}}


@routes.edge("GET", "AdAccount", "adimages")
def images(call: Call) -> Rows:
    """Images of the account, by hash or name."""
    hashes, name = call.given.get("hashes"), str(call.given.get("name", ""))
    return Rows(
        [
            one
            for key, one in ads_of(call).images.items()
            if (not hashes or key in hashes) and name in one.data["name"]
        ]
    )


@routes.edge("DELETE", "AdAccount", "adimages", scope="ads_management")
def delete_image(call: Call) -> Any:
    """Take an image away that no creative uses."""
    ads, key = ads_of(call), str(call.given["hash"])
    if key not in ads.images:
        raise refused("Image", f"There is no image {key}.", "hash")
    if any(key in str(one.data) for one in ads.creatives.values() if one.data["status"] != "DELETED"):
        raise refused("Image is in use", "A creative uses this image.", "hash")
    ads.twin.nodes.pop(ads.images.pop(key).id)
    return SUCCESS


routes.readable("AdImage", "id", "hash", "name")


# -- videos


def _start_work(ads: Advertising, video: Node) -> None:
    video.hidden["ready"] = ads.now() + ads.video_delay


def _new_video(call: Call) -> Node:
    ads, title = ads_of(call), str(call.given.get("title") or call.given.get("name") or "video")
    video = ads.make("AdVideo", title=title, description=call.given.get("description"))
    video.data |= {"created_time": ads.twin.moment(), "updated_time": ads.twin.moment(), "length": 15.0}
    video.data |= {"source": f"https://video.example.com/{video.id}.mp4", "published": False}
    video.data["picture"] = f"https://video.example.com/{video.id}.jpg"
    ads.videos[video.id] = video
    return video


@routes.edge("POST", "AdAccount", "advideos", scope="ads_management")
def add_video(call: Call) -> Any:
    """Take a video: by address, as a file at once, or in chunks (start, transfer, finish)."""
    phase = call.given.get("upload_phase")
    if phase:
        return PHASES[phase](call)
    if not call.files and not call.given.get("file_url"):
        raise Refused(100, "(#100) The parameter file_url or source is required", subcode=1363030)
    video = _new_video(call)
    _start_work(ads_of(call), video)
    return {"id": video.id}


def _reach(video: Node) -> Mapping[str, str]:
    at, size = len(video.hidden["content"]), video.hidden["size"]
    return {"start_offset": str(at), "end_offset": str(min(at + CHUNK, size))}


def _start(call: Call) -> Any:
    if not call.given.get("file_size"):
        raise missing("file_size")
    video = _new_video(call)
    session = ads_of(call).twin.new_id("session")
    video.hidden |= {"session": session, "size": int(call.given["file_size"]), "content": b""}
    return {"upload_session_id": session, "video_id": video.id, **_reach(video)}


def _session(call: Call) -> Node:
    session = str(call.given.get("upload_session_id", ""))
    for video in ads_of(call).videos.values():
        if session and video.hidden.get("session") == session:
            return video
    raise Refused(6000, "There was a problem uploading your video file.", subcode=SESSION_GONE)


def _transfer(call: Call) -> Any:
    video, chunk = _session(call), call.files.get("video_file_chunk")
    if chunk is None:
        raise missing("video_file_chunk")
    if str(call.given.get("start_offset")) != _reach(video)["start_offset"]:
        raise Refused(6001, "The chunk does not begin where the last one ended.", error_data=_reach(video))
    video.hidden["content"] += chunk.content
    return _reach(video)


def _finish(call: Call) -> Any:
    video = _session(call)
    if len(video.hidden["content"]) != video.hidden["size"]:
        raise Refused(6000, "The upload is not complete.", subcode=SESSION_GONE)
    video.hidden.pop("session")
    _start_work(ads_of(call), video)
    return SUCCESS


def _cancel(call: Call) -> Any:
    video = _session(call)
    ads_of(call).videos.pop(video.id)
    call.twin.nodes.pop(video.id)
    return SUCCESS


PHASES = {"start": _start, "transfer": _transfer, "finish": _finish, "cancel": _cancel}


@routes.reads("AdVideo", "status")
def status(call: Call, node: Node) -> Any:
    """How far the platform is with a video."""
    ready = node.hidden.get("ready")
    if ready is None:
        return {"video_status": "uploading"}
    return {"video_status": "ready" if call.twin.clock.now() >= ready else "processing"}


@routes.edge("GET", "AdAccount", "advideos")
def videos(call: Call) -> Rows:
    """Videos of the account, by title."""
    title = str(call.given.get("title", ""))
    return Rows([one for one in ads_of(call).videos.values() if title in one.data["title"]])


@routes.node("DELETE", "AdVideo", scope="ads_management")
def delete_video(call: Call) -> Any:
    """Take a video away."""
    ads_of(call).videos.pop(call.own.id, None)
    call.twin.nodes.pop(call.own.id)
    return SUCCESS
