"""Images and videos of the pretend Shopee."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from socialcommerce.simulators.entities import Upload
from socialcommerce.simulators.shopee.catalog import image_url
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes

__all__ = ["routes"]

routes = Routes()

MOST_IMAGES, IMAGE_BYTES = 9, 10 * 1024 * 1024
VIDEO_BYTES, PART_BYTES = 30 * 1024 * 1024, 4 * 1024 * 1024
TRANSCODING = 60
MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
INVALID_UPLOAD = "Invalid upload_id."


@routes.post("media_space/upload_image")
def upload_image(call: Call) -> Any:
    """Keep up to nine JPEG or PNG files; each has its own outcome."""
    files = call.files["image"]
    if len(files) > MOST_IMAGES:
        raise Refused("error_param", f"Wrong parameters, detail: at most {MOST_IMAGES} images.")
    rows = [_image(call, number, content) for number, content in enumerate(files)]
    kept = [one["image_info"] for one in rows if not one["error"]]
    if not kept:
        raise Refused("error_param", rows[0]["message"])
    return {"image_info_list": rows} | ({"image_info": kept[0]} if len(files) == 1 else {})


def _image(call: Call, number: int, content: bytes) -> dict[str, Any]:
    fault = "" if content.startswith(MAGIC) else "The image is neither JPG nor PNG."
    fault = fault or ("The image is larger than 10 MB." if len(content) > IMAGE_BYTES else "")
    if fault:
        return {"id": number, "error": "error_param", "message": fault}
    image_id = call.twin.new_id("image")
    call.twin.images[image_id] = content
    urls = [{"image_url_region": region, "image_url": image_url(image_id)} for region in ("SG", "MY")]
    return {
        "id": number,
        "error": "",
        "message": "",
        "image_info": {"image_id": image_id, "image_url_list": urls},
    }


@routes.post("media_space/init_video_upload")
def init_video(call: Call) -> Any:
    """Open an upload of a video of ``file_size`` bytes."""
    size = call.params["file_size"]
    if not 0 < size <= VIDEO_BYTES:
        raise Refused("error_file_size", "File size is too large. Video size should be less than 30M.")
    number = f"sg_{uuid.UUID(int=call.twin.market.random.getrandbits(128), version=4).hex}"
    native = {"size": size, "md5": call.params["file_md5"], "parts": {}, "shop": call.shop}
    call.twin.videos[number] = Upload(number, b"", call.now, "INITIATED", native)
    return {"video_upload_id": number}


def _video(call: Call, *states: str) -> Upload:
    upload = call.twin.videos.get(call.params["video_upload_id"])
    if upload is None or (states and upload.status not in states):
        raise Refused("error_invalid_upload_id", INVALID_UPLOAD)
    return upload


@routes.post("media_space/upload_video_part")
def upload_part(call: Call) -> Any:
    """Take one part: exactly 4 MB but the last, numbered from 0."""
    upload, (content,) = _video(call, "INITIATED"), call.files["part_content"]
    number, size = call.params["part_seq"], upload.native["size"]
    last = (size - 1) // PART_BYTES
    if not 0 <= number <= last:
        raise Refused("error_invalid_part_seq", "Invalid part_seq.")
    if len(content) != (size - last * PART_BYTES if number == last else PART_BYTES):
        raise Refused("error_invalid_part_size", "Invalid part_size.")
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != call.params["content_md5"]:
        raise Refused("error_param", "Invalid parameter.")
    upload.native["parts"][number] = content
    return {}


@routes.post("media_space/complete_video_upload")
def complete_video(call: Call) -> Any:
    """Put the parts together; the video is transcoded within a minute."""
    upload = _video(call, "INITIATED")
    parts = upload.native["parts"]
    content = b"".join(parts[number] for number in sorted(parts))
    whole = hashlib.md5(content, usedforsecurity=False).hexdigest() == upload.native["md5"]
    if sorted(call.params["part_seq_list"]) != sorted(parts) or not whole:
        raise Refused("error_param", "Invalid parameter.")
    upload.content, upload.status = content, "TRANSCODING"

    def done() -> None:
        if upload.status == "TRANSCODING":
            upload.status = "SUCCEEDED"
            call.twin.happened("video.done", upload.native["shop"], upload)

    call.twin.clock.later(TRANSCODING, done)
    return {}


@routes.get("media_space/get_video_upload_result")
def video_result(call: Call) -> Any:
    """How far the upload is."""
    upload = _video(call)
    answer: dict[str, Any] = {"status": upload.status, "message": ""}
    if upload.status == "SUCCEEDED":
        answer["video_info"] = {
            "video_url_list": [
                {"video_url_region": "SG", "video_url": f"https://cvf.shopee.sg/file/{upload.id}"}
            ],
            "thumbnail_url_list": [{"image_url_region": "SG", "image_url": image_url(upload.id)}],
            "duration": 15,
        }
    return answer


@routes.post("media_space/cancel_video_upload")
def cancel_video(call: Call) -> Any:
    """Give an upload up."""
    _video(call, "INITIATED", "TRANSCODING").status = "CANCELLED"
    return {}
