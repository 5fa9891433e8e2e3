"""What an ad shows: a post that exists, something built for it, or the catalogue."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from socialcommerce.models.base import Many, Value
from socialcommerce.models.media import Media

__all__ = ["Built", "CallToAction", "CatalogCreative", "Creative", "ExistingPost"]

CallToAction: TypeAlias = Literal[
    "shop_now",
    "learn_more",
    "sign_up",
    "download",
    "book_now",
    "contact_us",
    "send_message",
    "get_offer",
    "order_now",
    "subscribe",
    "watch_more",
    "apply_now",
    "none",
]


class ExistingPost(Value):
    """A post that is already there, by its id; ``identity`` is the page or person it belongs to."""

    post_id: str = Field(min_length=1)
    identity: str | None = None
    cta: CallToAction | None = None
    url: str | None = None
    type: Literal["existing_post"] = Field(default="existing_post", kw_only=True)


class Built(Value):
    """Made for the ad: ``media`` with ``text`` and a button ``cta`` that leads to ``url``."""

    media: Many[Media] | Media
    text: str = ""
    cta: CallToAction | None = None
    url: str | None = None
    title: str | None = None
    description: str | None = None
    identity: str | None = None
    type: Literal["built"] = Field(default="built", kw_only=True)

    @property
    def medias(self) -> tuple[Media, ...]:
        """The media as a tuple, also where there is one: a carousel has several."""
        return (self.media,) if isinstance(self.media, Media) else tuple(self.media)

    @model_validator(mode="after")
    def _shows_something(self) -> Self:
        if not self.medias:
            raise ValueError("give a picture or a film")
        return self


class CatalogCreative(Value):
    """Products of the catalogue's ``set``, shown in a ``template`` that each fills with its own words."""

    set: str = Field(min_length=1)
    template: dict[str, Any] | str | None = None
    type: Literal["catalog"] = Field(default="catalog", kw_only=True)


Creative: TypeAlias = Annotated[ExistingPost | Built | CatalogCreative, Field(discriminator="type")]
