"""Uploads of pictures, films and papers."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tiktok_shop.catalog_wire import IMAGE, PNG, shop

from socialcommerce import Media, Retry, errors


class TestUpload:
    @pytest.mark.parametrize(
        ("purpose", "case"),
        [("product", b"MAIN_IMAGE"), ("size_chart", b"SIZE_CHART_IMAGE"), ("proof", b"CERTIFICATION_IMAGE")],
    )
    def test_the_purpose_is_part_of_the_request(self, purpose: Any, case: bytes) -> None:
        wire = shop()
        media = wire.client().catalog.upload_media(Media.from_bytes(PNG), purpose=purpose)
        assert media.id
        assert media.url == "https://p16/x"
        request = wire.request(IMAGE)
        assert case in request.content
        assert PNG in request.content
        assert "shop_cipher" not in request.url

    def test_the_same_picture_goes_once(self) -> None:
        wire = shop()
        catalog = wire.client().catalog
        assert catalog.upload_media(Media.from_bytes(PNG)) == catalog.upload_media(Media.from_bytes(PNG))
        assert len(wire.sent) == 1

    def test_films_and_papers_are_files_with_a_plain_name(self) -> None:
        wire = shop()
        wire["POST /files/upload"] = {
            "id": "v09",
            "url": "https://v16/x",
            "name": "my-film.mp4",
            "format": "MP4",
        }
        film = Media.from_bytes(b"0000ftypmp42", "video/mp4", name="my film.mp4")
        assert wire.client().catalog.upload_media(film, purpose="video").id == "v09"
        assert b'filename="my-film.mp4"' in wire.request("POST /files/upload").content
        paper = Media.from_bytes(b"%PDF-1.7", name="a.pdf")
        assert wire.client().catalog.upload_media(paper, purpose="proof").kind == "file"

    @pytest.mark.parametrize(
        "media",
        [
            Media.from_bytes(b"GIF89a" + b"0" * 10, "image/gif"),
            Media.from_bytes(b"", "image/png"),
            Media.from_bytes(b"0" * 10_000_001, "image/png"),
            Media.from_bytes(b"0", "audio/mpeg"),
        ],
    )
    def test_what_is_not_taken_is_not_sent(self, media: Media) -> None:
        wire = shop()
        with pytest.raises(errors.InvalidRequest):
            wire.client().catalog.upload_media(media)
        with pytest.raises(errors.Unsupported):
            wire.client().catalog.upload_media(Media.from_url("https://x/y.png"))
        assert wire.sent == []

    def test_a_reply_without_an_image_is_no_image(self) -> None:
        wire = shop()
        wire[IMAGE] = {}
        with pytest.raises(errors.DecodeError):
            wire.client(retry=Retry(attempts=1)).catalog.upload_media(Media.from_bytes(PNG))
