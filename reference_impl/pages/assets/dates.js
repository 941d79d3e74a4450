/** Instants in words; always UTC, which whoever shows one says. */

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const MINUTE = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** @param {string} text RFC 3339 */
export function instant(text) {
  return spelt(`${MINUTE.format(new Date(text))} UTC`);
}

/**
 * The day alone, for lists that say UTC themselves.
 * @param {string} text RFC 3339
 */
export function day(text) {
  return spelt(DAY.format(new Date(text)));
}

/**
 * Months by their first three letters: the browser's British September has four.
 * @param {string} text
 */
function spelt(text) {
  return text.replace(/\bSept\b/, "Sep");
}
