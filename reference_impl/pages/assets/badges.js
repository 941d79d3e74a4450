/** Statuses as badges: a word, and a tone that says the same without words. */

import { element } from "./elements.js";
import { named } from "./wording.js";

/** @typedef {import("./api.js").Subscription} Subscription */

/**
 * Text and tone for each status of a subscription.
 * @type {Record<string, [string, string]>}
 */
const PLAN = {
  none: ["Free", "quiet"],
  active: ["Active", "good"],
  trialing: ["Trial", "good"],
  past_due: ["Past due", "bad"],
  unpaid: ["Unpaid", "bad"],
  incomplete: ["Incomplete", "warn"],
  incomplete_expired: ["Expired", "quiet"],
  paused: ["Paused", "warn"],
  canceled: ["Canceled", "quiet"],
};

/**
 * Text and tone for each status of an invoice.
 * @type {Record<string, [string, string]>}
 */
const INVOICE = {
  paid: ["Paid", "good"],
  open: ["Open", "warn"],
  past_due: ["Past due", "bad"],
  void: ["Canceled", "quiet"],
  uncollectible: ["Canceled", "quiet"],
};

/**
 * @param {HTMLElement} badge is changed; a good status without access is a quiet one
 * @param {Subscription} subscription
 */
export function showStatus(badge, { status, access }) {
  const [text, tone] = PLAN[status] ?? [named(status), "quiet"];
  badge.textContent = text;
  badge.dataset.tone = tone === "good" && !access ? "quiet" : tone;
}

/** @param {string} status of an invoice */
export function invoiceBadge(status) {
  // What is not known yet is shown by its own name, never as paid.
  const [text, tone] = INVOICE[status] ?? [named(status), "quiet"];
  const badge = element("span", "badge", text);
  badge.dataset.tone = tone;
  return badge;
}
