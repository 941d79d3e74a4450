/** What statuses and failures mean, in words. */

import { instant } from "./dates.js";

/** @typedef {import("./api.js").Subscription} Subscription */

/**
 * What a status asks of the user, where there is something to ask.
 * @type {Record<string, string>}
 */
const NOTES = {
  past_due: "The last payment failed. Update your card to keep your plan.",
  unpaid: "Payment is overdue. Update your card to get your plan back.",
  incomplete: "Your first payment is not finished yet.",
  incomplete_expired: "The first payment was not finished in time.",
  paused: "Your plan is paused: the trial ended without a card. Add one to go on.",
};

/** Statuses that give access, unless collection is paused. */
const GOOD = new Set(["active", "trialing", "past_due"]);

/**
 * What went wrong, by the failure's kind.
 * @type {Record<string, string>}
 */
const FAILURES = {
  "no-init-data": "Open this page from Telegram.",
  unauthenticated: "Your session has expired. Open this page again from Telegram.",
  offline: "You are offline. Check your connection.",
  unreachable: "The server cannot be reached. Check your connection.",
  "provider-unavailable": "Payments are not available right now.",
  "too-many-requests": "That was too often. Wait a moment.",
  "already-subscribed": "You already have a subscription.",
  "payment-pending": "Your payment is being confirmed.",
  "no-customer": "There is nothing to manage yet.",
  "device-limit-reached": "Your plan allows no further device. Remove one first.",
  "validation-failed": "That was not accepted. Check what you entered.",
};

/** @param {string} kind */
export function failureText(kind) {
  return FAILURES[kind] ?? "Something went wrong.";
}

/**
 * A key or a status as people write it: "past_due" is "Past due".
 * @param {string} key
 */
export function named(key) {
  const words = key.replace(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * What comes next, and when; empty when there is nothing to say.
 * @param {Subscription} subscription
 */
export function outlook({ status, access, current_period_end: period, ends_at: end, cancels }) {
  if (status === "canceled") return end ? `Ended on ${instant(end)}` : "";
  if (cancels && end && access) return `Ends on ${instant(end)}`;
  // Who has no access can still have an end to come: it is the clock that tells.
  const isToCome = cancels && end && Date.parse(end) > Date.now();
  const coming = isToCome ? ` It ends on ${instant(end)}.` : "";
  if (!access && GOOD.has(status) && (isToCome || !end)) return `Your plan is paused.${coming}`;
  // An end that has passed weighs more: what the card would have kept is over.
  const isOver = cancels && end && !isToCome;
  if (NOTES[status] && !isOver) return NOTES[status] + coming;
  if (status === "none") return "";
  const isUnheardOf = !access && !GOOD.has(status);
  if (isUnheardOf && isToCome) return `Your plan is not active.${coming}`;
  if (!access && end) return `Ended on ${instant(end)}`;
  if (!access) return "Your plan is not active.";
  if (!period) return "";
  return `${status === "trialing" ? "Free trial until" : "Renews on"} ${instant(period)}`;
}
