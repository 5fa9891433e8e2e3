"""Pictures and films of a pretend Shopee shop, and its profile."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

from tests.support.shopee_caller import Caller

from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin


class TestMedia:
    def test_every_image_has_its_own_outcome(self, market: Market, shop: Caller) -> None:
        files = [("image", market.image()), ("image", b"GIF89a")]
        rows = shop.upload("media_space/upload_image", {}, files)["response"]["image_info_list"]
        assert [bool(one["error"]) for one in rows] == [False, True]
        assert shop.upload("media_space/upload_image", {}, files[1:])["error"] == "error_param"
        assert "at most 9" in shop.upload("media_space/upload_image", {}, files[:1] * 10)["message"]

    def test_the_bytes_arrive_as_they_were_sent(self, market: Market, twin: ShopeeTwin, shop: Caller) -> None:
        content = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) + b"\r\n--\r\n\n\r"
        info = shop.upload("media_space/upload_image", {}, [("image", content)])["response"]["image_info"]
        assert twin.images[info["image_id"]] == content

    def test_an_upload_is_multipart(self, twin: ShopeeTwin, shop: Caller) -> None:
        request = shop.request("POST", "media_space/upload_image", body={"image": "x"}, public=True)
        assert "multipart" in json.loads(twin.handle(request).content)["message"]

    def test_a_video_is_sent_in_parts_and_transcoded(self, market: Market, shop: Caller) -> None:
        content = b"v" * (4 * 1024 * 1024 + 10)
        digest = hashlib.md5(content).hexdigest()
        opened = shop.post("media_space/init_video_upload", file_md5=digest, file_size=len(content))
        number = opened["response"]["video_upload_id"]
        for seq in (0, 1):
            part = content[seq * 4 * 1024 * 1024 : (seq + 1) * 4 * 1024 * 1024]
            fields = {
                "video_upload_id": number,
                "part_seq": str(seq),
                "content_md5": hashlib.md5(part).hexdigest(),
            }
            sent = shop.upload("media_space/upload_video_part", fields, [("part_content", part)])
            assert sent["error"] == ""
        body = {"video_upload_id": number, "part_seq_list": [0, 1], "report_data": {"upload_cost": 10}}
        assert shop.post("media_space/complete_video_upload", public=True, **body)["error"] == ""

        def status() -> str:
            reply = shop.get("media_space/get_video_upload_result", video_upload_id=number)
            return str(reply["response"]["status"])

        assert status() == "TRANSCODING"
        market.advance(timedelta(minutes=2))
        assert status() == "SUCCEEDED"
        assert json.loads(market.pushes()[-1].body)["code"] == 11
        assert shop.post("media_space/cancel_video_upload", video_upload_id=number)["error"]

    def test_a_faulty_video_is_refused(self, market: Market, shop: Caller) -> None:
        big = shop.post("media_space/init_video_upload", file_md5="x", file_size=31 * 1024 * 1024)
        assert big["error"] == "error_file_size"
        opened = shop.post("media_space/init_video_upload", file_md5="x", file_size=3)
        number = opened["response"]["video_upload_id"]
        for seq, content, code in (
            (5, b"abc", "error_invalid_part_seq"),
            (0, b"a", "error_invalid_part_size"),
            (0, b"abc", "error_param"),
        ):
            fields = {"video_upload_id": number, "part_seq": str(seq), "content_md5": "no"}
            sent = shop.upload("media_space/upload_video_part", fields, [("part_content", content)])
            assert sent["error"] == code
        body = {"video_upload_id": number, "part_seq_list": [0], "report_data": {"upload_cost": 10}}
        assert shop.post("media_space/complete_video_upload", public=True, **body)["error"] == "error_param"
        assert shop.post("media_space/cancel_video_upload", video_upload_id=number)["error"] == ""
        market.advance(timedelta(minutes=2))
        assert not market.pushes()


class TestShop:
    def test_the_shop_is_told_without_a_wrapper(self, shop: Caller) -> None:
        info = shop.get("shop/get_shop_info")
        assert (info["region"], info["status"], "response" in info) == ("SG", "NORMAL", False)
        assert info["expire_time"] - info["auth_time"] == 365 * 86400

    def test_profile_and_holiday_can_be_changed(self, shop: Caller) -> None:
        shop.post("shop/update_profile", shop_name="Bags & more", description="All bags")
        assert shop.get("shop/get_profile")["response"]["description"] == "All bags"
        assert shop.post("shop/set_shop_holiday_mode", holiday_mode_on=True)["error"] == ""
        assert shop.get("shop/get_shop_holiday_mode")["response"]["holiday_mode_on"] is True
