"""Tables of what an account holds: subscriptions, customers, pages to open, clocks."""

from __future__ import annotations

from billproof.sandbox.billing.checkout_session import Session
from billproof.sandbox.billing.portal import PortalSession
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.customers import Customer
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.price import Price
from billproof.sandbox.objects.product import product_name
from billproof.sandbox.objects.resource import Resource
from billproof.sandbox.objects.test_clock import TestClock
from billproof.sandbox.pages.money import every, money, short_day
from billproof.sandbox.pages.rendering import GOOD, NOTABLE
from billproof.sandbox.pages.start.source import Source, Things
from billproof.sandbox.pages.start.table import Cell, Hint, Link, Row, Tone, as_json, moment


class BillingTables:
    """Those of one account; `curl` begins a line that calls it."""

    def __init__(self, account: Account, curl: str) -> None:
        self._account = account
        self._curl = curl

    def sources(self) -> list[Source]:
        """In the order of the page."""
        hints = _hints(self._curl, self._price())
        rows = (
            ("subscriptions", "Subscriptions", ("Plan", "Status", "Customer", "Period ends (UTC)"),
             Subscription, self._subscription),
            ("customers", "Customers", ("Customer", "Name", "Id", "Created (UTC)"),
             Customer, self._customer),
            ("sessions", "Checkout sessions", ("Session", "Status", "Due today", "Created (UTC)"),
             Session, self._session),
            ("invoices", "Invoices", ("Number", "Status", "Amount", "Created (UTC)"),
             Invoice, self._invoice),
            ("portals", "Portal sessions", ("Customer", "Created (UTC)"),
             PortalSession, self._portal),
            ("clocks", "Test clocks", ("Clock", "Status", "Time (UTC)", "Customers"),
             TestClock, self._clock),
        )  # fmt: skip
        return [
            Source(name, title, columns, Things.held(self._account, kind), row, hints[name])
            for name, title, columns, kind, row in rows
        ]

    def _subscription(self, thing: Subscription) -> Row:
        price = thing.items[0].price
        name = ", ".join(product_name(self._account, each.price.product) for each in thing.items)
        total = sum(each.price.amount * each.quantity for each in thing.items)
        cost = money(total, price.currency)
        ends = f"Cancels {short_day(thing.ends)}" if thing.ends else short_day(thing.period_end)
        return _row(
            thing,
            Cell(f"{name}, {cost} {every(price.interval, price.interval_count)}", "strong"),
            status(thing.status),
            Cell(self._who(thing.customer)),
            Cell(ends, "soft"),
        )

    def _customer(self, thing: Customer) -> Row:
        return _row(
            thing,
            Cell(thing.email or thing.id, "strong"),
            Cell("deleted", "soft", badge=True) if thing.is_deleted else Cell(thing.name or ""),
            Cell(thing.id, "mono"),
            Cell(moment(thing.created), "soft"),
        )

    def _session(self, thing: Session) -> Row:
        names = [product_name(self._account, line.price.product) for line in thing.lines]
        links = (Link("Open", thing.url),) if thing.status == "open" else ()
        return _row(
            thing,
            Cell(", ".join(names), "strong"),
            status(thing.status),
            Cell(money(thing.due_today, thing.lines[0].price.currency)),
            Cell(moment(thing.created), "soft"),
            links=links,
        )

    def _invoice(self, thing: Invoice) -> Row:
        page = thing.page
        return _row(
            thing,
            Cell(thing.number or "Draft", "strong"),
            status(thing.status),
            Cell(money(thing.due, thing.currency)),
            Cell(moment(thing.created), "soft"),
            links=(Link("Open", page), Link("PDF", f"{page}/pdf")) if page else (),
        )

    def _portal(self, thing: PortalSession) -> Row:
        return _row(
            thing,
            Cell(self._who(thing.customer), "strong"),
            Cell(moment(thing.created), "soft"),
            links=(Link("Open", thing.url),),
        )

    def _clock(self, thing: TestClock) -> Row:
        count = len(self._account.timeline.on_clock(thing.id))
        return _row(
            thing,
            Cell(thing.name or thing.id, "strong"),
            status(thing.status),
            Cell(moment(thing.frozen_time)),
            Cell(str(count)),
        )

    def _price(self) -> str:
        """A price for lines to type: the first that can be subscribed to."""
        found = (each for each in self._account.all(Price) if each.active and each.interval)
        return next((each.id for each in found), "price_…")

    def _who(self, customer: str) -> str:
        found = self._account.held((Customer.kind, customer))
        return (found.email if isinstance(found, Customer) else None) or customer


def status(word: str) -> Cell:
    """A status in a frame."""
    tone: Tone = "good" if word in GOOD else "note" if word in NOTABLE else "soft"
    return Cell(word.replace("_", " ").capitalize(), tone, badge=True)


def _row(thing: Resource, *cells: Cell, links: tuple[Link, ...] = ()) -> Row:
    return Row(thing.id, cells, lambda: (as_json(thing.id, thing.body()),), links)


def _hints(curl: str, price: str) -> dict[str, Hint]:
    sold = f"-d 'items[0][price]={price}'"
    line = f"-d 'line_items[0][price]={price}' -d 'line_items[0][quantity]=1'"
    shop = "-d mode=subscription -d success_url=https://example.com/ok"
    return {
        "subscriptions": Hint(
            "There is none yet. Pay a checkout session, or make one by a call.",
            f"{curl}/v1/subscriptions -d customer=cus_… {sold}",
        ),
        "customers": Hint(
            "There is none yet. Paying a checkout session makes one, and so does a call.",
            f"{curl}/v1/customers -d email=ada@example.com",
        ),
        "sessions": Hint(
            "There is none yet. Have your backend create one, and its page can be paid from here.",
            f"{curl}/v1/checkout/sessions {shop} {line}",
        ),
        "invoices": Hint("There is none yet. Each subscription begins with one."),
        "portals": Hint(
            "There is none yet. A session opens the portal for one customer.",
            f"{curl}/v1/billing_portal/sessions -d customer=cus_…",
        ),
        "clocks": Hint(
            "There is none yet. With a test clock a customer's renewals come when you want them.",
            f"{curl}/v1/test_helpers/test_clocks -d frozen_time=$(date +%s)",
        ),
    }
