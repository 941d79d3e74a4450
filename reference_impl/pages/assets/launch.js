/**
 * What Telegram hands over when it opens the page. Its clients put everything into the
 * address's fragment and their script reads it there, so the page does without that script.
 */

const KEPT = "telegram-launch";
const SCRIPT_PATIENCE_MS = 3_000;
const COLOUR = /^#[0-9a-f]{6}$/i;

/**
 * Who uses the page, signed by Telegram.
 * @returns {Promise<string>} raw init data; empty outside Telegram
 */
export async function initData() {
  return known() || (await telegramSettled(), known());
}

/** Take Telegram's colours before its script comes, which sets the same ones. */
export function applyTheme() {
  const style = document.documentElement.style;
  const theme = themeParams();
  for (const [name, colour] of Object.entries(theme)) {
    if (!COLOUR.test(colour)) continue;
    style.setProperty(`--tg-theme-${name.replaceAll("_", "-")}`, colour);
  }
  if (COLOUR.test(theme.bg_color)) {
    style.setProperty("--tg-color-scheme", isDark(theme.bg_color) ? "dark" : "light");
  }
}

/** Let Telegram take its placeholder away, once its script is there. */
export async function tellReady() {
  await telegramSettled();
  window.Telegram?.WebApp?.ready?.();
}

/** @returns {string} init data, as far as they can be had at once */
function known() {
  const launch = parameters();
  const data = window.Telegram?.WebApp?.initData || launch.get("tgWebAppData") || "";
  if (data) {
    launch.set("tgWebAppData", data);
    keep(launch);
  }
  return data;
}

/** @returns {URLSearchParams} from the fragment, or kept from an earlier page of this tab */
function parameters() {
  const here = new URLSearchParams(location.hash.slice(1));
  return here.has("tgWebAppData") ? here : new URLSearchParams(kept());
}

/** @returns {Record<string, string>} colours by Telegram's names */
function themeParams() {
  try {
    return JSON.parse(parameters().get("tgWebAppThemeParams") ?? "{}") ?? {};
  } catch {
    return {};
  }
}

/** @param {string} colour as #rrggbb */
function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  // The HSP brightness model, with the threshold of Telegram's own script.
  return Math.sqrt(0.299 * red ** 2 + 0.587 * green ** 2 + 0.114 * blue ** 2) < 120;
}

/** @returns {Promise<void>} once Telegram's script ran or failed, or took too long */
function telegramSettled() {
  // The window's load event waits for async scripts, failed ones too.
  if (document.readyState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    addEventListener("load", () => resolve(), { once: true });
    setTimeout(resolve, SCRIPT_PATIENCE_MS);
  });
}

// Storage may be forbidden; then a reload asks to open the page from Telegram again.

/** @param {URLSearchParams} launch */
function keep(launch) {
  try {
    sessionStorage.setItem(KEPT, launch.toString());
  } catch {}
}

/** @returns {string} */
function kept() {
  try {
    return sessionStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}
