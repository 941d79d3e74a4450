"""The shape of the generated table."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel


@dataclass(frozen=True)
class Reply:
    """One documented answer; `status` is a number, or `default`."""

    status: str
    media_type: str | None
    model: type[BaseModel] | None


@dataclass(frozen=True)
class Operation:
    """One operation; `security` names its scheme, None is public."""

    method: str
    path: str
    security: str | None
    replies: tuple[Reply, ...]

    @property
    def success(self) -> Reply:
        """What it answers when all is well: 201 where something may be made, else the first."""
        good = [reply for reply in self.replies if reply.status.startswith("2")]
        return next((reply for reply in good if reply.status == "201"), good[0])
