"""``client.catalog`` on Facebook, Instagram and WhatsApp: one kind of catalogue, whose items are variants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Final, TypeAlias

from typing_extensions import override

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.catalog.feeds import Feeds
from socialcommerce.backends.meta.noun import CHOICE
from socialcommerce.errors import ConfigurationError
from socialcommerce.models.product import ProductInput
from socialcommerce.runtime.flow import Flow, done

__all__ = ["MetaCatalog", "WhatsAppCatalog"]

_A_DAY: Final = 86_400.0
_IN_INDIA: Final = ("wa_compliance_category", "origin_country")


Reader: TypeAlias = Callable[[str], Flow[str]]


class MetaCatalog(Feeds):
    """All of the catalogue: batches, reading, rules, amounts, writing and feeds, each upon the one before."""

    showing: ClassVar[str] = "page_id"
    """The settings of the accounts that tell of a catalogue."""

    @override
    def catalog_id(self) -> Flow[str]:
        """The catalogue that was chosen or set; else the one that another account shows, for a day."""
        chosen: tuple[tuple[str, Reader], ...] = (("catalog", done),)
        for kind, read in (*chosen, *self._readers()):
            try:
                return read(self.own(kind))
            except ConfigurationError:
                continue
        either = f"catalog_id, or the {self.showing} that shows one"
        raise ConfigurationError(f"{self.operation} needs {either}: name it in the settings{CHOICE}")

    def _readers(self) -> tuple[tuple[str, Reader], ...]:
        """Kinds of account that tell of a catalogue, the surest first, with what asks them for it."""
        return (("page", self._of_owner),)

    def _of_owner(self, owner: str) -> Flow[str]:
        return self.remember("linked catalogue", lambda: self._linked(owner), _A_DAY)

    def _linked(self, owner: str) -> Flow[str]:
        """GET /{owner}/product_catalogs, of a page or a WhatsApp Business account: the one row of it."""
        rows = yield from self.edge_all(f"/{owner}/product_catalogs", {"fields": "id"})
        if len(rows) != 1:
            raise ConfigurationError(
                f"account {owner} has {len(rows)} catalogues; name catalog_id in the settings{CHOICE}"
            )
        return str(rows[0]["id"])


class WhatsAppCatalog(MetaCatalog):
    """The Meta catalogue that is linked to a WhatsApp Business account."""

    showing: ClassVar[str] = "waba_id or phone_number_id"

    @override
    def _readers(self) -> tuple[tuple[str, Reader], ...]:
        return (("waba", self._of_owner), ("phone", self._of_number))

    def _of_number(self, phone: str) -> Flow[str]:
        return self.remember("shown catalogue", lambda: self._shown(phone), _A_DAY)

    def _shown(self, phone: str) -> Flow[str]:
        """GET /{phone}/whatsapp_commerce_settings, which names it."""
        settings = yield from self.ask("GET", f"/{phone}/whatsapp_commerce_settings", service="business")
        shown = [row["id"] for row in settings["data"] if row.get("id")]
        if not shown:
            raise ConfigurationError(
                f"number {phone} shows no catalogue; name catalog_id in the settings{CHOICE}"
            )
        return str(shown[0])

    @override
    def _advice(self, product: ProductInput) -> Iterator[Flaw]:
        """As Meta's, and what India asks of sellers there, told by their currency."""
        yield from super()._advice(product)
        if any(one.price is not None and one.price.currency == "INR" for one in product.variants):
            for name in _IN_INDIA:
                if name not in product.native:
                    yield Flaw(
                        f"warning.native.{name}", "is asked of businesses in India, with the importer's"
                    )
