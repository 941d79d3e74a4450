/** The billing API, as openapi.yaml describes it. */

import { Failure, ask, kindOf } from "./asking.js";

/**
 * @typedef {{key: string, amount: number, currency: string, interval: string | null,
 *   trial_days: number, device_limit: number, rank: number}} Plan
 * @typedef {{plan: string, effective_plan: string, status: string, access: boolean,
 *   current_period_end: string | null, ends_at: string | null, cancels: boolean}} Subscription
 * @typedef {{id: string, number: string | null, created: string, display_status: string,
 *   amount_due: number, amount_paid: number, currency: string,
 *   hosted_invoice_url: string | null, invoice_pdf: string | null}} Invoice
 * @typedef {{id: string, name: string, fingerprint: string, created_at: string}} Device
 */

/**
 * The catalogue, by rank.
 * @returns {Promise<Plan[]>}
 */
export async function listPlans() {
  return (await ask("GET", "/billing/plans")).plans;
}

/**
 * What the user has.
 * @param {string} initData
 * @returns {Promise<Subscription>}
 */
export function getSubscription(initData) {
  return ask("GET", "/billing/subscription", initData);
}

/**
 * Where the user can pay for a plan.
 * @param {string} initData
 * @param {string} plan its key
 * @returns {Promise<string>}
 */
export async function createCheckout(initData, plan) {
  return webAddress(await ask("POST", "/billing/checkout", initData, { plan }));
}

/**
 * Where the user can change or cancel the subscription; good for a short while.
 * @param {string} initData
 * @returns {Promise<string>}
 */
export async function createPortal(initData) {
  return webAddress(await ask("POST", "/billing/portal", initData));
}

/**
 * A page of the user's invoices, newest first.
 * @param {string} initData
 * @param {string | null} cursor from the page before
 * @param {number} limit how many at most, up to 100
 * @returns {Promise<{invoices: Invoice[], next_cursor: string | null}>}
 */
export function listInvoices(initData, cursor, limit) {
  const after = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
  return ask("GET", `/billing/invoices?limit=${limit}${after}`, initData);
}

/**
 * The user's devices, oldest first, and how many he may have.
 * @param {string} initData
 * @returns {Promise<{devices: Device[], limit: number}>}
 */
export function listDevices(initData) {
  return ask("GET", "/devices", initData);
}

/**
 * @param {string} initData
 * @param {{name: string, fingerprint: string}} device
 * @returns {Promise<{device: Device, secret?: string}>} the secret this once, if it is new
 */
export function registerDevice(initData, device) {
  return ask("POST", "/devices", initData, device);
}

/**
 * @param {string} initData
 * @param {string} id of a device; one that is gone already is no failure
 */
export async function revokeDevice(initData, id) {
  await ask("DELETE", `/devices/${encodeURIComponent(id)}`, initData).catch((error) => {
    if (kindOf(error) !== "not-found") throw error;
  });
}

/** @param {{url: string}} answer */
function webAddress({ url }) {
  if (/^https?:\/\//i.test(url)) return url;
  throw new Failure("internal-error");
}
