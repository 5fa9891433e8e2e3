"""``WhatsApp``: the Business Platform with all its nouns, each imported when it is first used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from typing_extensions import override

from socialcommerce.backends.base import merged
from socialcommerce.backends.meta.codes import catalog
from socialcommerce.backends.meta.codes.errors import Meaning
from socialcommerce.backends.meta.codes.versions import DEFAULT
from socialcommerce.backends.meta.graph import GRAPH, App, Proof
from socialcommerce.backends.meta.platform import APP, GraphPlatform
from socialcommerce.backends.meta.whatsapp import limits
from socialcommerce.backends.meta.whatsapp.codes import ads, auth, errors, messaging, orders, store, webhooks
from socialcommerce.resources.capability import Level, Refusal
from socialcommerce.runtime.call import Call, Subject
from socialcommerce.runtime.limits import Bucket

__all__ = ["WhatsApp"]

_CODES = (catalog, orders, store, ads, messaging, auth, webhooks)
_FAMILY = "socialcommerce.backends.meta"
_HERE = f"{_FAMILY}.whatsapp"


class WhatsApp(GraphPlatform):
    """WhatsApp's Business Platform (Cloud API).

    Every setting may be left out until a call needs it; then ``ConfigurationError`` names it.

    Args:
        app_id: the developer's app.
        app_secret: its secret: proves calls (``appsecret_proof``), signs webhooks, inspects tokens.
        access_token: of a system user of the business, or the business token of Embedded Signup.
        business_id: the business portfolio.
        waba_id: the WhatsApp Business account.
        phone_number_id: the number that writes, by its id; ``client.for_account`` chooses another.
        catalog_id: the catalogue that is linked to the account.
        catalog_token: a token with ``catalog_management``, where ``access_token`` has not.
        system_user_id: whose tokens ``auth.acquire`` makes.
        verify_token: what Meta's verification of a webhook must say.
        flow_private_key: the RSA key (PEM text) of the endpoint that answers Flows.
        api_version: version of the Graph API, as ``v26.0``.
        proof: how the secret is proved: ``plain``, or ``timed`` (good for five minutes).
        host: base URL of the Graph API.
        webhook_secrets: further app secrets that may sign webhooks, while one is replaced.
        callback_urls: webhook endpoints by name.
    """

    name: ClassVar[str] = "whatsapp"
    twin: ClassVar[str | None] = "socialcommerce.simulators.meta.whatsapp:WhatsAppTwin"
    account_kinds: ClassVar[tuple[str, ...]] = ("phone", "waba", "catalog", "business")
    kinds: ClassVar[Mapping[str, str]] = {"business": "phone", "catalog": "catalog"}
    settings_of: ClassVar[Mapping[str, str]] = {"phone": "phone_number_id"}
    media_hosts: ClassVar[frozenset[str]] = frozenset({"lookaside.fbsbx.com"})
    refusals: ClassVar[Mapping[str, Refusal]] = merged(_CODES, "REFUSALS")
    features: ClassVar[Mapping[str, Level | Refusal]] = merged(_CODES, "FEATURES")

    catalog = f"{_FAMILY}.catalog:WhatsAppCatalog"
    orders = f"{_HERE}.orders:WhatsAppOrders"
    store = f"{_HERE}.store:WhatsAppStore"
    messaging = f"{_HERE}.messaging:WhatsAppMessaging"
    auth = f"{_HERE}.auth:WhatsAppAuth"
    webhooks = f"{_HERE}.webhooks:WhatsAppWebhooks"

    def __init__(  # noqa: PLR0913  # each is one setting, given by name
        self,
        app_id: str | int = "",
        app_secret: str = "",
        access_token: str = "",
        *,
        business_id: str | int | None = None,
        waba_id: str | int | None = None,
        phone_number_id: str | int | None = None,
        catalog_id: str | int | None = None,
        catalog_token: str = "",
        system_user_id: str | int | None = None,
        verify_token: str = "",
        flow_private_key: str = "",
        api_version: str = DEFAULT,
        proof: Proof = "plain",
        host: str = GRAPH,
        webhook_secrets: str | Sequence[str] = (),
        callback_urls: Mapping[str, str] | None = None,
    ) -> None:
        identities = {
            "phone": phone_number_id,
            "waba": waba_id,
            "catalog": catalog_id,
            "business": business_id,
            "system_user": system_user_id,
        }
        self.flow_private_key = flow_private_key
        super().__init__(
            App(str(app_id), app_secret, api_version, proof, host.rstrip("/")),
            identities,
            {"business": access_token, "catalog": catalog_token},
            {"business": "business", "app": APP, "catalog": "catalog" if catalog_token else "business"},
            verify_token=verify_token,
            webhook_secrets=webhook_secrets,
            callback_urls=callback_urls,
        )

    @classmethod
    @override
    def refusal(cls, name: str) -> Refusal:
        """Why an operation is refused; one reason for all of ads that names none of its own."""
        return ads.NO_ADS if name.startswith("ads.") and name not in cls.refusals else super().refusal(name)

    @staticmethod
    @override
    def meaning(code: int) -> Meaning | None:
        return errors.meaning(code)

    @override
    def limits(self, call: Call, subject: Subject | None) -> tuple[Bucket, ...]:
        """The buckets of a call; a message also counts for its number, and for the pair with its reader."""
        return (*limits.sending(self.app.id, call), *super().limits(call, subject))
