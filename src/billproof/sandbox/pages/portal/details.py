"""What customers may change about themselves."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.responses import Response

from billproof.sandbox.billing.features import updates_of_customer
from billproof.sandbox.objects import customer_cards
from billproof.sandbox.objects.customers import EMAIL
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.resource import Body
from billproof.sandbox.pages.portal.visit import Done, Visit
from billproof.sandbox.pages.rendering import page

WRONG = 422
LONGEST = 256
COUNTRY_LETTERS = 2
PLAIN = ("name", "email", "phone")
ADDRESS = ("line1", "line2", "city", "state", "postal_code", "country")
LABELS = {"name": "Name", "email": "Email", "phone": "Phone number"}


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what stands behind it."""

    label: str
    value: str


def facts(visit: Visit) -> tuple[Fact, ...]:
    """What the overview says of a customer: what he may change."""
    allowed, said = updates_of_customer(visit.configuration), present(visit)
    found = [Fact(LABELS[each], said[each]) for each in PLAIN if each in allowed and said[each]]
    if "address" in allowed:
        lines = ", ".join(said[each] for each in ADDRESS if said[each])
        found += [Fact("Billing address", lines)] if lines else []
    return tuple(found)


def present(visit: Visit) -> dict[str, str]:
    """All fields as they are."""
    customer, address = visit.customer, visit.customer.address or {}
    plain = {each: getattr(customer, each) or "" for each in PLAIN}
    return plain | {each: address.get(each) or "" for each in ADDRESS}


@dataclass(frozen=True, slots=True)
class DetailsForm:
    """The fields as texts, and a message for each that is wrong."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @classmethod
    def sent(cls, visit: Visit) -> DetailsForm:
        """What a browser sent; of the fields that are allowed only."""
        fields = _fields(visit)
        said = {each: visit.said.get(each, "").strip()[:LONGEST] for each in fields}
        if "country" in said:
            said["country"] = said["country"].upper()
        return cls({**present(visit), **said}, {k: v for k, v in _wrong(said).items() if v})


def _wrong(said: dict[str, str]) -> dict[str, str]:
    country = said.get("country", "")
    fits = not country or (country.isalpha() and len(country) == COUNTRY_LETTERS)
    email = said.get("email")
    return {
        "email": "" if email is None or EMAIL.match(email) else "Your email is invalid.",
        "country": "" if fits else "Enter a country in two letters.",
    }


def _fields(visit: Visit) -> list[str]:
    allowed = updates_of_customer(visit.configuration)
    plain = [each for each in PLAIN if each in allowed]
    return plain + (list(ADDRESS) if "address" in allowed else [])


async def answer(visit: Visit) -> Response:
    """The form; `POST` changes the customer."""
    if not visit.posted:
        return await _show(visit, DetailsForm(present(visit)))
    form = DetailsForm.sent(visit)
    if form.errors:
        return await _show(visit, form)
    fields = _fields(visit)
    said: Body = {each: form[each] for each in fields if each in PLAIN}
    if "line1" in fields:
        said["address"] = {each: form[each] or None for each in ADDRESS}
    customer_cards.update(visit.account, Params(said), visit.customer.id)
    return visit.finished(Done.DETAILS)


async def _show(visit: Visit, form: DetailsForm) -> Response:
    return await page(
        "portal/details.html",
        WRONG if form.errors else 200,
        visit=visit,
        form=form,
        fields=_fields(visit),
    )
