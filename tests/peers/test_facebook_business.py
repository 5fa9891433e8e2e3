"""Meta's own Python SDK speaks to the pretend Meta over HTTP, and does not notice.

The SDK knows the platform from its makers. Where it succeeds, the simulator talks as Meta does; its
host is moved by a subclass of ``FacebookSession``, nothing else of it is touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.meta.social import MetaTwin
from socialcommerce.simulators.serve import serve

pytest.importorskip("facebook_business", reason='needs the SDK of Meta: pip install "socialcommerce[peers]"')

pytestmark = [
    # The SDK's tables of fields and types lag behind its own platform, and it says so of good calls.
    pytest.mark.filterwarnings("ignore:.* does not allow field:UserWarning"),
    pytest.mark.filterwarnings("ignore:value of .* might not be compatible:UserWarning"),
]


def kind(name: str) -> Any:
    """A class of the SDK by its name ("AdAccount"); each lies in a module of its own."""
    return getattr(import_module(f"facebook_business.adobjects.{name.lower()}"), name)


@frozen
class Sdk:
    """The SDK, pointed at a served twin with the first seller's settings."""

    twin: MetaTwin
    api: Any
    settings: dict[str, str]

    @property
    def market(self) -> Market:
        return self.twin.market

    def node(self, name: str, key: str) -> Any:
        """An object of the SDK."""
        return kind(name)(key, api=self.api)

    @property
    def catalog(self) -> Any:
        return self.node("ProductCatalog", self.settings["catalog_id"])

    @property
    def account(self) -> Any:
        return self.node("AdAccount", f"act_{self.settings['ad_account_id']}")

    def asked(self, ending: str) -> int:
        """How often a path was asked for."""
        return sum(one.request.path.endswith(ending) for one in self.market.requests)


def connect(base_url: str, app_id: str, app_secret: str, token: str) -> Any:
    """The SDK's own entry, but for the host."""
    api = import_module("facebook_business.api")
    session = import_module("facebook_business.session")

    class Session(session.FacebookSession):  # type: ignore[misc, name-defined]
        GRAPH = base_url

    opened = Session(app_id, app_secret, token)
    opened.requests.trust_env = False  # a proxy of this machine is none of the test's
    return api.FacebookAdsApi(opened)


@pytest.fixture
def sdk() -> Iterator[Sdk]:
    twin = open_twin("meta", seed=7)
    assert isinstance(twin, MetaTwin)
    settings = twin.settings(0)
    token = twin.token(twin.accounts[0]).access
    with serve(twin) as served:
        api = connect(served.base_url, settings["app_id"], settings["app_secret"], token)
        with api._session.requests:
            yield Sdk(twin, api, settings)


@pytest.fixture
def page(sdk: Sdk) -> Iterator[Any]:
    """The Page, with the token of its own that the SDK reads for it."""
    (found,) = sdk.node("User", "me").get_accounts(fields=["name", "access_token", "tasks"])
    assert (found["id"], "MESSAGING" in found["tasks"]) == (sdk.settings["page_id"], True)
    base = sdk.api._session.GRAPH
    api = connect(base, sdk.settings["app_id"], sdk.settings["app_secret"], found["access_token"])
    with api._session.requests:
        yield kind("Page")(found["id"], api=api)


def refused(call: Any, *given: Any, **named: Any) -> Any:
    """The error of the SDK's own class that a call meets."""
    error = import_module("facebook_business.exceptions").FacebookRequestError
    with pytest.raises(error) as caught:
        call(*given, **named)
    return caught.value


# -- catalog


def test_it_lists_a_catalog_page_by_page(sdk: Sdk) -> None:
    for number in range(7):
        sdk.market.add_product(f"TS-{number}", stock=number, price="12.50")
    fields = ["retailer_id", "name", "price", "currency", "availability", "inventory"]
    found = sdk.catalog.get_products(fields=fields, params={"limit": 3})
    assert found.total() == 7, "the SDK asks for a summary of its own accord"
    rows = list(found)
    assert [row["retailer_id"] for row in rows] == [f"TS-{number}" for number in range(7)]
    assert (rows[0]["availability"], rows[1]["availability"]) == ("out of stock", "in stock")
    assert (rows[6]["price"], rows[6]["currency"], rows[6]["inventory"]) == ("$12.50", "USD", 6)
    assert sdk.asked("/products") == 3


