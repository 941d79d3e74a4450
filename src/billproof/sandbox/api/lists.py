"""Lists as Stripe gives them: newest first, filtered, in pages that a cursor walks both ways."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice

from billproof.sandbox.api import filters
from billproof.sandbox.objects.account import Account, words
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, listing

LARGEST = 100
USUAL = 10


def page(found: Sequence[Resource], params: Params, url: str) -> Body:
    """One page of `found`, which comes oldest first."""
    params.only_one_of("starting_after", "ending_before")
    newest = list(reversed(found))
    before, after = params.text("ending_before"), params.text("starting_after")
    if before is not None:
        place = len(newest) - _position(newest, before, "ending_before")
        return _backwards(found[place:], params, url)
    rest = newest[_position(newest, after, "starting_after") + 1 :] if after else newest
    return _forwards(rest, params, url)


def _forwards(older: Iterable[Resource], params: Params, url: str) -> Body:
    """A page of what comes newest first; it looks no further than it must."""
    limit = page_size(params)
    chosen = list(islice(older, limit + 1))
    data = [each.body() for each in chosen[:limit]]
    return listing(data, url, has_more=len(chosen) > limit)


def _backwards(newer: Iterable[Resource], params: Params, url: str) -> Body:
    """The same for what comes oldest first; the page itself is newest first again."""
    limit = page_size(params)
    chosen = list(islice(newer, limit + 1))
    data = [each.body() for each in reversed(chosen[:limit])]
    return listing(data, url, has_more=len(chosen) > limit)


def page_size(params: Params) -> int:
    """How many objects a page has."""
    limit = params.integer("limit")
    if limit is None:
        return USUAL
    if not 1 <= limit <= LARGEST:
        bound = "greater than or equal to 1" if limit < 1 else "less than or equal to 100"
        reason = f"This value must be {bound} (it currently is '{limit}')."
        raise StripeError(Refusal.STATE, param="limit", reason=reason)
    return limit


def _position(found: list[Resource], identifier: str, param: str) -> int:
    for index, each in enumerate(found):
        if each.id == identifier:
            return index
    kind = words(type(found[0])) if found else "object"
    raise StripeError(Refusal.NO_SUCH, param=param, kind=kind, id=identifier)


def lister(kind: type[Resource], url: str) -> Callable[[Account, Params], Body]:
    """The list call of a kind."""

    def call(account: Account, params: Params) -> Body:
        params.only_one_of("starting_after", "ending_before")
        fits = filters.fitting(kind, params)
        owner = params.text("customer")
        if owner is not None:
            account.referred(Customer, owner, "customer")
            return page([each for each in account.of(owner, kind) if fits(each)], params, url)
        before = _cursor(account, kind, params, "ending_before")
        if before is not None:
            return _backwards(filter(fits, account.shelf(kind).newer(before)), params, url)
        after = _cursor(account, kind, params, "starting_after")
        return _forwards(filter(fits, account.shelf(kind).older(after)), params, url)

    return call


def _cursor(account: Account, kind: type[Resource], params: Params, name: str) -> Resource | None:
    identifier = params.text(name)
    found = account.find(kind, identifier)
    if identifier is not None and found is None:
        raise StripeError(Refusal.NO_SUCH, param=name, kind=words(kind), id=identifier)
    return found
