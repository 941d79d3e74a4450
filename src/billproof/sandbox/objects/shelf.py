"""All objects of one kind, in order of creation, found by id and walked from anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from billproof.sandbox.objects.resource import Resource


class Shelf:
    """Each object knows its place, so that a page in the middle costs no more than the first."""

    def __init__(self) -> None:
        self._by_id: dict[str, Resource] = {}
        self._order: list[Resource | None] = []

    def __iter__(self) -> Iterator[Resource]:
        """Oldest first."""
        return iter(self._by_id.values())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_id)

    def add(self, resource: Resource) -> None:
        """Put a new object last."""
        resource.place = len(self._order)
        self._order.append(resource)
        self._by_id[resource.id] = resource

    def get(self, identifier: str) -> Resource | None:
        """The object of that id."""
        return self._by_id.get(identifier)

    def remove(self, identifier: str) -> None:
        """Forget an object; its place stays empty."""
        gone = self._by_id.pop(identifier, None)
        if gone is not None:
            self._order[gone.place] = None

    def older(self, than: Resource | None = None) -> Iterator[Resource]:
        """What was made before an object, or everything; newest first."""
        start = len(self._order) if than is None else than.place
        return (each for each in map(self._order.__getitem__, range(start - 1, -1, -1)) if each)

    def newer(self, than: Resource) -> Iterator[Resource]:
        """What was made after an object; oldest first."""
        places = range(than.place + 1, len(self._order))
        return (each for each in map(self._order.__getitem__, places) if each)
