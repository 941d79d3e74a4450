// Invoices are read from Stripe at each call; a cursor names the last one that was shown.
import { createHmac } from "node:crypto";
import { Problem } from "./problems.js";
import { Deadline, Missing } from "./provider.js";
import { isSame } from "./telegram.js";

const GOOD_FOR_SECONDS = 3_600;
const KNOWN = new Set(["paid", "void", "uncollectible"]);

/** A page of `limit` invoices of `user` behind `cursor`, as openapi.yaml has it. */
export async function invoices(app, user, limit, cursor) {
  const after = cursor === undefined ? undefined : openCursor(app, user, cursor);
  const customer = app.store.one("SELECT customer FROM customers WHERE user = ?", user)?.customer;
  if (!customer) return { invoices: [], next_cursor: null };
  try {
    const found = await collect(app, customer, after, limit + 1);
    const page = found.slice(0, limit);
    const next = found.length > limit ? makeCursor(app, user, page.at(-1).id) : null;
    return { invoices: page.map((each) => shown(each)), next_cursor: next };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    if (after) throw new Problem("invalid-cursor");
    return { invoices: [], next_cursor: null };
  }
}

/** The first `count` invoices that are no drafts, and behind `after`, in Stripe's order. */
function collect(app, customer, after, count) {
  return app.provider.ask(new Deadline(), async (stripe, options) => {
    const found = [];
    for await (const invoice of stripe.invoices.list({ customer, limit: 100, starting_after: after }, options)) {
      if (invoice.status !== "draft") found.push(invoice);
      if (found.length === count) break;
    }
    return found;
  });
}

function shown(invoice, now = Date.now() / 1000) {
  const { id, amount_due, amount_paid, currency } = invoice;
  return {
    ...{ id, amount_due, amount_paid, currency },
    number: invoice.number || null,
    created: instant(invoice.created),
    display_status: displayStatus(invoice, now),
    hosted_invoice_url: invoice.hosted_invoice_url || null,
    invoice_pdf: invoice.invoice_pdf || null,
  };
}

function displayStatus({ status, attempt_count, due_date }, now) {
  if (KNOWN.has(status)) return status;
  const failed = attempt_count > 0 || (due_date && due_date < now);
  return status === "open" && failed ? "past_due" : "open";
}

/** Unix seconds as RFC 3339 in UTC; null stays null. */
export function instant(seconds) {
  return seconds === null ? null : new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

function makeCursor(app, user, invoice) {
  const until = Math.floor(Date.now() / 1000) + GOOD_FOR_SECONDS;
  const text = Buffer.from(JSON.stringify([invoice, until])).toString("base64url");
  return `${text}.${sign(app, user, text)}`;
}

function openCursor(app, user, cursor) {
  const [text, signature = "", ...more] = cursor.split(".");
  if (more.length > 0 || !isSame(signature, sign(app, user, text))) throw new Problem("invalid-cursor");
  const [invoice, until] = JSON.parse(Buffer.from(text, "base64url").toString());
  if (until < Date.now() / 1000) throw new Problem("invalid-cursor");
  return invoice;
}

function sign(app, user, text) {
  const { value } = app.store.one("SELECT value FROM secrets WHERE name = 'cursor'");
  return createHmac("sha256", value).update(`${user}.${text}`).digest("base64url");
}