def test_it_finds_items_by_a_filter(sdk: Sdk) -> None:
    for sku in ("TS-1", "TS-2", "TS-3"):
        sdk.market.add_product(sku, stock=1)
    wanted = {"retailer_id": {"is_any": ["TS-1", "TS-3"]}}
    found = sdk.catalog.get_products(fields=["retailer_id"], params={"filter": wanted})
    assert [row["retailer_id"] for row in found] == ["TS-1", "TS-3"]
    made = sdk.catalog.create_product_set(params={"name": "Two", "filter": wanted})
    inside = sdk.node("ProductSet", made["id"]).get_products(fields=["retailer_id"])
    assert [row["retailer_id"] for row in inside] == ["TS-1", "TS-3"]


def test_it_creates_changes_and_deletes_an_item(sdk: Sdk) -> None:
    given = {
        "retailer_id": "TEE-1",
        "name": "Tee",
        "currency": "USD",
        "price": 1999,
        "image_url": "https://shop.example/tee.png",
        "url": "https://shop.example/tee",
        "availability": kind("ProductItem").Availability.in_stock,
        "condition": kind("ProductItem").Condition.new,
    }
    made = sdk.catalog.create_product(params=given)
    item = sdk.node("ProductItem", made["id"])
    item.api_update(params={"price": 2999})
    assert item.api_get(fields=["price", "name"]).export_all_data() == {
        "id": made["id"],
        "price": "$29.99",
        "name": "Tee",
    }
    item.api_delete()
    assert refused(item.api_get).api_error_code() == 100


def test_it_writes_a_batch_and_follows_it(sdk: Sdk) -> None:
    sdk.market.add_product("TS-1", stock=1, price=10)
    change = {"method": "UPDATE", "data": {"id": "TS-1", "price": "15.00 USD"}}
    unknown = {"method": "UPDATE", "data": {"id": "TS-9", "price": "much"}}
    sent = sdk.catalog.create_items_batch(params={"item_type": "PRODUCT_ITEM", "requests": [change, unknown]})
    (handle,) = sent["handles"]
    sdk.market.advance(timedelta(minutes=5))
    (status,) = sdk.catalog.get_check_batch_request_status(params={"handle": handle})
    assert (status["status"], status["errors_total_count"]) == ("finished", 1)
    (row,) = sdk.catalog.get_products(fields=["price"])
    assert row["price"] == "$15.00"


def test_it_uploads_a_feed_and_reads_what_became_of_it(sdk: Sdk, tmp_path: Path) -> None:
    rows = [
        "id,title,description,availability,condition,price,link,image_link,brand",
        "TEE-1,Tee,Soft,in stock,new,9.99 USD,https://shop.example/t,https://shop.example/t.jpg,Brand",
        "TEE-2,,Soft,in stock,new,much,https://shop.example/u,https://shop.example/u.jpg,Brand",
    ]
    table = tmp_path / "feed.csv"
    table.write_text("\n".join(rows), encoding="utf-8")
    feed = sdk.catalog.create_product_feed(params={"name": "Every tee"})
    sent = sdk.node("ProductFeed", feed["id"]).create_upload(params={"file": str(table)})
    sdk.market.advance(timedelta(minutes=10))
    done = sdk.node("ProductFeedUpload", sent["id"])
    told = done.api_get(fields=["num_detected_items", "num_persisted_items", "num_invalid_items"])
    assert (told["num_detected_items"], told["num_persisted_items"], told["num_invalid_items"]) == (2, 1, 1)
    assert [row["retailer_id"] for row in sdk.catalog.get_products(fields=["retailer_id"])] == ["TEE-1"]
    assert list(done.get_errors(fields=["summary", "severity"]))


# -- ads


def campaign(sdk: Sdk, **other: Any) -> Any:
    """A new campaign, by the SDK's own words for everything."""
    words = kind("Campaign")
    given = {
        "name": "Sale",
        "objective": words.Objective.outcome_traffic,
        "status": words.Status.active,
        "special_ad_categories": [],
        "daily_budget": 5000,
    }
    return sdk.account.create_campaign(fields=["id"], params={**given, **other})


