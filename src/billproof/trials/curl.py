"""Shell lines that repeat a request, with no secret in them."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_INLINE_BYTES = 400


@dataclass(frozen=True)
class Request:
    """What is sent, without its credentials."""

    method: str
    origin: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True)
class CurlLine:
    """The line, and the files that it reads."""

    text: str
    bodies: dict[Path, bytes] = field(default_factory=dict)


def curl_line(
    request: Request, authorization: str | None, shell_headers: Mapping[str, str], folder: Path
) -> CurlLine:
    """The curl line for `request`; `authorization` and `shell_headers` are shell text.

    `shell_headers` may hold `{body}`, which becomes the name of the file with the body:
    a signature is computed over the same bytes that curl sends.
    """
    bodies: dict[Path, bytes] = {}
    parts = ["curl", "-sS", "-i", "-X", request.method, shlex.quote(request.origin + request.path)]
    for name, value in request.headers.items():
        if name not in shell_headers:
            parts += ["-H", shlex.quote(f"{name}: {value}" if value else f"{name};")]
    if authorization is not None:
        parts += ["-H", f'"Authorization: {authorization}"']
    if request.body is not None:
        file = _body_file(request.body, folder)
        if shell_headers or not _fits(request.body):
            bodies[file] = request.body
            parts += ["--data-binary", shlex.quote(f"@{file}")]
        else:
            parts += ["--data-raw", shlex.quote(request.body.decode())]
        for header, text in shell_headers.items():
            parts += ["-H", f'"{header}: {text.replace("{body}", shlex.quote(str(file)))}"']
    return CurlLine(" ".join(parts), bodies)


def _body_file(body: bytes, folder: Path) -> Path:
    return folder / f"{hashlib.sha256(body).hexdigest()[:12]}.body"


def _fits(body: bytes) -> bool:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    return len(body) <= _INLINE_BYTES and text.isprintable()
