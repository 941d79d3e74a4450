/** The ways out of the page. */

import { openLink } from "./telegram.js";
import { element } from "./elements.js";

/**
 * Go to Stripe's checkout.
 * @param {string} url
 * @returns {Promise<never>} the page ends here, so its buttons stay disabled
 */
export function leaveTo(url) {
  location.assign(url);
  return new Promise(() => {});
}

/**
 * Open a page beside this one: in the browser of the user's choice, or in a tab.
 * @param {string} url
 * @returns {boolean} false when only a fresh tap can open it
 */
export function openBeside(url) {
  // A slow answer outlives the tap; what is opened without one counts as a pop-up.
  if (navigator.userActivation?.isActive === false) return false;
  return openLink(url) || openTab(url);
}

/**
 * A link to a page beside this one.
 * @param {string} text
 * @param {string} label that says more to whoever cannot see where it stands
 * @param {string} url
 */
export function outwardLink(text, label, url) {
  const link = element("a", "link", text);
  link.setAttribute("aria-label", label);
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  // Telegram's clients would show it inside the Mini App, where nothing can be kept or printed.
  link.addEventListener("click", (event) => openLink(url) && event.preventDefault());
  return link;
}

/** @param {string} url */
function openTab(url) {
  const tab = window.open(url, "_blank");
  // "noopener" would also start the tab without this one's storage, and so signed out on return.
  if (tab) tab.opener = null;
  return tab !== null;
}
