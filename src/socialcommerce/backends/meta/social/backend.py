"""``Meta``: Facebook and Instagram with all their nouns, each imported when it is first used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from socialcommerce.backends.base import merged
from socialcommerce.backends.meta.codes import catalog
from socialcommerce.backends.meta.codes.versions import DEFAULT
from socialcommerce.backends.meta.graph import GRAPH, App, Proof
from socialcommerce.backends.meta.platform import APP, PAGE, PIXEL, GraphPlatform
from socialcommerce.backends.meta.social.codes import ads, auth, messaging, orders, store, webhooks
from socialcommerce.resources.capability import Level, Refusal

__all__ = ["Meta"]

_CODES = (catalog, orders, store, ads, messaging, auth, webhooks)
_FAMILY = "socialcommerce.backends.meta"
_HERE = f"{_FAMILY}.social"
_SLOTS = {"catalog": "user", "ads": "user", "page": PAGE, "app": APP, "pixel": "user"}
"""The credentials of each service; a pixel may have its own."""


class Meta(GraphPlatform):
    """Facebook and Instagram over the Graph API: catalogue, advertising, messages.

    Every setting may be left out until a call needs it; then ``ConfigurationError`` names it.

    Args:
        app_id: the developer's app.
        app_secret: its secret: proves calls (``appsecret_proof``), signs webhooks, inspects tokens.
        access_token: of a system user or a person; a later one is kept in ``State.tokens``.
        page_id: the Facebook page that writes messages; ``client.for_account`` chooses another.
        page_token: its token; derived from ``access_token`` where it is not given.
        instagram_id: the Instagram account that belongs to the page.
        catalog_id: the product catalogue.
        ad_account_id: the ad account, with or without ``act_``.
        business_id: the business portfolio that owns them.
        pixel_id: the data set that takes conversions.
        pixel_token: its token, where it has one of its own.
        system_user_id: whose tokens ``auth.acquire`` makes and ``auth.revoke`` ends.
        verify_token: what Meta's verification of a webhook must say.
        api_version: version of the Graph API, as ``v26.0``.
        proof: how the secret is proved: ``plain``, or ``timed`` (good for five minutes).
        host: base URL of the Graph API.
        webhook_secrets: further app secrets that may sign webhooks, while one is replaced.
        callback_urls: webhook endpoints by name.
    """

    name: ClassVar[str] = "meta"
    twin: ClassVar[str | None] = "socialcommerce.simulators.meta.social:MetaTwin"
    account_kinds: ClassVar[tuple[str, ...]] = ("page", "instagram", "ad", "catalog", "business")
    kinds: ClassVar[Mapping[str, str]] = {"catalog": "catalog", "ads": "ad", "page": "page"}
    settings_of: ClassVar[Mapping[str, str]] = {"ad": "ad_account_id"}
    refusals: ClassVar[Mapping[str, Refusal]] = merged(_CODES, "REFUSALS")
    features: ClassVar[Mapping[str, Level | Refusal]] = merged(_CODES, "FEATURES")

    catalog = f"{_FAMILY}.catalog:MetaCatalog"
    store = f"{_HERE}.store:MetaStore"
    ads = f"{_HERE}.advertising:MetaAds"
    messaging = f"{_HERE}.messaging:MetaMessaging"
    auth = f"{_FAMILY}.auth:MetaAuth"
    webhooks = f"{_HERE}.webhooks:MetaWebhooks"

    def __init__(  # noqa: PLR0913  # each is one setting, given by name
        self,
        app_id: str | int = "",
        app_secret: str = "",
        access_token: str = "",
        *,
        page_id: str | int | None = None,
        page_token: str = "",
        instagram_id: str | int | None = None,
        catalog_id: str | int | None = None,
        ad_account_id: str | int | None = None,
        business_id: str | int | None = None,
        pixel_id: str | int | None = None,
        pixel_token: str = "",
        system_user_id: str | int | None = None,
        verify_token: str = "",
        api_version: str = DEFAULT,
        proof: Proof = "plain",
        host: str = GRAPH,
        webhook_secrets: str | Sequence[str] = (),
        callback_urls: Mapping[str, str] | None = None,
    ) -> None:
        identities = {
            "page": page_id,
            "catalog": catalog_id,
            "ad": ad_account_id,
            "instagram": instagram_id,
            "business": business_id,
            "pixel": pixel_id,
            "system_user": system_user_id,
        }
        super().__init__(
            App(str(app_id), app_secret, api_version, proof, host.rstrip("/")),
            identities,
            {"user": access_token, PAGE: page_token, PIXEL: pixel_token},
            {**_SLOTS, PIXEL: PIXEL} if pixel_token else _SLOTS,
            verify_token=verify_token,
            webhook_secrets=webhook_secrets,
            callback_urls=callback_urls,
        )
