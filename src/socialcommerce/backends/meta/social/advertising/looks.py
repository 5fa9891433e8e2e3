"""What an ad shows, held against Meta's rules and written in its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.codes.ads import CALLS_TO_ACTION
from socialcommerce.models.creatives import Built, Creative, ExistingPost
from socialcommerce.models.media import Media

__all__ = ["button", "creative_flaws", "link_data", "of_page", "picture", "template_data", "told"]

_CARDS = 10


def creative_flaws(creative: Creative, own: Mapping[str, str]) -> Iterator[Flaw]:
    """What is wrong with a creative; ``own`` are the ids in the settings by kind."""
    named = getattr(creative, "identity", None)
    if isinstance(creative, ExistingPost):
        if not of_page(creative) and named is None and "instagram" not in own:
            yield Flaw("creative.identity", "is needed, or instagram_id in the settings: whose post it is")
        return
    story = creative.native.get("object_story_spec") or {}
    if named is None and "page" not in own and "page_id" not in story:
        yield Flaw("creative.identity", "is needed, or page_id in the settings: the page that speaks")
    if isinstance(creative, Built):
        yield from _built_flaws(creative)


def of_page(creative: ExistingPost) -> bool:
    """Whether a post is a page's, known as ``page_post``; one without a page before it is on Instagram."""
    return "_" in creative.post_id


def _built_flaws(creative: Built) -> Iterator[Flaw]:
    films = sum(one.kind == "video" for one in creative.medias)
    pictures = len(creative.medias) - films
    if films > 1 or (films and pictures > 1) or pictures > _CARDS:
        yield Flaw("creative.media", f"an ad shows one film, with a cover, or up to {_CARDS} pictures")
    if not films and creative.url is None:
        yield Flaw("creative.url", "is needed: pictures lead somewhere")
    for media in creative.medias:
        if media.kind not in ("image", "video"):
            yield Flaw("creative.media", f"is a {media.kind}; ads show images and videos")
        elif media.id is None and media.url is None and media.content is None and media.path is None:
            yield Flaw("creative.media", "must be given as bytes, a file, an address or an id")


def template_data(words: Mapping[str, Any] | str | None) -> dict[str, Any]:
    """The words that each product fills: as given, or its own name, price and description."""
    if isinstance(words, Mapping):
        return dict(words)
    return {
        "message": words or "{{product.description}}",
        "name": "{{product.name}}",
        "description": "{{product.price}}",
    }


def link_data(creative: Built, pictures: Sequence[Media]) -> dict[str, Any]:
    """One picture with its words, or several as cards."""
    data: dict[str, Any] = {
        "message": creative.text,
        "link": creative.url,
        "name": creative.title,
        "description": creative.description,
        **button(creative.cta, creative.url),
    }
    if len(pictures) == 1:
        return told({**data, **picture(pictures[0], "picture")})
    words = {name: data.pop(name) for name in ("name", "description")}
    cards = [told({"link": creative.url, **words, **picture(one, "picture")}) for one in pictures]
    return told(data) | {"child_attachments": cards}


def picture(media: Media, address: str) -> dict[str, Any]:
    """A picture by its hash, or by its address under the name that a place has for it."""
    return {"image_hash": media.id} if media.id is not None else {address: media.url}


def button(cta: str | None, url: str | None) -> dict[str, Any]:
    """The call to action, and where it leads."""
    if cta is None:
        return {}
    value = {"value": {"link": url}} if url else {}
    return {"call_to_action": {"type": CALLS_TO_ACTION[cta], **value}}


def told(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in data.items() if value not in (None, "")}
