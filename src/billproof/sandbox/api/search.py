"""Search as Stripe reads it: clauses on named fields, joined by AND or by OR.

Source: Stripe's page "Search", with its operators, its fields for each kind, its limits.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from billproof.sandbox.api.lists import page_size
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body, Resource, listing

CLAUSE = re.compile(
    r"""\s*(?P<minus>-?)
    (?:(?P<metadata>metadata)\[(?P<mark>["'])(?P<key>(?:\\.|(?!(?P=mark)).)+)(?P=mark)\]
      |(?P<field>[a-z_]+))
    (?P<operator>:|~|>=|<=|>|<)
    (?:(?P<quote>["'])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)|(?P<bare>[^\s"']+))\s*""",
    re.VERBOSE,
)
JOINT = re.compile(r"(AND|OR)\s", re.IGNORECASE)
MOST_CLAUSES = 10
SHORTEST_PART = 3
"""Fewer letters are not searched for within a text."""
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    ":": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
NUMBERS = frozenset({"created", "canceled_at", "total", "amount"})
FIELDS = {
    "customer": "created email name phone",
    "subscription": "canceled_at created status",
    "invoice": "created currency customer number status subscription total",
    "price": "active currency lookup_key product type",
    "product": "active description name url",
    "charge": "amount created currency customer status",
    "payment_intent": "amount created currency customer status",
}
"""What can be searched for, besides metadata."""


@dataclass(frozen=True)
class Clause:
    """One condition of a query."""

    field: str
    key: str | None
    operator: str
    value: str | None
    """None is `null`: that the field is not there."""
    negated: bool

    def fits(self, resource: Resource) -> bool:
        """Whether an object meets it."""
        return self._matches(self._held(resource)) is not self.negated

    def _held(self, resource: Resource) -> Any:
        if self.key is not None:
            return resource.metadata.get(self.key)
        if hasattr(resource, self.field):
            return getattr(resource, self.field)
        # What is only shown; to show each of ten thousand for every search would take long.
        return resource.body().get(self.field)

    def _matches(self, held: Any) -> bool:
        if self.value is None or held is None:
            return held is None and self.value is None
        if self.field in NUMBERS:
            return COMPARISONS[self.operator](held, int(self.value))
        said = str(held).lower()
        wanted = self.value.lower()
        return wanted in said if self.operator == "~" else wanted == said


def searcher(kind: type[Resource], url: str) -> Callable[[Account, Params], Body]:
    """The search call of a kind: newest first, in pages that a token walks."""

    def call(account: Account, params: Params) -> Body:
        fits = _query(kind.kind, params.required("query"))
        limit, begin = page_size(params), _begin(params)
        known = (each for each in account.shelf(kind).older() if _indexed(account, each))
        found = list(islice(filter(fits, known), begin, begin + limit + 1))
        data = [each.body() for each in found[:limit]]
        answer = listing(data, url, has_more=(more := len(found) > limit))
        token = str(begin + limit) if more else None
        return {**answer, "object": "search_result", "next_page": token}

    return call


def _indexed(account: Account, resource: Resource) -> bool:
    """Whether search has noticed it yet, and it is still there."""
    if isinstance(resource, Customer) and resource.is_deleted:
        return False
    lag = account.search_lag
    return not lag or account.now(resource.owner) - resource.created >= lag


def _begin(params: Params) -> int:
    token = params.text("page")
    if token is None:
        return 0
    if not token.isdecimal() or len(token) > 9:  # noqa: PLR2004 - no account is that large
        raise StripeError(Refusal.STATE, param="page", reason="Invalid page token.")
    return int(token)


def _query(kind: str, text: str) -> Callable[[Resource], bool]:
    clauses, joints, at = [], set(), 0
    while True:
        match = CLAUSE.match(text, at)
        if match is None:
            raise _unreadable(text)
        clauses.append(_clause(kind, match, text))
        at = match.end()
        joint = JOINT.match(text, at)
        if joint is None:
            break
        joints.add(joint[1].upper())
        at = joint.end()
    if at != len(text) or len(joints) > 1 or len(clauses) > MOST_CLAUSES:
        raise _unreadable(text)
    together = any if "OR" in joints else all
    return lambda each: together(clause.fits(each) for clause in clauses)


def _clause(kind: str, match: re.Match[str], text: str) -> Clause:
    field = match["metadata"] or match["field"]
    if field not in {"metadata", *FIELDS[kind].split()}:
        reason = f"Field `{field}` is an unsupported search field for resource `{kind}s`."
        raise StripeError(Refusal.STATE, param="query", reason=reason)
    value = match["bare"] if match["text"] is None else _unescaped(match["text"])
    numeric = field in NUMBERS
    is_null = match["text"] is None and value == "null"
    wrong = match["text"] is None and not numeric and value not in {"null", "true", "false"}
    wrong |= numeric and not is_null and not re.fullmatch(r"-?\d{1,15}", value)
    wrong |= match["operator"] not in set(COMPARISONS if numeric else ":~")
    wrong |= match["operator"] == "~" and len(value) < SHORTEST_PART
    if wrong:
        raise _unreadable(text)
    key = _unescaped(match["key"]) if match["key"] else None
    return Clause(
        field, key, match["operator"], None if is_null else value, negated=bool(match["minus"])
    )


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _unreadable(text: str) -> StripeError:
    reason = (
        f"We were unable to parse your search query: {text[:100]}. Write clauses like "
        "metadata['key']:'value' or created>1700000000, joined by AND or by OR."
    )
    return StripeError(Refusal.STATE, param="query", reason=reason)
