/**
 * What Telegram hands over when it opens the page. Its clients put everything into the
 * address's fragment and their script reads it there, so the page does without that script.
 */

import { telegramSettled, webApp } from "./telegram.js";

const KEPT = "telegram-launch";
const COLOUR = /^#[0-9a-f]{6}$/i;

/**
 * Who uses the page, signed by Telegram.
 * @returns {Promise<string>} raw init data; empty outside Telegram
 */
export async function initData() {
  return known() || (await telegramSettled(), known());
}

/** Take Telegram's colours before its script comes, which sets the same ones, and later new ones. */
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

/** @returns {string} init data, as far as they can be had at once */
function known() {
  const launch = parameters();
  const data = webApp()?.initData || launch.get("tgWebAppData") || "";
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
