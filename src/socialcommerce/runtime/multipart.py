"""Multipart bodies: the same inputs give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from socialcommerce.runtime.call import Upload

__all__ = ["multipart"]


def multipart(fields: Mapping[str, str], files: Mapping[str, Upload | list[Upload]]) -> tuple[str, bytes]:
    """Write a ``multipart/form-data`` body; answers its content type and bytes.

    The boundary is drawn from the content, so that it cannot occur in it by accident and a
    repeated request is the same request.
    """
    boundary = _boundary(fields, files)
    body = b"".join(_parts(boundary.encode(), fields, files))
    return f"multipart/form-data; boundary={boundary}", body


def _boundary(fields: Mapping[str, str], files: Mapping[str, Upload | list[Upload]]) -> str:
    digest = hashlib.sha256()
    for name, value in fields.items():
        digest.update(f"{name}\0{value}\0".encode())
    for name, upload in _each(files):
        digest.update(f"{name}\0{upload.filename}\0".encode() + upload.content)
    return digest.hexdigest()[:32]


def _each(files: Mapping[str, Upload | list[Upload]]) -> Iterator[tuple[str, Upload]]:
    for name, value in files.items():
        for upload in value if isinstance(value, list) else [value]:
            yield name, upload


def _parts(
    boundary: bytes, fields: Mapping[str, str], files: Mapping[str, Upload | list[Upload]]
) -> Iterator[bytes]:
    for name, value in fields.items():
        yield b"--" + boundary + b"\r\n" + _disposition(name) + b"\r\n\r\n" + value.encode() + b"\r\n"
    for name, upload in _each(files):
        kind = f"Content-Type: {_quoted(upload.media_type)}".encode()
        head = _disposition(name, upload.filename) + b"\r\n" + kind
        yield b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + upload.content + b"\r\n"
    yield b"--" + boundary + b"--\r\n"


def _disposition(name: str, filename: str | None = None) -> bytes:
    line = f'Content-Disposition: form-data; name="{_quoted(name)}"'
    return (line if filename is None else f'{line}; filename="{_quoted(filename)}"').encode()


def _quoted(text: str) -> str:
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
