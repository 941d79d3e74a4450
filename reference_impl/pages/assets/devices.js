/** The user's devices, as many as the plan allows. */

import { listDevices, revokeDevice } from "./api.js";
import { day } from "./dates.js";
import { element, icon, part } from "./elements.js";
import { askForDevice } from "./register.js";
import { openSheet } from "./sheet.js";
import { button, showProblem } from "./tapping.js";

/** @typedef {import("./api.js").Device} Device */

const PLUS = "M12 5v14M5 12h14";

/** @param {string} user whose devices are shown anew */
export async function showDevices(user) {
  try {
    const { devices, limit } = await listDevices(user);
    part("devices-problem").replaceChildren();
    part("device-list").replaceChildren(...devices.map((device) => row(user, device)));
    part("no-devices").hidden = devices.length > 0;
    part("devices-count").textContent = `${devices.length} of ${limit}`;
    showLimit(user, devices.length, limit);
  } catch (error) {
    showProblem(error, () => showDevices(user), part("devices-problem"));
  }
  part("devices-card").setAttribute("aria-busy", "false");
}

/** @param {string} user @param {number} count @param {number} limit */
function showLimit(user, count, limit) {
  const isFull = count >= limit;
  const register = button(
    "Register a device",
    () => askForDevice(user, () => showDevices(user)),
    { kind: "plain", place: part("devices-problem") },
  );
  register.prepend(icon(PLUS));
  part("register-device").replaceChildren(...(isFull ? [] : [register]));
  part("devices-note").textContent = isFull
    ? `Device limit reached: your plan allows ${limit}. Remove one to register another.`
    : "Each device signs in with a secret of its own. Dates are in UTC.";
}

/** @param {string} user @param {Device} device */
function row(user, device) {
  const since = `${device.fingerprint} · ${day(device.created_at)}`;
  const about = element("div", "about", element("span", "name", device.name));
  about.append(element("span", "hint", since));
  const revoke = button("Remove", () => ask(user, device), { kind: "plain danger" });
  revoke.setAttribute("aria-label", `Remove ${device.name}`);
  return element("li", "row", about, revoke);
}

/** @param {string} user @param {Device} device */
function ask(user, device) {
  const problem = element("div", "problem");
  problem.setAttribute("role", "alert");
  const text = element("p", "told", "Its secret stops working. This cannot be undone.");
  const work = async () => {
    await revokeDevice(user, device.id);
    sheet.close();
    await showDevices(user);
    part("devices-label").focus();
  };
  const revoke = button("Remove", work, { kind: "filled danger", place: problem });
  const keep = button("Keep", () => sheet.close(), { kind: "plain" });
  const form = element("div", "form", text, problem, revoke, keep);
  const sheet = openSheet(`Remove ${device.name}?`, form);
  keep.focus();
}
