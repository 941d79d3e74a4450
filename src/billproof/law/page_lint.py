"""The pages agree with the tables: each row has its state, and its buttons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from billproof.law.model import Law
from billproof.law.pages import Page, Part, State
from billproof.law.problem import Problem
from billproof.law.tables import Status

BUTTONS = {"upgrade": "Upgrade", "manage": "Manage", "fix-card": "Manage"}
"""What an action of tables/access.yaml is tapped by."""


def lint_pages(law: Law) -> list[Problem]:
    """What is wrong with the pages, by themselves and beside the tables."""
    told = [*_paths(law), *(what for page in law.pages for what in _page(law, page))]
    return [Problem("pages.yaml", what) for what in told]


def _paths(law: Law) -> Iterator[str]:
    served = [each.path for one in law.capabilities if one.name == "ui" for each in one.operations]
    if [page.path for page in law.pages] != served:
        yield f"the pages are not the operations of ui, {', '.join(served)}"


def _page(law: Law, page: Page) -> Iterator[str]:
    for when, times in Counter(state.when for state in page.states).items():
        if times > 1:
            yield f"{page.path} has {when!r} {times} times"
    for state in page.states:
        for part in {*state.shows} & {*state.hides}:
            yield f"{state.when!r} shows and hides {part.role} {part.name or part.text}"
        yield from _rows(law, state)
    if page.badges:
        yield from _badges(law, page)
        yield from _missing(law, page)


def _rows(law: Law, state: State) -> Iterator[str]:
    """The state's rows are there, and it shows what they say."""
    access, invoices = law.tables.access, law.tables.invoices
    statuses = {row.status: row for row in access.statuses}
    if state.status is not None and state.status not in statuses:
        yield f"{state.when!r} is of the status {state.status}, which has no row"
    elif state.status is not None:
        yield from _buttons(state, statuses[state.status])
    if state.circumstance not in {None, *(row.name for row in access.circumstances)}:
        yield f"{state.when!r} is of the circumstance {state.circumstance}, which has no row"
    rows = {row.name: row for row in invoices.rows}
    if state.invoice is None:
        return
    if state.invoice not in rows:
        yield f"{state.when!r} is of the invoice {state.invoice}, which has no row"
        return
    row, shown = rows[state.invoice], {part.text for part in state.shows}
    if not {row.label, row.says} - {None} <= shown:
        yield f"{state.when!r} does not show what the row of {state.invoice} says"
    if row.payable != (Part(role="link", name="Pay") in state.shows):
        yield f"{state.when!r} offers to pay what is not to be paid, or not what is"


def _buttons(state: State, row: Status) -> Iterator[str]:
    words = {BUTTONS[action] for action in row.actions}
    for word in sorted({*BUTTONS.values()}):
        shown = any(part.is_button(word) for part in state.shows)
        hidden = any(part.is_button(word) for part in state.hides)
        if shown != (word in words) or hidden == (word in words):
            yield f"{state.when!r}: {word} is not there as the row of {row.status} says"


def _badges(law: Law, page: Page) -> Iterator[str]:
    labels = {row.status: row.label for row in law.tables.access.statuses if row.label}
    if page.badges != labels:
        differing = sorted({*page.badges.items()} ^ {*labels.items()})
        yield f"badges and the labels of tables/access.yaml differ in {differing[0][0]}"


def _missing(law: Law, page: Page) -> Iterator[str]:
    """Rows without a state on the page that has a badge for each status."""
    plain = {state.status for state in page.states if state.circumstance is None}
    for row in law.tables.access.statuses:
        if row.status not in plain:
            yield f"the status {row.status} has no state"
    shown = {state.invoice for state in page.states}
    for invoice in law.tables.invoices.rows:
        if invoice.display_status is not None and invoice.name not in shown:
            yield f"the invoice {invoice.name} has no state"