def test_it_creates_finds_and_changes_a_campaign(sdk: Sdk) -> None:
    made = campaign(sdk)
    campaign(sdk, name="Other")
    fields = ["name", "status", "effective_status", "daily_budget", "objective"]
    condition = {"field": "name", "operator": "CONTAIN", "value": "Sal"}
    (found,) = sdk.account.get_campaigns(
        fields=fields, params={"effective_status": ["ACTIVE"], "filtering": [condition]}
    )
    assert found.export_all_data() == {
        "id": made["id"],
        "name": "Sale",
        "status": "ACTIVE",
        "effective_status": "ACTIVE",
        "daily_budget": "5000",
        "objective": "OUTCOME_TRAFFIC",
    }
    made.api_update(params={"status": kind("Campaign").Status.paused, "name": "Sold"})
    read = sdk.node("Campaign", made["id"]).api_get(fields=["name", "status"])
    assert (read["name"], read["status"]) == ("Sold", "PAUSED")
    made.api_delete()
    assert [one["name"] for one in sdk.account.get_campaigns(fields=["name"])] == ["Other"]


def test_it_builds_an_ad_from_the_image_up(sdk: Sdk, tmp_path: Path) -> None:
    picture = tmp_path / "look.png"
    picture.write_bytes(sdk.market.image())
    image = sdk.account.create_ad_image(params={"filename": str(picture)})
    link = {"link": "https://shop.example/", "message": "Look", "image_hash": image["hash"]}
    story = {"page_id": sdk.settings["page_id"], "link_data": link}
    creative = sdk.account.create_ad_creative(params={"name": "Look", "object_story_spec": story})
    above = campaign(sdk)
    group = sdk.account.create_ad_set(
        params={
            "name": "Everyone",
            "campaign_id": above["id"],
            "status": "ACTIVE",
            "billing_event": kind("AdSet").BillingEvent.impressions,
            "optimization_goal": kind("AdSet").OptimizationGoal.link_clicks,
            "bid_strategy": kind("AdSet").BidStrategy.lowest_cost_without_cap,
            "targeting": {"geo_locations": {"countries": ["US"]}},
        }
    )
    ad = sdk.account.create_ad(
        params={
            "name": "Ad",
            "adset_id": group["id"],
            "creative": {"creative_id": creative["id"]},
            "status": "PAUSED",
        }
    )
    (shown,) = above.get_ads(fields=["name", "adset_id", "creative", "status"])
    assert (shown["id"], shown["adset_id"], shown["status"]) == (ad["id"], group["id"], "PAUSED")
    assert shown["creative"]["id"] == creative["id"]
    assert (image["width"], image["height"]) == (8, 8)


def test_it_searches_for_places_to_show_ads_in(sdk: Sdk) -> None:
    # ``TargetingSearch`` writes Meta's host itself, so the call is made without it.
    given = {"q": "Ger", "type": "adgeolocation", "location_types": ["country"]}
    (found,) = sdk.api.call("GET", ("search",), given).json()["data"]
    assert (found["key"], found["type"]) == ("DE", "country")


def test_a_refusal_is_the_sdks_own_error(sdk: Sdk) -> None:
    error = refused(sdk.account.create_campaign, params={"name": "Sale"})
    assert (error.http_status(), error.api_error_code()) == (400, 100)
    assert error.api_error_type() == "OAuthException"
    assert "special_ad_categories" in error.api_error_message()
    assert not error.api_transient_error()
    assert refused(sdk.node("Campaign", "1").api_get).api_error_subcode() == 33


def test_many_calls_travel_as_one(sdk: Sdk) -> None:
    made, answers, errors = campaign(sdk), [], []
    batch = sdk.api.new_batch()
    for key in (made["id"], "1", made["id"]):
        sdk.node("Campaign", key).api_get(
            fields=["name"], batch=batch, success=answers.append, failure=errors.append
        )
    before = len(sdk.market.requests)
    assert batch.execute() is None, "nothing is left to be asked again"
    assert len(sdk.market.requests) - before == 1
    assert [one.json()["name"] for one in answers] == ["Sale", "Sale"]
    assert [one.error().api_error_code() for one in errors] == [100]


