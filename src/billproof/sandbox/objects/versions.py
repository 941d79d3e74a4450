"""The shapes of older API versions.

Objects are kept in the current one; who pins a version before a release is shown what it took
away, in answers and in events. What a release only added is shown to older versions too, as at
Stripe.
"""

from __future__ import annotations

from typing import Any

from billproof.sandbox.objects.old_shapes import RELEASES, Shapes, Tell
from billproof.sandbox.objects.resource import Body, previous, undone

OLDER = "older"
"""Where an event keeps, by id, what only older versions show; it is never sent."""


def shown(body: Any, version: str | None, tell: Tell) -> Any:
    """A JSON value as `version` shows it, None the current one; a new one where it differs."""
    shapes = _shapes(version)
    return _older(body, shapes, tell) if shapes else body


def _shapes(version: str | None) -> Shapes:
    """How the kinds look that later releases than `version` have changed."""
    found: Shapes = {}
    for release, shapes in RELEASES.items():
        if version is not None and version[: len(release)] < release:
            found |= shapes
    return found


def current(data: Body) -> Body:
    """The `data` of an event in the current version."""
    return {name: value for name, value in data.items() if name != OLDER}


def pinned(data: Body, version: str | None) -> Body:
    """The `data` of an event as `version` shows it, `previous_attributes` too."""
    shapes = _shapes(version)
    if not shapes:
        return current(data)
    tell = data.get(OLDER, {}).get
    after = _older(data["object"], shapes, tell)
    if "previous_attributes" not in data:
        return {"object": after}
    before = _older(undone(data["object"], data["previous_attributes"]), shapes, tell)
    return {"object": after, "previous_attributes": previous(before, after)}


def _older(value: Any, shapes: Shapes, tell: Tell) -> Any:
    if isinstance(value, list):
        return [_older(each, shapes, tell) for each in value]
    # An event's data were written when it happened, in the version that it names.
    if not isinstance(value, dict) or value.get("object") == "event" or value.get("deleted"):
        return value
    nested = {name: _older(each, shapes, tell) for name, each in value.items()}
    kind = value.get("object")
    change = shapes.get(kind) if isinstance(kind, str) else None
    return change(nested, tell) if change else nested
