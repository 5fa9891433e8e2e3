"""A WhatsApp Business Account with its one phone number, as the pretend platform keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import define, field

from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.entities import Buyer, Conversation, Message
from socialcommerce.simulators.meta.graph.catalog.shelf import items
from socialcommerce.simulators.meta.graph.wire import Node
from socialcommerce.simulators.meta.whatsapp.refusals import refuse

if TYPE_CHECKING:
    from socialcommerce.simulators.meta.graph.seller import Seller
    from socialcommerce.simulators.meta.whatsapp.twin import WhatsAppTwin

__all__ = ["DAY", "MEDIA_LIFE", "WINDOW", "Media", "Waba", "meet", "waba_of"]

DAY = 86400
WINDOW = DAY
"""Seconds for which the number may answer freely after the user's last message."""
FREE_ENTRY = 3 * DAY
"""Seconds of the free entry point after a message from an ad that was answered within a day."""
MEDIA_LIFE = 30 * DAY


@define(slots=True, eq=False)
class Media:
    """A file that was uploaded, or came in with a message; ``kind`` is image, video, ..."""

    id: str
    kind: str
    mime: str
    content: bytes = field(repr=False)
    created: float
    sha256: str


@define(slots=True, eq=False)
class Waba:
    """The account and the number of one seller: ``node`` is the account's object, ``phone`` the number's.

    What can be set: ``review_delay``, seconds until a template is reviewed; ``allowed``, the recipients
    of a test number (None: anybody); ``unreachable``, numbers without WhatsApp; ``reach``, how many
    people the portfolio may write to first in 24 hours; ``payment_method`` (without one, service
    messages past the free thousand are not delivered); ``at_once``, whether a message that cannot
    arrive is refused instead of accepted and failed later.
    """

    twin: WhatsAppTwin
    seller: Seller
    node: Node
    phone: Node
    review_delay: float = 60
    at_once: bool = False
    registered: bool = True
    pin: str = "000000"
    registrations: list[float] = field(factory=list)
    allowed: set[str] | None = None
    unreachable: set[str] = field(factory=set)
    reach: int = 2000
    reached: dict[str, float] = field(factory=dict)
    payment_method: bool = True
    served: dict[str, int] = field(factory=dict)
    media: dict[str, Media] = field(factory=dict)
    templates: dict[str, Node] = field(factory=dict)
    freed_names: dict[str, float] = field(factory=dict)
    created_templates: list[float] = field(factory=list)
    flows: dict[str, Node] = field(factory=dict)
    blocked: dict[str, str] = field(factory=dict)
    payments: dict[str, dict[str, Any]] = field(factory=dict)
    profile: dict[str, Any] = field(factory=lambda: {"vertical": "OTHER"})
    commerce: dict[str, bool] = field(factory=lambda: {"is_cart_enabled": True, "is_catalog_visible": False})
    no_marketing: bool = False
    qr_codes: dict[str, dict[str, Any]] = field(factory=dict)
    settings: dict[str, Any] = field(factory=dict)
    public_key: str = ""
    username: str | None = None
    spoken: dict[str, Message] = field(factory=dict)
    seconds: dict[int, int] = field(factory=dict)
    pairs: dict[str, tuple[float, float]] = field(factory=dict)

    @property
    def id(self) -> str:
        """The account's id."""
        return self.node.id

    @property
    def phone_id(self) -> str:
        """The number's id."""
        return self.phone.id

    @property
    def display(self) -> str:
        """The digits of the number."""
        return str(self.phone.hidden["digits"])

    @property
    def catalog_id(self) -> str | None:
        """The linked catalog."""
        linked = self.node.hidden["catalogs"]
        return str(linked[0].id) if linked else None

    @property
    def clock(self) -> Clock:
        """The market's clock."""
        return self.seller.clock

    @property
    def region(self) -> str:
        """The country of the seller, two letters."""
        return self.seller.region

    @property
    def talks(self) -> dict[str, Conversation]:
        """The conversations, by the business-scoped user id of the person."""
        return self.seller.conversations

    # -- what a message is held against

    def sells(self, sku: str) -> bool:
        """Whether the linked catalog shows that item."""
        linked = self.node.hidden["catalogs"]
        item = items(linked[0]).get(sku) if linked else None
        return item is not None and item.data["review_status"] == "approved"

    def media_kind(self, media_id: str) -> str | None:
        """The kind of a file; None where there is none, or no longer."""
        held = self.media.get(media_id)
        return None if held is None or self.clock.now() - held.created > MEDIA_LIFE else held.kind

    def check_flow(self, flow: Mapping[str, Any]) -> None:
        """Refuse a flow that is unknown, blocked or throttled, or not published unless in draft mode."""
        found = self.flows.get(str(flow.get("flow_id"))) or next(
            (one for one in self.flows.values() if one.data["name"] == flow.get("flow_name")), None
        )
        if found is None:
            raise refuse(131009, "Flow does not exist")
        status = found.data["status"]
        if status in ("BLOCKED", "THROTTLED"):
            raise refuse({"BLOCKED": 132068, "THROTTLED": 132069}[status], "Flow cannot be sent")
        wanted = "DRAFT" if flow.get("mode") == "draft" else "PUBLISHED"
        if status != wanted:
            raise refuse(131009, f"Flow is not in status {wanted}")

    def payment_of(self, reference_id: str) -> str | None:
        """unpaid, pending or captured; None where no such order was sent."""
        found = self.payments.get(reference_id)
        return None if found is None else str(found["status"])

    def knows_message(self, message_id: str) -> bool:
        """Whether a message of that id was exchanged with this number."""
        return message_id in self.spoken

    # -- people

    def talk_with(self, key: str) -> Conversation | None:
        """The conversation with a person, by wa_id or business-scoped user id."""
        for talk in self.talks.values():
            if key in (talk.buyer.native["wa_id"], talk.buyer.native["user_id"]):
                return talk
        return None

    def open_talk(self, buyer: Buyer) -> Conversation:
        """A conversation with a person whom this number has not met."""
        talk = Conversation(self.twin.new_id("conversation"), buyer)
        meet(talk)
        self.talks[talk.id] = talk
        return talk

    # -- windows

    def heard(self, talk: Conversation) -> float | None:
        """When the person last wrote."""
        return next((one.sent for one in reversed(talk.messages) if one.author == "buyer"), None)

    def free_entry(self, talk: Conversation) -> bool:
        """Whether the person came by an ad less than three days ago, and was answered within one."""
        entry = talk.native.get("entry")
        if entry is None or self.clock.now() - entry > FREE_ENTRY:
            return False
        answer = next(
            (one.sent for one in talk.messages if one.author == "seller" and one.sent >= entry), None
        )
        return bool((self.clock.now() if answer is None else answer) - entry <= WINDOW)

    def may_answer(self, talk: Conversation) -> bool:
        """Whether anything may be sent, or only templates."""
        heard = self.heard(talk)
        return self.free_entry(talk) or (heard is not None and self.clock.now() - heard <= WINDOW)


def waba_of(seller: Seller) -> Waba:
    """The account and number of a seller."""
    waba = seller.asset("WhatsAppBusinessAccount").entity
    assert isinstance(waba, Waba)
    return waba


def meet(talk: Conversation) -> None:
    """Give the person of a new conversation an identity: its id is the business-scoped user id."""
    talk.buyer.native = {
        "wa_id": talk.buyer.id,
        "user_id": talk.id,
        "username": None,
        "hidden": False,
        "marketing": True,
        "experiment": False,
    }