# -- figures


@pytest.fixture
def week(sdk: Sdk) -> dict[str, Any]:
    """Five days of a campaign have been booked; the parameters that ask for them, day by day."""
    made, today = campaign(sdk), sdk.market.now().date()
    for days in range(5):
        sdk.market.record_ads(made["id"], today - timedelta(days=days), "10.50", "31.50")
    span = {"since": str(today - timedelta(days=6)), "until": str(today)}
    return {"level": "campaign", "time_range": span, "time_increment": 1, "limit": 2}


def test_it_pages_through_the_figures(sdk: Sdk, week: dict[str, Any]) -> None:
    field = kind("AdsInsights").Field
    fields = [field.campaign_name, field.spend, field.impressions, field.action_values, field.purchase_roas]
    rows = list(sdk.account.get_insights(fields=fields, params=week))
    assert [row["spend"] for row in rows] == ["10.50"] * 5
    assert [row["date_start"] for row in rows] == sorted(row["date_stop"] for row in rows)
    assert rows[0]["campaign_name"] == "Sale"
    assert {"action_type": "purchase", "value": "31.50"} in rows[0]["action_values"]
    assert sdk.asked("/insights") == 3


def test_it_has_a_report_run_and_collects_it(sdk: Sdk, week: dict[str, Any]) -> None:
    # Asked for asynchronously the SDK writes ``fields`` as a JSON list, elsewhere with commas.
    run = sdk.account.get_insights(fields=["campaign_id", "spend"], params=week, is_async=True)
    assert run.api_get()["async_status"] == "Job Not Started"
    sdk.market.advance(timedelta(minutes=5))
    done = run.api_get()
    assert (done["async_status"], done["async_percent_completion"]) == ("Job Completed", 100)
    rows = list(run.get_insights(params={"limit": 2}))
    assert [row["spend"] for row in rows] == ["10.50"] * 5
    assert {row["campaign_id"] for row in rows} == {next(iter(sdk.account.get_campaigns()))["id"]}


def test_figures_by_age(sdk: Sdk, week: dict[str, Any]) -> None:
    split = {**week, "breakdowns": [kind("AdsInsights").Breakdowns.age], "time_increment": "all_days"}
    rows = list(sdk.account.get_insights(fields=["spend"], params={**split, "limit": 100}))
    assert len({row["age"] for row in rows}) == len(rows) > 1
    assert sum(float(row["spend"]) for row in rows) == pytest.approx(52.5)


# -- people


def test_it_answers_in_messenger(sdk: Sdk, page: Any) -> None:
    sdk.market.say("Is it blue?")
    (thread,) = page.get_conversations(fields=["id", "participants", "message_count"])
    (buyer,) = [one for one in thread["participants"]["data"] if one["id"] != page["id"]]
    said = {"recipient": {"id": buyer["id"]}, "messaging_type": "RESPONSE", "message": {"text": "It is."}}
    sent = page.create_message(params=said)
    # The SDK takes the answer of any write on a Page for a Page.
    assert (type(sent).__name__, sent["recipient_id"]) == ("Page", buyer["id"])
    again = page.get_api_assured().call("POST", ("me", "messages"), {**said, "message": {"text": "Really."}})
    assert again.json()["message_id"].startswith("m_")
    assert [one.contents[0]["text"] for one in sdk.market.outbox] == ["It is.", "Really."]


def test_it_posts_on_the_page(sdk: Sdk, page: Any) -> None:
    post = page.create_feed(params={"message": "New tees"})
    (found,) = page.get_feed(fields=["message"])
    assert (found["id"], found["message"]) == (post["id"], "New tees")
    sdk.twin.comment(post["id"], "Lovely")
    written = kind("PagePost")(post["id"], api=page.get_api_assured())
    (comment,) = written.get_comments(fields=["message", "from"])
    assert comment["message"] == "Lovely"
    written.api_delete()
    assert not list(page.get_feed(fields=["message"]))


