"""Meta's rules for items, which are constants of its feed specification."""

from __future__ import annotations

from collections.abc import Iterator

from socialcommerce.backends.flaws import Flaw, Rules
from socialcommerce.backends.meta.catalog import inputs, mapping
from socialcommerce.backends.meta.catalog.reading import Reading
from socialcommerce.backends.meta.codes import catalog as codes
from socialcommerce.models.check import Check
from socialcommerce.models.product import Category, Limits, ProductInput
from socialcommerce.resources.capability import emulated, supports
from socialcommerce.runtime.flow import Flow, done

__all__ = ["RuleBook"]


class RuleBook(Reading):
    """The part of ``client.catalog`` that says what an item may be."""

    @property
    def rules(self) -> Rules:
        """What a catalogue has no place for."""
        return Rules(self.backend.name, codes.RULES)

    @property
    def columns(self) -> inputs.Columns:
        """Writes inputs as columns."""
        return inputs.Columns(self.now(), self.session.media_host)

    @supports("emulated", params=emulated("category"), cost="no call")
    def limits(self, category: str | Category | None = None) -> Flow[Limits]:
        """The constants of the feed specification; they are the same for every category."""
        return done(mapping.limits())

    @supports("emulated", params=emulated("product"), cost="no call")
    def check(self, product: ProductInput) -> Flow[Check]:
        """Hold a product against the feed specification, without asking Meta.

        Meta asks itself when it is written, and again in its review. Lengths on which its documents
        disagree are problems that do not make the check fail.
        """
        wrong = self.rules.problems(self._flaws(product))
        return done(Check.build(ok=not wrong, problems=(*wrong, *self.rules.problems(self._advice(product)))))

    def _flaws(self, product: ProductInput) -> Iterator[Flaw]:
        return inputs.flaws(product, self.session.media_host is not None)

    def _advice(self, product: ProductInput) -> Iterator[Flaw]:
        return inputs.advice(product)
