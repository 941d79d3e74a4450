/** The ways out of the page. */

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
  const telegram = window.Telegram?.WebApp;
  if (telegram?.openLink) {
    telegram.openLink(url);
    return true;
  }
  if (window.TelegramWebviewProxy) {
    window.TelegramWebviewProxy.postEvent("web_app_open_link", JSON.stringify({ url }));
    return true;
  }
  return openTab(url);
}

/** @param {string} url */
function openTab(url) {
  const tab = window.open(url, "_blank");
  // "noopener" would also start the tab without this one's storage, and so signed out on return.
  if (tab) tab.opener = null;
  return tab !== null;
}
