/** Registering a device: a form, then a secret that is shown this once. */

import { registerDevice } from "./api.js";
import { element } from "./elements.js";
import { openSheet, present } from "./sheet.js";
import { button, perform } from "./tapping.js";

/** @typedef {import("./api.js").Device} Device */

const FINGERPRINT = "[A-Za-z0-9._:\\-]{8,128}";
const COPIED = "Copied";
const NAME_UNITS = 200; // a name has 100 characters, and some take two of what a browser counts

/**
 * @param {string} user
 * @param {() => unknown} done once a device was registered
 */
export function askForDevice(user, done) {
  const name = field("Name", "Living room", { maxLength: NAME_UNITS, autocomplete: "off" });
  const print = field("Fingerprint", "a1b2c3d4", { maxLength: 128, pattern: FINGERPRINT });
  print.input.title = "8 or more letters, digits and . _ : -";
  const hint = element("p", "footer", "The device shows its fingerprint: 8 characters or more.");
  const problem = element("div", "problem");
  problem.setAttribute("role", "alert");
  const submit = element("button", "button filled", "Register");
  const fields = element("div", "card list fields", name.label, print.label);
  const cancel = button("Cancel", () => sheet.close(), { kind: "plain" });
  const form = element("form", "form", fields, hint, problem, submit, cancel);
  const sheet = openSheet("Register a device", form);
  const work = async () => {
    const device = { name: name.input.value.trim(), fingerprint: print.input.value.trim() };
    showResult(sheet, await registerDevice(user, device));
    await done();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!submit.disabled) perform(submit, work, problem);
  });
}

/** @param {string} text @param {string} example @param {Partial<HTMLInputElement>} rules */
function field(text, example, rules) {
  const input = element("input", "");
  Object.assign(input, { required: true, placeholder: example, spellcheck: false, ...rules });
  return { label: element("label", "row field", element("span", "", text), input), input };
}

/** @param {HTMLDialogElement} sheet @param {{device: Device, secret?: string}} answer */
function showResult(sheet, { device, secret }) {
  const known = "It is registered already, and its secret is not shown again.";
  const once = "Copy its secret now. It is shown only this once.";
  // A secret is shown this once, also to whoever has closed the form meanwhile.
  present(sheet);
  const heading = /** @type {HTMLElement} */ (sheet.querySelector(".title"));
  heading.textContent = secret ? "Device registered" : "Device known";
  const told = element("p", "told", `${device.name}: `, secret ? once : known);
  told.setAttribute("role", "status");
  const close = button("Done", () => sheet.close(), { kind: secret ? "plain" : "filled" });
  const shown = secret ? secretParts(secret) : [];
  sheet.querySelector("form")?.replaceWith(element("div", "form", told, ...shown, close));
  // Not the button under the finger that has just tapped.
  heading.tabIndex = -1;
  heading.focus();
}

/** @param {string} secret */
function secretParts(secret) {
  const text = element("code", "secret", secret);
  text.setAttribute("aria-label", "Secret");
  text.setAttribute("role", "group");
  const copy = button("Copy", async () => {
    copy.textContent = (await isCopied(secret)) ? COPIED : "Copy what is selected";
    if (copy.textContent !== COPIED) getSelection()?.selectAllChildren(text);
  }, { kind: "filled" });
  return [text, copy];
}

/** @param {string} text */
async function isCopied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // some of Telegram's clients forbid it
  }
}
