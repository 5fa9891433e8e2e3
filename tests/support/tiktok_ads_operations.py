"""Make the twin's table of operations from the vendor's interface data.

``rows(folder)`` answers the lines of ``simulators/tiktok_ads/operations.tsv``; run as a program it
prints the whole table: ``python tests/support/tiktok_ads_operations.py ../shared/specs/tiktok_ads``.

Three sources, the first that knows an operation wins: the vendor's OpenAPI fragments, the vendor's
SDK (no value sets), and ``SHEET`` (calls that neither has, as the platform's documents print them).
Calls known by name only are listed with ``*``: recognised, their parameters unknown.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

HEADER = "method\tpath\tform\tquery\tbody"
PREFIX = "/open_api/v1.3"
TYPES = {"integer": "i", "number": "f", "string": "s", "boolean": "b", "object": "o"}
SDK_TYPES = {"str": "s", "int": "i", "float": "f", "bool": "b", "object": "x", "dict": "o"}
LONG = 45
"""Value sets longer than this grow from month to month: any text is taken."""
DEPTH = 4

Schema = dict[str, Any]

PAGE, CURSOR = "page:i(1;),page_size:i(1;1000)", "cursor:i"
CATALOG = "bc_id:s!,catalog_id:s!"
APP = "app_id:s!,secret:s!"
REFERENCE = "referenced_message_info:o{referenced_message_id:s!}"
PRODUCT = (
    "sku_id:s!,item_group_id:s,title:s,description:s,availability:s,image_url:s,brand:s,"
    "additional_image_urls:x,video_url:s,google_product_category:s,"
    "price_info:o{price:f,currency:s,sale_price:f,sale_price_effective_date:s},"
    "landing_page:o{landing_page_url:s}"
)
PRODUCTS = f"{CATALOG},feed_id:s,products:o[]!(1;5000){{{PRODUCT}}}"
EVENT = "event:s!,event_time:i!,event_id:s,user:o,properties:o,page:o,app:o,ad:o,lead:o,limited_data_use:b"
COMMENT = "business_id:s!,video_id:s!,text:s!"
AUTO = "business_id:s!,auto_message_type:s!"
CARD = "type:s!=QA_BUTTON_CARD|QA_LINK_CARD,title:s!,buttons:o[]!(1;3){type:s,title:s,id:s}"

SHEET: tuple[tuple[str, str, str, str, str], ...] = (
    ("POST", "/adgroup/budget/update/", "json", "-",
     "advertiser_id:s!,budget:o[](1;20){adgroup_id:s!,budget:f!},"
     "schedule_budget:o[](1;20){adgroup_id:s!,schedule_budget:f!}"),
    ("POST", "/oauth2/access_token/", "json", "-", f"{APP},auth_code:s!,return_advertiser_ids:b"),
    ("POST", "/oauth2/token/", "json", "-", "client_id:s!,client_secret:s!,code:s!,grant_type:s!"),
    ("POST", "/oauth2/revoke_token/", "json", "-", f"{APP},access_token:s!"),
    ("POST", "/tt_user/oauth2/token/", "json", "-",
     "client_id:s!,client_secret:s!,grant_type:s!,auth_code:s!,redirect_uri:s!"),
    ("POST", "/tt_user/oauth2/refresh_token/", "json", "-",
     "client_id:s!,client_secret:s!,grant_type:s!,refresh_token:s!"),
    ("POST", "/tt_user/oauth2/revoke/", "json", "-", "client_id:s!,client_secret:s!,access_token:s!"),
    ("POST", "/tt_user/token_info/get/", "json", "-", "app_id:s!,access_token:s!"),
    ("GET", "/user/info/", "-", "-", "-"),
    ("GET", "/gmv_max/campaign/get/", "-",
     "advertiser_id:s!,fields:s[],filtering:o!{gmv_max_promotion_types:s[]!(1;2)=PRODUCT_GMV_MAX|LIVE_GMV_MAX,"
     "store_ids:s[],campaign_ids:s[](;100),campaign_name:s,primary_status:s,creation_filter_start_time:s,"
     "creation_filter_end_time:s},page:i(1;),page_size:i(1;100)", "-"),
    ("GET", "/report/task/download/", "-", "advertiser_id:s!,task_id:s!", "-"),
    ("GET", "/store/list/", "-", "advertiser_id:s!,store_id:s,store_type:s", "-"),
    ("GET", "/store/product/get/", "-",
     "advertiser_id:s,bc_id:s!,store_id:s!,filtering:o{item_group_ids:s[],product_name:s,"
     f"ad_creation_eligible:s}},sort_field:s=min_price|historical_sales,sort_type:s=ASC|DESC,{PAGE}", "-"),
    ("GET", "/catalog/product/get/", "-",
     f"{CATALOG},page:i(1;),page_size:i(1;500),sku_ids:s[](;1000),product_ids:s[](;1000),"
     "product_set_ids:s[](;100),conditions:o", "-"),
    ("POST", "/catalog/product/upload/", "json", "-", PRODUCTS),
    ("POST", "/catalog/product/update/", "json", "-", PRODUCTS),
    ("POST", "/catalog/set/create/", "json", "-", f"{CATALOG},product_set_name:s!,conditions:o"),
    ("POST", "/event/track/", "json", "-",
     "event_source:s!=web|app|offline|crm,event_source_id:s!,test_event_code:s,"
     f"data:o[]!(1;1000){{{EVENT}}}"),
    ("GET", "/file/image/ad/search/", "-",
     "advertiser_id:s!,filtering:o{image_ids:s[](;100),material_ids:s[],displayable:b},"
     "page:i(1;),page_size:i(1;100)", "-"),
    ("GET", "/tool/search_keyword/recommend/", "-",
     f"advertiser_id:s!,search_queries:s[],ad_ids:s[],landing_page_urls:s[],regions:s[],order_field:s,"
     f"order_type:s=ASC|DESC,total_size:i,{PAGE}", "-"),
    ("GET", "/business/get/", "-", "business_id:s!,start_date:s,end_date:s,fields:s[]", "-"),
    ("GET", "/business/video/list/", "-",
     f"business_id:s!,fields:s[],filters:o{{video_ids:s[](;20),ad_post_only:b}},{CURSOR},max_count:i(1;20)",
     "-"),
    ("POST", "/business/video/publish/", "json", "-",
     "business_id:s!,video_url:s!,custom_thumbnail_url:s,post_info:o{caption:s}"),
    ("GET", "/business/publish/status/", "-", "business_id:s!,publish_id:s!", "-"),
    ("GET", "/business/comment/list/", "-",
     "business_id:s!,video_id:s!,comment_ids:s[](;30),include_replies:b,status:s=PUBLIC|ALL,sort_field:s,"
     f"sort_order:s,{CURSOR},max_count:i(1;30)", "-"),
    ("GET", "/business/comment/reply/list/", "-",
     f"business_id:s!,video_id:s!,comment_id:s!,status:s=PUBLIC|ALL,{CURSOR},max_count:i(1;30)", "-"),
    ("POST", "/business/comment/create/", "json", "-", COMMENT),
    ("POST", "/business/comment/reply/create/", "json", "-", f"{COMMENT},comment_id:s!"),
    ("POST", "/business/comment/hide/", "json", "-",
     "business_id:s!,video_id:s!,comment_id:s!,action:s!=HIDE|UNHIDE"),
    ("POST", "/business/comment/like/", "json", "-", "business_id:s!,comment_id:s!,action:s!=LIKE|UNLIKE"),
    ("POST", "/business/comment/delete/", "json", "-", "business_id:s!,comment_id:s!"),
    ("GET", "/business/message/conversation/list/", "-",
     f"business_id:s!,conversation_type:s!=SINGLE|STRANGER,limit:i(1;100),{CURSOR}", "-"),
    ("GET", "/business/message/content/list/", "-", "business_id:s!,conversation_id:s!", "-"),
    ("POST", "/business/message/send/", "json", "-",
     "business_id:s!,recipient_type:s=CONVERSATION,recipient:s,"
     "message_type:s!=TEXT|IMAGE|SHARE_POST|TEMPLATE|SENDER_ACTION,"
     "text:o{body:s!(1;6000)},image:o{media_id:s!},share_post:o{item_id:s!},"
     f"template:o{{{CARD}}},sender_action:s=TYPING|MARK_READ,{REFERENCE},"
     "direct_reply:o{reply_type:s!=COMMENT_REPLY,comment_reply:o!{comment_id:s!}}"),
    ("POST", "/business/message/media/upload/", "form", "-", "business_id:s!,media_type:s!=IMAGE,file:F!"),
    ("POST", "/business/message/media/download/", "json", "-",
     "business_id:s!,conversation_id:s!,message_id:s!,media_id:s!,media_type:s!=IMAGE|VIDEO"),
    ("GET", "/business/message/capabilities/get/", "-",
     "business_id:s!,capability_types:s[]!=IMAGE_SEND,conversation_id:s!,conversation_type:s!=SINGLE|STRANGER",
     "-"),
    ("POST", "/business/message/auto_message/create/", "json", "-",
     f"{AUTO},welcome_message:o{{content:s!(1;250)}},suggested_question:o{{question:s!,answer:s!}},"
     "chat_prompt:o{title:s!,content:s!}"),
    ("POST", "/business/message/auto_message/update/", "json", "-",
     f"{AUTO},auto_message_id:s!,welcome_message:o{{content:s!(1;250)}},"
     "suggested_question:o{question:s!,answer:s!},chat_prompt:o{title:s!,content:s!}"),
    ("GET", "/business/message/auto_message/get/", "-", f"{AUTO},auto_message_id:s", "-"),
    ("POST", "/business/message/auto_message/delete/", "json", "-", f"{AUTO},auto_message_id:s!"),
    ("POST", "/business/message/auto_message/status/update/", "json", "-",
     f"{AUTO},operation_status:s!=ENABLE|DISABLE"),
    ("POST", "/business/webhook/update/", "json", "-",
     f"{APP},event_type:s!=DIRECT_MESSAGE|COMMENT|VIDEO|DEFAULT,callback_url:s!,item_list:s[]"),
    ("GET", "/business/webhook/list/", "-", f"{APP},event_type:s!=DIRECT_MESSAGE|COMMENT|VIDEO|DEFAULT", "-"),
    ("POST", "/business/webhook/delete/", "json", "-",
     f"{APP},event_type:s!=DIRECT_MESSAGE|COMMENT|VIDEO|DEFAULT,item_list:s[]"),
    ("POST", "/subscription/subscribe/", "json", "-",
     f"{APP},subscribe_entity:s!=LEAD|AD_GROUP|AD|AD_ACCOUNT_SUSPENSION|CREATIVE_FATIGUE|REPORT_DATA_CHANGE|"
     "TCM_VIDEOS|API_SERVICE_STATUS,callback_url:s!,subscription_detail:o!{access_token:s!,advertiser_id:s,"
     "advertiser_ids:s[],bc_id:s,page_id:s,lead_source:s,adgroup_id:s,ad_id:s}"),
    ("GET", "/subscription/get/", "-", f"{APP},subscribe_entity:s!,{PAGE}", "-"),
    ("POST", "/subscription/unsubscribe/", "json", "-", f"{APP},subscription_id:s!"),
)  # fmt: skip

FORMS = {
    "/file/image/ad/upload/": "advertiser_id:s!,file_name:s,upload_type:s=UPLOAD_BY_FILE|UPLOAD_BY_URL|"
    "UPLOAD_BY_FILE_ID,image_file:F,image_signature:s,image_url:s,file_id:s",
    "/file/video/ad/upload/": "advertiser_id:s!,file_name:s,upload_type:s=UPLOAD_BY_FILE|UPLOAD_BY_URL|"
    "UPLOAD_BY_FILE_ID|UPLOAD_BY_VIDEO_ID,video_file:F,video_signature:s,video_url:s,file_id:s,video_id:s,"
    "is_third_party:b,flaw_detect:b,auto_fix_enabled:b,auto_bind_enabled:b",
}
"""Uploads take a form for bytes and JSON (or a form) for an address; the SDK gives no types."""


def bounds(schema: Schema, many: bool) -> str:
    """``(least;most)`` items of an array, letters of a text, or value of a number."""
    names = ("minItems", "maxItems") if many else ("minLength", "maxLength")
    if schema.get("type") in ("integer", "number"):
        names = ("minimum", "maximum")
    least, most = (schema.get(name) for name in names)
    return "" if least is None and most is None else f"({'' if least is None else least};{most or ''})"


def kind(name: str, schema: Schema, required: bool, depth: int) -> str:
    """One field as ``name:kind[]!(least;most)=A|B{children}``."""
    many = schema.get("type") == "array"
    inner = schema.get("items", {}) if many else schema
    letter = "F" if inner.get("format") == "binary" else TYPES.get(str(inner.get("type")), "x")
    words = inner.get("enum", ())
    allowed = "=" + "|".join(map(str, words)) if 0 < len(words) <= LONG and letter == "s" else ""
    children = f"{{{tree(inner, depth - 1)}}}" if depth and inner.get("properties") else ""
    many_mark = "[]" if many else ""
    return f"{name}:{letter}{many_mark}{'!' if required else ''}{bounds(schema, many)}{allowed}{children}"


def tree(schema: Schema, depth: int = DEPTH) -> str:
    """The fields of an object, separated by commas."""
    needed = set(schema.get("required", ()))
    fields = schema.get("properties", {}).items()
    return ",".join(
        kind(name, inner, name in needed, depth) for name, inner in fields if name != "context_info"
    )


def vendor_row(path: str, method: str, operation: Schema) -> str:
    """An operation of the OpenAPI document."""
    query = {}
    for one in operation.get("parameters", ()):
        if one["name"] not in ("Access-Token", "context_info"):
            schema = one.get("schema") or one["content"]["application/json"]["schema"]
            query[one["name"]] = kind(one["name"], schema, bool(one.get("required")), DEPTH)
    content = operation.get("requestBody", {}).get("content", {})
    form = "form" if "multipart/form-data" in content else "json" if content else "-"
    body = tree(next(iter(content.values()))["schema"]) if content else ""
    return "\t".join((method.upper(), path, form, ",".join(query.values()) or "-", body or "-"))


def sdk_kind(name: str, about: Schema, models: Schema, depth: int) -> str:
    """One field of the SDK; a type that is a model becomes an object with children."""
    text = str(about["type"])
    many = text.startswith("list[")
    inner = text.removeprefix("list[").removesuffix("]") if many else text
    letter = SDK_TYPES.get(inner, "o" if inner in models else "x")
    children = ""
    if depth and inner in models:
        fields = models[inner]["fields"].items()
        children = "{" + ",".join(sdk_kind(key, one, models, depth - 1) for key, one in fields) + "}"
    mark = ("[]" if many else "") + ("!" if about.get("required") else "")
    return f"{name}:{letter}{mark}{children}"


def sdk_row(method: str, path: str, operation: Schema, models: Schema) -> str:
    """An operation of the vendor's SDK."""
    query = ",".join(sdk_kind(one["name"], one, models, DEPTH) for one in operation["query"])
    model = operation["body_model"]
    if operation["form"]:
        return "\t".join((method, path, "form", query or "-", FORMS[path]))
    fields = models[model]["fields"].items() if model in models else ()
    body = ",".join(sdk_kind(name, one, models, DEPTH) for name, one in fields)
    return "\t".join((method, path, "json" if model else "-", query or "-", body or "-"))


def rows(folder: Path) -> list[str]:
    """One line for each operation: method, path, form of the body, query and body parameters."""
    document = json.loads((folder / "tiktok_ads.openapi.merged.json").read_text())
    sdk = json.loads((folder / "sdk_operations_and_models.json").read_text())
    with gzip.open(folder / "community_go_models.json.gz") as packed:
        community = json.load(packed)
    found = {(method, path): "\t".join((method, path, *rest)) for method, path, *rest in SHEET}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            found.setdefault((method.upper(), path), vendor_row(path, method, operation))
    for name, operation in sdk["operations"].items():
        method, _, path = name.partition(" ")
        path = path.removeprefix(PREFIX)
        if (method, path) not in found:
            found[method, path] = sdk_row(method, path, operation, sdk["models"])
    for one in community["operations"]:
        path = one["path"].removeprefix(PREFIX).rstrip("/") + "/"
        method = "GET" if one["verb"] == "Get" else "POST"
        if not any(known == path for _, known in found):
            found[method, path] = "\t".join((method, path, "*", "*", "*"))
    return [found[key] for key in sorted(found, key=lambda key: (key[1], key[0]))]


if __name__ == "__main__":
    print("\n".join([HEADER, *rows(Path(sys.argv[1]))]))
