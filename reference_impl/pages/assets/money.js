/** What plans cost, and what they allow. */

/** @typedef {import("./api.js").Plan} Plan */

/**
 * An amount in as many decimals as its currency has.
 * @param {number} amount in minor units
 * @param {string} currency ISO 4217, in any letter case
 */
export function money(amount, currency) {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** @param {Plan} plan */
export function price({ amount, currency, interval }) {
  return money(amount, currency) + (interval ? ` per ${interval}` : "");
}

/**
 * What a plan offers, in a line.
 * @param {Plan} plan
 */
export function allowance({ device_limit: devices }) {
  return devices === 1 ? "1 device" : `Up to ${devices} devices`;
}
