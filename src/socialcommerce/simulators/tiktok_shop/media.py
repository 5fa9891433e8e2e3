"""Images and files of products on the pretend TikTok Shop."""

from __future__ import annotations

import struct
from typing import Any

from socialcommerce.simulators.tiktok_shop.products import IMAGE_HOST
from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes

__all__ = ["image_size", "routes"]

routes = Routes()

MOST_IMAGE, MOST_PDF, MOST_VIDEO = 10 * 2**20, 20 * 2**20, 100 * 2**20
PNG, JPEG, GIF, WEBP = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"RIFF"


def image_size(content: bytes, most: int = MOST_IMAGE) -> tuple[int, int]:
    """Width and height of an uploaded picture, else the platform's refusal."""
    if len(content) > most:
        raise Refused(36009021, "Invalid file size. The file is too large.", 400)
    if content.startswith(PNG) and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return int(width), int(height)
    if content.startswith((JPEG, GIF, WEBP)):
        return 600, 600
    raise Refused(12052222, "The file is not an image")


@routes.on("POST", "/product/202309/images/upload")
def upload_image(call: Call) -> Any:
    """Keep a picture; its ``uri`` goes into products. The purpose is MAIN_IMAGE unless said."""
    content = call.files["data"].content
    width, height = image_size(content)
    uri = f"tos-maliva-i-o3syd03w52-us/{call.twin.authority.text(32).lower()}"
    call.twin.images.add(uri)
    call.twin.keep_file(f"/{uri}", content, "image/png")
    purpose = call.body.get("use_case", "MAIN_IMAGE")
    return {"uri": uri, "url": f"{IMAGE_HOST}/{uri}", "width": width, "height": height, "use_case": purpose}


@routes.on("POST", "/product/202309/files/upload")
def upload_file(call: Call) -> Any:
    """Keep a PDF (20 MB) or a video (100 MB)."""
    name, content = call.body["name"], call.files["data"].content
    kind = name.rpartition(".")[2].upper()
    if kind not in ("PDF", "MP4", "MOV", "MKV", "WMV", "WEBM", "AVI", "3GP", "FLV", "MPEG"):
        raise Refused(12052230, "The file format is not supported")
    if len(content) > (MOST_PDF if kind == "PDF" else MOST_VIDEO):
        raise Refused(36009021, "Invalid file size. The file is too large.", 400)
    key = f"v09e40f40000{call.twin.authority.text(20).lower()}"
    call.twin.keep_file(f"/obj/{key}", content, "application/octet-stream")
    return {"id": key, "url": f"{IMAGE_HOST}/obj/{key}", "name": name, "format": kind}
