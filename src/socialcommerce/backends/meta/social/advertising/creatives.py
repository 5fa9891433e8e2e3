"""What an ad shows, as Meta is told it: a post, something built, or the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from socialcommerce.backends.meta.social.advertising.looks import (
    button,
    link_data,
    of_page,
    picture,
    template_data,
    told,
)
from socialcommerce.backends.meta.social.advertising.media import MediaNoun
from socialcommerce.models.creatives import Built, CatalogCreative, Creative, ExistingPost
from socialcommerce.models.media import Media
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["CREATIVE_FIELDS", "CreativesNoun"]

CREATIVE_FIELDS = (
    "id,name,status,object_story_id,effective_object_story_id,source_instagram_media_id,instagram_user_id,"
    "object_story_spec,product_set_id,call_to_action_type"
)
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
            shown: dict[str, Any] = {"template_data": template_data(creative.template)}
            own = {"product_set_id": creative.set, **own}
        else:
            shown = yield from self._built(creative, upload)
        return {"object_story_spec": {**self._speaker(creative, story), **shown, **story}, **own}

    def _speaker(self, creative: Creative, story: Mapping[str, Any]) -> dict[str, str]:
        """In whose name an ad speaks: a page, and the Instagram account of the settings."""
        page = story.get("page_id") or getattr(creative, "identity", None) or self.own("page")
        instagram = self.backend.identities.get("instagram")
        return {"page_id": str(page)} | ({"instagram_user_id": instagram.id} if instagram else {})

    def _post(self, creative: ExistingPost) -> dict[str, Any]:
        leads = button(creative.cta, creative.url)
        if of_page(creative):
            return {"object_story_id": creative.post_id, **leads}
        speaker = {"instagram_user_id": creative.identity or self.own("instagram")}
        return {"source_instagram_media_id": creative.post_id, **speaker, **leads}

    def _built(self, creative: Built, upload: bool) -> Flow[dict[str, Any]]:
        shown: dict[str, list[Media]] = {"video": [], "image": []}
        for media in creative.medias:
            shown[media.kind].append((yield from self._known(media, upload)))
        if shown["video"]:
            return {"video_data": (yield from self._video(creative, shown["video"][0], shown["image"]))}
        return {"link_data": link_data(creative, shown["image"])}

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
        cover = picture(covers[0], "image_url") if covers else {"image_url": row.get("picture")}
        data = {
            "video_id": film.id,
            "message": creative.text,
            "title": creative.title,
            "link_description": creative.description,
            **cover,
            **button(creative.cta or ("learn_more" if creative.url else None), creative.url),
        }
        return told(data)
