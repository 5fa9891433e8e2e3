"""Pictures, films and files that go in, and documents that come out."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Literal, Self, TypeAlias

from pydantic import AwareDatetime, Field

from socialcommerce.models.base import Model, Record

__all__ = ["Document", "Media", "MediaKind", "MediaStatus"]

MediaKind: TypeAlias = Literal["image", "video", "audio", "file"]
MediaStatus: TypeAlias = Literal["local", "processing", "ready", "failed", "other"]


_BEGINNINGS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"%PDF", "application/pdf"),
)
"""Where in a file which bytes tell its media type."""


def _sniff(head: bytes) -> str:
    for start, mark, media_type in _BEGINNINGS:
        if head.startswith(mark, start):
            return media_type
    return "application/octet-stream"


class Media(Model):
    """A picture, film, sound or file, wherever it lies.

    Made with ``from_bytes``, ``from_file``, ``from_url`` or ``from_id``. A backend that needs an id
    uploads first; one that needs a public URL uses the client's media host, or refuses.
    ``url`` may stop working at ``expires_at``. ``content`` is read only when it is sent.
    """

    kind: MediaKind = "image"
    id: str | None = None
    url: str | None = None
    path: Path | None = None
    content: bytes | None = Field(default=None, repr=False)
    media_type: str | None = None
    name: str | None = None
    alt: str | None = None
    status: MediaStatus = "ready"
    native_status: str | None = None
    width: int | None = None
    height: int | None = None
    expires_at: AwareDatetime | None = None

    @classmethod
    def from_bytes(
        cls,
        content: bytes,
        media_type: str | None = None,
        *,
        name: str | None = None,
        alt: str | None = None,
    ) -> Self:
        """Bytes in memory; ``media_type`` such as ``image/png`` is read from their beginning where None."""
        media_type = media_type or _sniff(bytes(content[:16]))
        return cls.build(
            kind=_kind(media_type),
            content=bytes(content),
            media_type=media_type,
            name=name or "upload" + (mimetypes.guess_extension(media_type) or ""),
            alt=alt,
            status="local",
        )

    @classmethod
    def from_file(cls, path: str | Path, media_type: str | None = None, *, alt: str | None = None) -> Self:
        """A file on this machine, read when it is sent. FileNotFoundError where there is none now."""
        file = Path(path)
        if not file.is_file():
            raise FileNotFoundError(f"no file at {file}")
        guessed = media_type or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return cls.build(
            kind=_kind(guessed), path=file, media_type=guessed, name=file.name, alt=alt, status="local"
        )

    @classmethod
    def from_url(cls, url: str, *, kind: MediaKind = "image", alt: str | None = None) -> Self:
        """A file anybody can fetch. ValueError unless it is an http or https address."""
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"a media URL starts with https://, not {url[:12]!r}")
        return cls.build(kind=kind, url=url, alt=alt)

    @classmethod
    def from_id(cls, id: str, *, kind: MediaKind = "image", alt: str | None = None) -> Self:
        """A file the platform already holds, by the id it gave."""
        return cls.build(kind=kind, id=id, alt=alt)

    def read(self) -> bytes:
        """The bytes of local media; ValueError where it lies elsewhere (``download_media`` fetches it)."""
        if self.content is not None:
            return self.content
        if self.path is not None:
            return self.path.read_bytes()
        raise ValueError("this media is not on this machine; download it first")


def _kind(media_type: str) -> MediaKind:
    match media_type.partition("/")[0]:
        case "image":
            return "image"
        case "video":
            return "video"
        case "audio":
            return "audio"
        case _:
            return "file"


class Document(Record):
    """A label, an invoice, an export: bytes to save or print.

    ``printable`` is False where the platform answers a payload for its own print program instead of
    a file: ``read`` still gives it, ``note`` says which program takes it.
    """

    name: str = "document"
    media_type: str = "application/octet-stream"
    content: bytes = Field(default=b"", repr=False)
    url: str | None = Field(default=None, repr=False)
    expires_at: AwareDatetime | None = None
    printable: bool = True
    note: str | None = None

    def read(self) -> bytes:
        """The document's bytes."""
        return self.content

    def save(self, path: str | Path) -> Path:
        """Write it to ``path``, or under its own name into a folder; answers where it is."""
        target = Path(path)
        if target.is_dir():
            target /= Path(self.name).name
        target.write_bytes(self.content)
        return target
