/** Between a tap and its answer: one request at a time, and a way on when it fails. */

import { kindOf } from "./api.js";
import { element, part } from "./elements.js";
import { failureText } from "./wording.js";

const ONLY_TELEGRAM_HELPS = new Set(["no-init-data", "unauthenticated"]);

/**
 * @param {string} label
 * @param {() => unknown} work done on a tap, one at a time
 */
export function button(label, work) {
  const made = element("button", "button", label);
  made.type = "button";
  made.addEventListener("click", () => perform(made, work));
  return made;
}

/** @param {HTMLButtonElement} pressed @param {() => unknown} work */
async function perform(pressed, work) {
  pressed.setAttribute("aria-busy", "true");
  part("problem").replaceChildren();
  setBusy(true);
  try {
    await work();
  } catch (error) {
    showProblem(error, () => perform(pressed, work));
  }
  pressed.removeAttribute("aria-busy");
  setBusy(false);
}

/**
 * @param {boolean} busy nothing can be tapped while a request runs
 */
export function setBusy(busy) {
  part("page").setAttribute("aria-busy", String(busy));
  for (const one of part("page").querySelectorAll("button")) one.disabled = busy;
}

/**
 * Say what went wrong, and how to go on.
 * @param {unknown} error
 * @param {() => unknown} again
 */
export function showProblem(error, again) {
  const kind = kindOf(error);
  const isFinal = ONLY_TELEGRAM_HELPS.has(kind);
  const message = element("p", isFinal ? "final" : "wrong", failureText(kind));
  const way = kind === "already-subscribed" ? () => location.reload() : again;
  const retry = isFinal ? [] : [button("Try again", way)];
  part("problem").replaceChildren(element("div", "card", message, ...retry));
}