def test_it_publishes_on_instagram(sdk: Sdk) -> None:
    mine = sdk.node("IGUser", sdk.settings["instagram_id"])
    given = {"image_url": "https://shop.example/tee.jpg", "caption": "New tees"}
    prepared = mine.create_media(params=given)
    sdk.market.advance(timedelta(minutes=2))
    held = sdk.node("IGMedia", prepared["id"]).api_get(fields=["status_code"])
    assert held["status_code"] == "FINISHED"
    media = mine.create_media_publish(params={"creation_id": prepared["id"]})
    (found,) = mine.get_media(fields=["caption", "media_type"])
    assert (found["id"], found["caption"], found["media_type"]) == (media["id"], "New tees", "IMAGE")
    sdk.twin.comment(media["id"], "Lovely")
    (comment,) = sdk.node("IGMedia", media["id"]).get_comments(fields=["text"])
    assert comment["text"] == "Lovely"


def test_it_lets_the_app_hear_of_the_page(sdk: Sdk, page: Any) -> None:
    page.create_subscribed_app(params={"subscribed_fields": ["messages", "feed"]})
    (app,) = page.get_subscribed_apps()
    assert (app["id"], set(app["subscribed_fields"])) == (sdk.settings["app_id"], {"messages", "feed"})


def test_it_hashes_customers_into_an_audience(sdk: Sdk) -> None:
    audience = kind("CustomAudience")
    made = sdk.account.create_custom_audience(
        params={"name": "Buyers", "subtype": "CUSTOM", "customer_file_source": "USER_PROVIDED_ONLY"}
    )
    people = ["Ada@Shop.example", "bob@shop.example"]
    told = sdk.node("CustomAudience", made["id"]).add_users(schema=audience.Schema.email_hash, users=people)
    assert (told.json()["num_received"], told.json()["num_invalid_entries"]) == (2, 0)


def test_it_tells_of_a_purchase(sdk: Sdk) -> None:
    person = import_module("facebook_business.adobjects.serverside.user_data").UserData(
        emails=["Ada@Shop.example"], phones=["+44 20 7946 0958"]
    )
    goods = import_module("facebook_business.adobjects.serverside.custom_data").CustomData(
        currency="USD", value=12.5, content_ids=["TS-1"], content_type="product"
    )
    event = import_module("facebook_business.adobjects.serverside.event").Event(
        event_name="Purchase",
        event_time=int(sdk.market.now().timestamp()),
        action_source=import_module(
            "facebook_business.adobjects.serverside.action_source"
        ).ActionSource.WEBSITE,
        event_source_url="https://shop.example/",
        user_data=person,
        custom_data=goods,
    )
    told = sdk.node("AdsPixel", sdk.settings["pixel_id"]).create_event(params={"data": [event.normalize()]})
    assert told["events_received"] == 1


# -- trust


def test_its_proof_of_the_app_secret_is_taken(sdk: Sdk) -> None:
    sdk.twin.apps[0].require_proof = True
    assert sdk.catalog.api_get(fields=["name"])["name"]
    token = sdk.api._session.access_token
    for secret in ("0" * 32, ""):
        other = connect(sdk.api._session.GRAPH, sdk.settings["app_id"], secret, token)
        with other._session.requests:
            error = refused(kind("ProductCatalog")(sdk.settings["catalog_id"], api=other).api_get)
        assert error.api_error_code() == 100


def test_it_hears_that_the_token_ran_out(sdk: Sdk) -> None:
    sdk.market.fault("expire_token")
    error = refused(sdk.catalog.api_get)
    assert (error.http_status(), error.api_error_code(), error.api_error_subcode()) == (400, 190, 463)


def test_it_hears_that_it_is_too_fast_or_that_meta_fails(sdk: Sdk) -> None:
    sdk.market.fault("throttle")
    error = refused(sdk.account.get_campaigns)
    used = json.loads(error.http_headers()["x-business-use-case-usage"])
    assert error.api_error_code() == 80004
    assert used[sdk.settings["ad_account_id"]][0]["estimated_time_to_regain_access"] >= 1
    sdk.market.fault("server_error")
    assert refused(sdk.account.get_campaigns).api_transient_error()
