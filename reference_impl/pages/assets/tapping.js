/** Between a tap and its answer: one request at a time, and a way on when it fails. */

import { kindOf } from "./asking.js";
import { element, icon, part } from "./elements.js";
import { present } from "./sheet.js";
import { failureText } from "./wording.js";

const PLANE = "M21 3 3 10.5l6.5 2.5L21 3 12 20.5 9.5 13";
const ONLY_TELEGRAM_HELPS = new Set(["no-init-data", "unauthenticated"]);

/**
 * @param {string} label
 * @param {() => unknown} work done on a tap, one at a time
 * @param {{kind?: string, place?: HTMLElement}} [how] its looks, and where a failure is told
 */
export function button(label, work, { kind = "", place = part("problem") } = {}) {
  const made = element("button", `button ${kind}`.trim(), label);
  made.type = "button";
  made.addEventListener("click", () => perform(made, work, place));
  return made;
}

/**
 * @param {HTMLButtonElement} pressed
 * @param {() => unknown} work
 * @param {HTMLElement} place where a failure is told
 */
export async function perform(pressed, work, place) {
  pressed.setAttribute("aria-busy", "true");
  place.replaceChildren();
  setBusy(true);
  try {
    await work();
  } catch (error) {
    showProblem(error, () => perform(pressed, work, place), place);
  }
  pressed.removeAttribute("aria-busy");
  setBusy(false);
  // What is disabled loses the focus; whoever uses a keyboard goes on where it was.
  if (document.activeElement === document.body) pressed.focus({ preventScroll: true });
}

/** How many works run: a look at what is new does not end what a tap has begun. */
let running = 0;

/**
 * @param {boolean} begins or ends; nothing can be tapped while a request runs
 */
export function setBusy(begins) {
  running = Math.max(running + (begins ? 1 : -1), 0);
  const busy = running > 0;
  part("page").setAttribute("aria-busy", String(busy));
  for (const one of part("page").querySelectorAll("button")) one.disabled = busy;
}

/** Whether the page has said what only Telegram helps with: it asks for nothing any more. */
export function isOver() {
  return document.querySelector(".final") !== null;
}

/** The page has left, and is back as it was: what it waited for has come to its end. */
export function forgetWork() {
  running = 0;
}

/**
 * Say what went wrong, and how to go on.
 * @param {unknown} error
 * @param {() => unknown} again
 * @param {HTMLElement} [place]
 */
export function showProblem(error, again, place = part("problem")) {
  const kind = kindOf(error);
  const isFinal = ONLY_TELEGRAM_HELPS.has(kind);
  const message = element("p", isFinal ? "final" : "wrong", failureText(kind));
  const way = kind === "already-subscribed" ? () => location.reload() : again;
  if (isFinal) message.prepend(icon(PLANE));
  const retry = isFinal ? [] : [button("Try again", way, { place })];
  const card = element("div", "card", message, ...retry);
  card.dataset.kind = kind;
  const sheet = place.closest("dialog");
  if (sheet && isFinal) {
    // There is no way on in it; and whoever closed it would close the page's last word.
    sheet.close();
    part("problem").replaceChildren(card);
    card.scrollIntoView({ block: "nearest" });
    return;
  }
  place.replaceChildren(card);
  // Whoever has closed a sheet amid its request would not learn what became of it.
  if (sheet) present(sheet);
}

/** Online again: a sheet says otherwise no more, and its own button is the way on. */
export function takeBackOffline() {
  for (const one of document.querySelectorAll('dialog [data-kind="offline"]')) one.remove();
}
