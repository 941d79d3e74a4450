/** A sheet over the page, for one question or one form. */

import { element, part } from "./elements.js";
import { setBack } from "./telegram.js";

/**
 * Open a sheet; Escape, a tap beside it and Telegram's back button close it.
 * @param {string} title
 * @param {...(Node | string)} content
 */
export function openSheet(title, ...content) {
  const opener = document.activeElement?.closest("section")?.querySelector("h2");
  const heading = element("h2", "title", title);
  heading.id = "sheet-title";
  const inside = element("div", "inside", heading, ...content);
  const sheet = element("dialog", "sheet", inside);
  sheet.setAttribute("aria-labelledby", heading.id);
  sheet.addEventListener("click", ({ target }) => target === sheet && sheet.close());
  sheet.addEventListener("close", () => {
    sheet.remove();
    setBack(null);
    // The focus goes back to the button that was tapped, unless that is gone.
    if (document.activeElement === document.body) opener?.focus({ preventScroll: true });
  });
  present(sheet);
  return sheet;
}

/**
 * Put it over the page; again, if it was closed while what it has to say was under way.
 * @param {HTMLDialogElement} sheet
 */
export function present(sheet) {
  if (sheet.open) return;
  part("page").append(sheet);
  sheet.showModal();
  setBack(() => sheet.close());
}

/** @returns {boolean} whether one is open */
export function isSheetOpen() {
  return document.querySelector("dialog[open]") !== null;
}
