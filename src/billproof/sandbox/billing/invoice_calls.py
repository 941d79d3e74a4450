"""The calls on invoices: from a draft to paid, void or given up."""

from __future__ import annotations

from billproof.sandbox.billing import collection, invoices
from billproof.sandbox.billing.order_lines import refuse_discounts
from billproof.sandbox.billing.periods import DAY
from billproof.sandbox.billing.subscription import Subscription
from billproof.sandbox.objects.account import Account
from billproof.sandbox.objects.currencies import currency_of
from billproof.sandbox.objects.customers import Customer, living
from billproof.sandbox.objects.errors import Refusal, StripeError
from billproof.sandbox.objects.invoice import Invoice
from billproof.sandbox.objects.invoice_lines import InvoiceItem
from billproof.sandbox.objects.params import Params
from billproof.sandbox.objects.payment_methods import wanted
from billproof.sandbox.objects.resource import Body, deleted

MOST_DAYS = 365
OWED = ("open", "uncollectible")
"""The statuses from which an invoice can still be paid or voided."""


def create(account: Account, params: Params) -> Invoice:
    """A draft by hand, over what waits for the customer's next invoice."""
    refuse_discounts(params)
    customer = living(account, params.required("customer"))
    named = params.text("subscription")
    subscription = account.referred(Subscription, named, "subscription") if named else None
    currency = currency_of(params) if "currency" in params else _currency(account, customer)
    invoice = invoices.empty(account, customer, currency, "manual", subscription)
    invoice.description = params.text("description")
    invoice.metadata = params.metadata()
    _set_collection(account, invoice, params)
    if params.text("pending_invoice_items_behavior") == "include" or subscription:
        invoices.add_pending(account, invoice)
    if params.flag("auto_advance"):
        invoices.schedule(account, invoice)
    account.emit("invoice.created", account.add(invoice))
    if invoice.finalizes_at is not None:
        account.expect(invoice.finalizes_at, invoice)
    return invoice


def _currency(account: Account, customer: Customer) -> str:
    """The customer's, else that of what waits for him."""
    waiting = (account.find(InvoiceItem, identifier) for identifier in customer.pending)
    used = [item.charged.currency for item in waiting if item is not None and not item.invoice]
    return customer.currency or (used[0] if used else "usd")


def _set_collection(account: Account, invoice: Invoice, params: Params) -> None:
    method = params.text("collection_method") or invoice.collection_method
    days, due = params.integer("days_until_due"), params.integer("due_date")
    if days is not None and not 0 <= days <= MOST_DAYS:
        reason = "`days_until_due` is 0 to 365."
        raise StripeError(Refusal.STATE, param="days_until_due", reason=reason)
    if due is None and days is not None:
        due = account.now(invoice.customer) + days * DAY
    due = due or invoice.due_date
    if due and method == "charge_automatically":
        reason = "A due date is only for `collection_method=send_invoice`."
        raise StripeError(Refusal.STATE, param="days_until_due", reason=reason)
    invoice.collection_method, invoice.due_date = method, due


def update(account: Account, params: Params, identifier: str) -> Invoice:
    """Change its notes; of a draft also how it is collected."""
    invoice = account.get(Invoice, identifier)
    draft_only = {"collection_method", "days_until_due", "due_date"} & params.names()
    if draft_only:
        _require(invoice, "draft")
    with account.updating(invoice, "invoice.updated"):
        if draft_only:
            _set_collection(account, invoice, params)
        invoice.metadata = params.metadata(invoice.metadata)
        if "description" in params:
            invoice.description = params.text("description")
        if "auto_advance" in params:
            _advance_by_itself(account, invoice, wished=params.flag("auto_advance") is True)
    return invoice


def _advance_by_itself(account: Account, invoice: Invoice, *, wished: bool) -> None:
    if invoice.status != "draft":
        invoice.auto_advance = wished
    elif wished and not invoice.auto_advance:
        invoices.schedule(account, invoice)
        account.expect(invoice.finalizes_at or invoice.created, invoice)
    elif not wished:
        invoice.auto_advance, invoice.finalizes_at, invoice.next_attempt = False, None, None


