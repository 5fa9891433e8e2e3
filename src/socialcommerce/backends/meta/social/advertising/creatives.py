"""What an ad shows, as Meta is told it: a post, something built, or the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from socialcommerce.backends.meta.social.advertising.media import MediaNoun
from socialcommerce.backends.meta.social.codes.ads import CALLS_TO_ACTION
from socialcommerce.models.creatives import Built, CatalogCreative, Creative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["CREATIVE_FIELDS", "CreativesNoun"]

CREATIVE_FIELDS = (
    "id,name,status,object_story_id,effective_object_story_id,source_instagram_media_id,instagram_user_id,"
    "object_story_spec,product_set_id,call_to_action_type"
)
_CARDS = 10
_LABELS = frozenset({"id", "name"})
"""What a creative that was read tells of itself, and no setting."""


class CreativesNoun(MediaNoun):
    """An advertising noun that writes creatives."""

    def creative(self, creative: Creative, name: str) -> Flow[str]:
        """Make a creative and answer its id (POST /act_{id}/adcreatives).

        Its name is that of the ad and something that no other has: creatives do not tell when they were
        made, so that only this finds it again after a lost answer.
        """
        fields = yield from self.creative_fields(creative)
        path = f"/{self.own('ad')}/adcreatives"
        body = {"name": f"{name} {uuid4().hex[:12]}", **fields}
        return (yield from self.made(path, body, path, dated=False))

    def creative_fields(self, creative: Creative, *, upload: bool = True) -> Flow[dict[str, Any]]:
        """A creative in Meta's words, its media uploaded (or refused where they would have to be)."""
        own = {name: value for name, value in creative.native.items() if name not in _LABELS}
        if isinstance(creative, ExistingPost):
            return {**self._post(creative), **own}
        story = dict(own.pop("object_story_spec", None) or {})
        if isinstance(creative, CatalogCreative):
            shown = {"template_data": _template(creative.template)}
            story = {**self._speaker(None), **shown, **story}
            return {"product_set_id": creative.set, "object_story_spec": story, **own}
        shown = yield from self._built(creative, upload)
        return {"object_story_spec": {**self._speaker(creative.identity), **shown, **story}, **own}

    def _speaker(self, page: str | None) -> dict[str, str]:
        """In whose name an ad speaks: a page, and the Instagram account of the settings."""
        instagram = self.backend.identities.get("instagram")
        found = {"page_id": page or self.own("page")}
        return found | ({"instagram_user_id": instagram.id} if instagram is not None else {})

    def _post(self, creative: ExistingPost) -> dict[str, Any]:
        """A post of a page is known as ``page_post``; what has no page before it is on Instagram."""
        button = _button(creative.cta, creative.url)
        if "_" in creative.post_id:
            return {"object_story_id": creative.post_id, **button}
        speaker = {"instagram_user_id": creative.identity or self.own("instagram")}
        return {"source_instagram_media_id": creative.post_id, **speaker, **button}

    def _built(self, creative: Built, upload: bool) -> Flow[dict[str, Any]]:
        films = [one for one in creative.medias if one.kind == "video"]
        pictures = [one for one in creative.medias if one.kind != "video"]
        if len(films) > 1 or (films and len(pictures) > 1) or len(pictures) > _CARDS:
            raise invalid(creative=f"an ad shows one film, with a cover, or up to {_CARDS} pictures")
        if not films and creative.url is None:
            raise invalid(**{"creative.url": "is needed: pictures lead somewhere"})
        shown = []
        for one in pictures:
            shown.append((yield from self._known(one, upload)))
        if films:
            film = yield from self._known(films[0], upload)
            return {"video_data": (yield from self._video(creative, film, shown))}
        return {"link_data": _link(creative, shown)}

    def _known(self, media: Media, upload: bool) -> Flow[Media]:
        """Media that a creative can name: a picture by its hash or address, a film by its id."""
        if media.id is not None or (media.url is not None and media.kind == "image"):
            return media
        if not upload:
            raise invalid(creative="is checked with media that Meta has: ads.upload_media first")
        return (yield from self.uploaded(media))

    def _video(self, creative: Built, film: Media, covers: Sequence[Media]) -> Flow[dict[str, Any]]:
        assert film.id is not None
        row = yield from self.film(film.id)
        cover = _picture(covers[0], "image_url") if covers else {"image_url": row.get("picture")}
        data = {
            "video_id": film.id,
            "message": creative.text,
            "title": creative.title,
            "link_description": creative.description,
            **cover,
            **_button(creative.cta or ("learn_more" if creative.url else None), creative.url),
        }
        return _told(data)


def _template(told: Mapping[str, Any] | str | None) -> dict[str, Any]:
    """The words that each product fills: as given, or its own name, price and description."""
    if isinstance(told, Mapping):
        return dict(told)
    return {
        "message": told or "{{product.description}}",
        "name": "{{product.name}}",
        "description": "{{product.price}}",
    }


def _link(creative: Built, pictures: Sequence[Media]) -> dict[str, Any]:
    button = _button(creative.cta, creative.url)
    data: dict[str, Any] = {
        "message": creative.text,
        "link": creative.url,
        "name": creative.title,
        "description": creative.description,
        **button,
    }
    if len(pictures) == 1:
        return _told({**data, **_picture(pictures[0], "picture")})
    words = {name: data.pop(name) for name in ("name", "description")}
    cards = [_told({"link": creative.url, **words, **_picture(one, "picture")}) for one in pictures]
    return _told(data) | {"child_attachments": cards}


def _picture(media: Media, address: str) -> dict[str, Any]:
    return {"image_hash": media.id} if media.id is not None else {address: media.url}


def _button(cta: str | None, url: str | None) -> dict[str, Any]:
    if cta is None:
        return {}
    value = {"value": {"link": url}} if url else {}
    return {"call_to_action": {"type": CALLS_TO_ACTION[cta], **value}}


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value not in (None, "")}
