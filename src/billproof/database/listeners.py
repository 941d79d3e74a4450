"""What a test's app listens to on an engine ends with the test.

SQLAlchemy takes a listener away only for whoever still has the function, and apps have none: they
register their listeners when they are made. So this knows how SQLAlchemy keeps them, in 2.0 and
2.1 alike.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.event import registry
from sqlalchemy.event.attr import _ListenerCollection


class Listeners:
    """Those of an engine and its pool at one moment."""

    def __init__(self, engine: Engine) -> None:
        # One getter for all events: to ask for each by itself costs a tenth of a test.
        self._places: list[tuple[Any, attrgetter[tuple[Any, ...]]]] = [
            (each, attrgetter(*each._event_names))  # noqa: SLF001 - see above
            for each in (engine.dispatch, engine.pool.dispatch)
        ]
        self._kept = {id(own): tuple(own.listeners) for own in self._own()}

    def _own(self) -> Iterator[Any]:
        """What was registered on this engine alone, by event: the others share empty ones."""
        for dispatch, events in self._places:
            for each in events(dispatch):
                if type(each) is _ListenerCollection:
                    yield each

    def restore(self) -> None:
        """Take away those that have come since."""
        for collection in self._own():
            kept = self._kept.get(id(collection), ())
            if len(collection.listeners) > len(kept):
                for listener in [one for one in collection.listeners if one not in kept]:
                    _take(collection, listener)


def _take(collection: Any, listener: Any) -> None:
    collection.listeners.remove(listener)
    collection.propagate.discard(listener)
    told = registry._collection_to_key[collection.ref]  # noqa: SLF001 - see above
    key = told.pop(weakref.ref(listener), None)
    if key in registry._key_to_collection:  # noqa: SLF001 - see above
        places = registry._key_to_collection[key]  # noqa: SLF001 - see above
        places.pop(collection.ref, None)
        if not places:
            del registry._key_to_collection[key]  # noqa: SLF001 - see above
