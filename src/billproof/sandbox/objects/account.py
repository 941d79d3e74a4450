"""One account: all that a secret key owns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from billproof.sandbox.objects import versions
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.events import Event
from billproof.sandbox.objects.identifiers import long_id
from billproof.sandbox.objects.resource import Body, Resource, previous
from billproof.sandbox.objects.settings import BillingSettings
from billproof.sandbox.objects.shelf import Shelf
from billproof.sandbox.objects.snapshot import Album
from billproof.sandbox.objects.timeline import Timeline

Kind = TypeVar("Kind", bound=Resource)
UNOWNED = frozenset({"event", "customer"})
"""Kinds that are never looked up by their customer: events are walked, he is himself."""
Name = tuple[str, str]
"""A kind and an id."""


@dataclass(frozen=True, slots=True)
class Mark:
    """The API call that is being served, as events name it."""

    request: str | None = None
    idempotency_key: str | None = None
    version: str | None = None
    """The API version that it asks for; None is the current one."""


class Account:
    """Objects by kind and id in order of creation, and the events about them.

    All of it runs on one event loop and never awaits, so that each call is atomic.
    """

    def __init__(
        self,
        key: str,
        origin: str,
        clock: Callable[[], float],
        publish: Callable[[Account, Event], None],
    ) -> None:
        self.key = key
        self.livemode = key.startswith(("sk_live_", "rk_live_"))
        self.origin = origin
        """Where browsers reach its pages."""
        self.mark = Mark()
        self.is_kept = False
        """Whether somebody saves it, so that what is touched has to be noted."""
        self.timeline = Timeline(clock)
        self.settings = BillingSettings()
        self.search_lag = 0
        """Seconds for which search does not find what is new."""
        self.album = Album()
        self._publish = publish
        self._named: tuple[str, ...] = ()
        self._shelves: dict[str, Shelf] = {}
        self._owned: dict[str, list[Resource]] = {}
        self.touched: dict[Name, None] = {}
        """What was looked up, made, changed or removed since the account was last saved."""

    @property
    def mode(self) -> str:
        """`test` or `live`, as in ids and links."""
        return "live" if self.livemode else "test"

    def now(self, owner: str | None) -> int:
        """The instant at which a customer is, in whole seconds; None lives in real time."""
        return self.timeline.now(owner)

    def add(self, resource: Kind) -> Kind:
        """Keep a new object."""
        self._shelf(resource.kind).add(resource)
        self.adopt(resource)
        self._touch(resource)
        return resource

    def adopt(self, resource: Resource) -> None:
        """Note whose an object is, or has become."""
        if resource.owner is not None and resource.kind not in UNOWNED:
            self._owned.setdefault(resource.owner, []).append(resource)

    def _shelf(self, kind: str) -> Shelf:
        found = self._shelves.get(kind)
        if found is None:
            found = self._shelves[kind] = Shelf()
        return found

    def _touch(self, resource: Resource) -> None:
        if self.is_kept:
            self.touched[resource.kind, resource.id] = None

    def held(self, name: Name) -> Resource | None:
        """The object of a kind and an id, without touching it."""
        return self._shelf(name[0]).get(name[1])

    def remove(self, resource: Resource) -> None:
        """Forget an object."""
        self._touch(resource)
        self._shelf(resource.kind).remove(resource.id)

    def all(self, kind: type[Kind]) -> list[Kind]:
        """Every object of a kind, oldest first."""
        return [each for each in self._shelf(kind.kind) if isinstance(each, kind)]

    def shelf(self, kind: type[Resource]) -> Shelf:
        """Where the objects of a kind are, to be walked."""
        return self._shelf(kind.kind)

    def of(self, owner: str, kind: type[Kind]) -> list[Kind]:
        """A customer's objects of a kind, oldest first."""
        found = {
            each.place: each
            for each in self._owned.get(owner, ())
            if isinstance(each, kind) and each.owner == owner and self.held_is(each)
        }
        return [found[place] for place in sorted(found)]

    def held_is(self, resource: Resource) -> bool:
        """Whether an object is still there."""
        return self._shelf(resource.kind).get(resource.id) is resource

    def find(self, kind: type[Kind], identifier: str | None) -> Kind | None:
        """The object of that kind and id, if there is one."""
        found = self._shelf(kind.kind).get(identifier or "")
        if not isinstance(found, kind):
            return None
        self._touch(found)
        return found

    def any(self, identifier: str) -> Resource | None:
        """The object of that id, whatever its kind."""
        found = next(self._every(identifier), None)
        if found is not None:
            self._touch(found)
        return found

    def get(self, kind: type[Kind], identifier: str) -> Kind:
        """The object a path names; 404 when there is none."""
        found = self.find(kind, identifier)
        if found is None:
            raise StripeError(Refusal.NOT_FOUND, param="id", kind=words(kind), id=identifier)
        return found

    def referred(self, kind: type[Kind], identifier: str, param: str) -> Kind:
        """The object a parameter names; 400 when there is none."""
        found = self.find(kind, identifier)
        if found is None:
            raise StripeError(Refusal.NO_SUCH, param=param, kind=words(kind), id=identifier)
        return found

    def emit(self, kind: str, resource: Resource, before: Body | None = None) -> None:
        """Record an event about `resource` as it is now; `before` is its body before an update."""
        self._touch(resource)
        body = resource.body()
        data = {"object": body}
        if before is not None:
            data["previous_attributes"] = previous(before, body)
        if older := self._older(resource):
            data[versions.OLDER] = older
        pack, packed = self.album.keep(data)
        event = Event(
            id=long_id("evt_"),
            created=self.now(resource.owner),
            livemode=self.livemode,
            type=kind,
            pack=pack,
            packed=packed,
            customer=resource.owner,
            named=self._shared(tuple(sorted(self.users_of(resource)))),
            request=self.mark.request,
            idempotency_key=self.mark.idempotency_key,
        )
        self._publish(self, self.add(event))

    def _older(self, resource: Resource) -> dict[str, Body]:
        """By id, what versions before basil show of an object and of the prices in it."""
        own, quotes = resource.older(), resource.quotes
        if not own and not quotes:  # as of nearly all that thousands are made of
            return {}
        prices = self._shelf("price")
        found = {each: prices.get(each) for each in quotes}
        said = {each: price.older() for each, price in found.items() if price is not None}
        return {**said, resource.id: own} if own else said

    def shown(self, body: Body | None) -> Any:
        """A body as the call that is being served is shown it, in its version."""
        return versions.shown(body, self.mark.version, self.older)

    def older(self, identifier: str) -> Body:
        """What versions before basil show of the object of that id besides."""
        found = next(self._every(identifier), None)
        return found.older() if found is not None else {}

    def _every(self, identifier: str) -> Iterator[Resource]:
        found = (shelf.get(identifier) for shelf in self._shelves.values())
        return (each for each in found if each is not None)

    def _shared(self, named: tuple[str, ...]) -> tuple[str, ...]:
        """The same tuple for all events in a row that name the same users."""
        if named != self._named:
            self._named = named
        return self._named

    @contextmanager
    def updating(self, resource: Resource, kind: str) -> Iterator[None]:
        """Emit `kind` when the block changed what `resource` shows."""
        self._touch(resource)
        before = resource.body()
        yield
        if resource.body() != before:
            self.emit(kind, resource, before)

    def users_of(self, resource: Resource) -> frozenset[str]:
        """The users an object names, itself or through its customer."""
        owner = self._shelf("customer").get(resource.owner or "")
        return resource.users | (owner.users if owner else frozenset())

    def expect(self, instant: int, resource: Resource) -> None:
        """Note that something happens to `resource` by itself at `instant`, in its own time."""
        self.timeline.expect(instant, resource.owner, resource.id)


def words(kind: type[Resource]) -> str:
    """A kind as Stripe's messages call it."""
    return {"payment_method": "PaymentMethod"}.get(kind.kind, kind.kind)
