/** The history of invoices, newest first, a few at a time. */

import { listInvoices } from "./api.js";
import { invoiceBadge } from "./badges.js";
import { day } from "./dates.js";
import { element, part } from "./elements.js";
import { outwardLink } from "./leaving.js";
import { money } from "./money.js";
import { button, showProblem } from "./tapping.js";

/** @typedef {import("./api.js").Invoice} Invoice */

const AT_ONCE = 5;
const MOST_AT_ONCE = 100;
const TO_PAY = new Set(["open", "past_due"]);

/**
 * "Canceled" means two things; the line below says which.
 * @type {Record<string, string>}
 */
const REASONS = {
  void: "Void: there is nothing to pay.",
  uncollectible: "Uncollectible: it is no longer collected.",
};

/** How often the whole list was shown anew: what was asked for before belongs to an older one. */
let renewals = 0;

/** @param {string} user whose invoices are shown anew, as many as before */
export async function showInvoices(user) {
  const before = part("invoice-list").childElementCount;
  try {
    const count = Math.min(Math.max(before, AT_ONCE), MOST_AT_ONCE);
    const page = await listInvoices(user, null, count);
    renewals += 1;
    part("invoices-problem").replaceChildren();
    part("invoice-list").replaceChildren();
    append(user, page);
    part("no-invoices").hidden = page.invoices.length > 0;
    part("invoices-utc").hidden = page.invoices.length === 0;
  } catch (error) {
    showProblem(error, () => showInvoices(user), part("invoices-problem"));
  }
  part("invoices-card").setAttribute("aria-busy", "false");
}

/** @param {string} user @param {{invoices: Invoice[], next_cursor: string | null}} page */
function append(user, { invoices, next_cursor: cursor }) {
  part("invoice-list").append(...invoices.map(row));
  part("more-invoices").replaceChildren(...(cursor === null ? [] : [moreButton(user, cursor)]));
}

/** @param {string} user @param {string} cursor */
function moreButton(user, cursor) {
  const work = async () => {
    const before = renewals;
    const page = await listInvoices(user, cursor, AT_ONCE);
    // What follows on the list as it is now is behind another button.
    if (renewals !== before) return;
    append(user, page);
    const added = [...part("invoice-list").children].slice(-page.invoices.length);
    // The button that had the focus is gone; whoever uses a keyboard goes on where it was.
    const next = added[0]?.querySelector("a") ?? added[0];
    if (next === added[0]) next?.setAttribute("tabindex", "-1");
    next?.focus({ preventScroll: true });
  };
  return button("Show more", work, { kind: "plain", place: part("invoices-problem") });
}

/** @param {Invoice} invoice */
function row(invoice) {
  const name = invoice.number ?? "Without a number";
  const about = element("div", "about", element("span", "name", name));
  const isPaid = invoice.display_status === "paid";
  const amount = money(isPaid ? invoice.amount_paid : invoice.amount_due, invoice.currency);
  about.append(element("span", "hint", `${amount} · ${day(invoice.created)}`));
  const badge = invoiceBadge(invoice.display_status);
  const side = element("div", "side", badge, element("div", "links", ...links(invoice, name)));
  const reason = REASONS[invoice.display_status];
  const more = reason ? [element("p", "hint wide", reason)] : [];
  return element("li", "row", about, side, ...more);
}

/** @param {Invoice} invoice @param {string} name */
function links({ display_status: status, hosted_invoice_url: hosted, invoice_pdf: pdf }, name) {
  const first = TO_PAY.has(status) ? "Pay" : "View";
  const all = /** @type {[string, string | null][]} */ ([[first, hosted], ["PDF", pdf]]);
  return all
    .filter(([, url]) => url && /^https?:\/\//i.test(url))
    .map(([text, url]) => outwardLink(text, `${text} invoice ${name}`, String(url)));
}
