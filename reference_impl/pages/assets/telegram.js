/**
 * Telegram's client around the page: spoken to by its own script, or, where that cannot be
 * loaded, by the bridge that its clients put into the window.
 */

const SCRIPT_PATIENCE_MS = 3_000;

/** @returns {any} what Telegram's script gives, once it has run */
export function webApp() {
  return window.Telegram?.WebApp;
}

/** @returns {Promise<void>} once Telegram's script ran or failed, or took too long */
export function telegramSettled() {
  // The window's load event waits for async scripts, failed ones too.
  if (document.readyState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    addEventListener("load", () => resolve(), { once: true });
    setTimeout(resolve, SCRIPT_PATIENCE_MS);
  });
}

/** Let Telegram take its placeholder away, and frame the page in the page's own ground. */
export async function tellReady() {
  await telegramSettled();
  const app = webApp();
  if (!app) return tellBridge("web_app_ready");
  app.ready();
  for (const paint of ["setHeaderColor", "setBackgroundColor", "setBottomBarColor"]) {
    app[paint]?.("secondary_bg_color");
  }
}

/**
 * @param {string} url
 * @returns {boolean} false where there is no Telegram that could open it
 */
export function openLink(url) {
  if (!isInTelegram()) return false;
  if (webApp()?.initData) {
    webApp().openLink(url);
    return true;
  }
  return tellBridge("web_app_open_link", { url });
}

/** Telegram's script runs in a plain browser, too, and tells nobody there what it is told. */
function isInTelegram() {
  const isFrame = window.parent !== window; // as its web clients have it
  return isFrame || "TelegramWebviewProxy" in window || "notify" in (window.external ?? {});
}

/** @type {(() => void) | null} */
let goingBack = null;

/**
 * Show Telegram's back button while there is something to go back from.
 * @param {(() => void) | null} goBack null hides it
 */
export async function setBack(goBack) {
  await telegramSettled();
  const button = webApp()?.BackButton;
  if (!button) return;
  if (goingBack) button.offClick(goingBack);
  if (goBack) button.onClick(goBack);
  goingBack = goBack;
  if (goBack) button.show();
  else button.hide();
}

/**
 * @param {string} type
 * @param {object} [content]
 * @returns {boolean} whether there is a bridge
 */
function tellBridge(type, content) {
  const bridge = window.TelegramWebviewProxy;
  bridge?.postEvent(type, JSON.stringify(content ?? null));
  return Boolean(bridge);
}