def delete(account: Account, _params: Params, identifier: str) -> Body:
    """Throw a draft away; what it had taken up waits again."""
    invoice = account.get(Invoice, identifier)
    _require(invoice, "draft")
    if invoice.subscription:
        reason = "You can't delete invoices that were made by a subscription."
        raise StripeError(Refusal.STATE, reason=reason)
    customer = account.get(Customer, invoice.customer)
    for line in invoice.lines:
        item = account.find(InvoiceItem, line.invoice_item)
        if item is not None:
            item.invoice = None
            # It is still among them until the next invoice looks through what waits.
            customer.pending = tuple(dict.fromkeys((*customer.pending, item.id)))
    account.emit("invoice.deleted", invoice)
    account.remove(invoice)
    return deleted(invoice.kind, identifier)


def finalize(account: Account, params: Params, identifier: str) -> Invoice:
    """Open a draft; with `auto_advance` it is charged at once."""
    invoice = account.get(Invoice, identifier)
    _require(invoice, "draft")
    if "auto_advance" in params:
        invoice.auto_advance = params.flag("auto_advance") is True
    if invoice.auto_advance:
        collection.advance(account, invoice)
    else:
        invoices.finalize(account, invoice, stood=True)
    return invoice


def send(account: Account, _params: Params, identifier: str) -> Invoice:
    """Have the customer pay it himself."""
    invoice = account.get(Invoice, identifier)
    if invoice.collection_method != "send_invoice":
        reason = "You can only manually send an invoice if its collection method is 'send_invoice'."
        raise StripeError(Refusal.STATE, reason=reason)
    if invoice.status == "draft":
        invoices.finalize(account, invoice, stood=True)
    _require(invoice, *OWED)
    account.emit("invoice.sent", invoice)
    return invoice


def pay(account: Account, params: Params, identifier: str) -> Invoice:
    """Charge the named card, else the default one; a failed charge is 402 and an attempt."""
    invoice = account.get(Invoice, identifier)
    if invoice.status == "draft":
        invoices.finalize(account, invoice, stood=True)
        if invoice.status == "paid":
            return invoice
    _require(invoice, *OWED)
    if params.flag("paid_out_of_band"):
        before = invoice.body()
        invoice.outside = True
        invoices.settle(account, invoice, before)
        collection.mark_delinquent(account, invoice, owes=False)
        collection.recover(account, invoice)
        return invoice
    customer = account.get(Customer, invoice.customer)
    named = params.text("payment_method")
    card = wanted(account, customer, named, "payment_method") if named else None
    card = card or collection.usual_card(account, invoice)
    if card is None:
        raise StripeError(Refusal.NO_PAYMENT_METHOD)
    on_session = params.flag("off_session") is not True
    if error := collection.collect(account, invoice, card, on_session=on_session):
        asked = error.refusal is Refusal.AUTHENTICATION
        action = StripeError(Refusal.INVOICE_ACTION, extra=error.extra, kind="invoice")
        raise action if asked else error
    return invoice


def void(account: Account, _params: Params, identifier: str) -> Invoice:
    """Take it back for good."""
    invoice = account.get(Invoice, identifier)
    _require(invoice, *OWED)
    invoices.close(account, invoice, "void")
    return invoice


def mark_uncollectible(account: Account, _params: Params, identifier: str) -> Invoice:
    """Give it up; whoever pays later still may."""
    invoice = account.get(Invoice, identifier)
    _require(invoice, "open")
    invoices.close(account, invoice, "uncollectible")
    collection.mark_delinquent(account, invoice, owes=False)
    collection.forgive(account, invoice)
    return invoice


def _require(invoice: Invoice, *statuses: str) -> None:
    if invoice.status in statuses:
        return
    if invoice.status == "paid":
        raise StripeError(Refusal.STATE, reason="Invoice is already paid")
    reason = f"This invoice is {invoice.status}; it must be {' or '.join(statuses)}."
    raise StripeError(Refusal.STATE, reason=reason)
