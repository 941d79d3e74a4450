/** The page after checkout: waits until the backend knows of the payment. */

import { getSubscription } from "./api.js";
import { kindOf } from "./asking.js";
import { part } from "./elements.js";
import { applyTheme, initData } from "./launch.js";
import { setBack, tellReady } from "./telegram.js";
import { failureText, named } from "./wording.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
const PATIENCE_MS = 60_000;

/** Ask until the plan is active, ever more slowly, for a minute. */
async function confirm() {
  const user = await initData();
  if (!user) return show("later", "Confirming your payment", "You can go back to Telegram.");
  show("asking", "Confirming your payment", "This takes a few seconds.");
  const deadline = performance.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; performance.now() < deadline; pause *= 1.5) {
    if (await settled(user)) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, LONGEST_PAUSE_MS)));
  }
  show("later", "Still confirming your payment", "It can take a few minutes. Nothing is lost.");
  part("again").hidden = false;
}

/**
 * Ask once, and show the answer if it is the last word.
 * @param {string} user
 * @returns {Promise<boolean>} whether it is
 */
async function settled(user) {
  try {
    const { access, plan } = await getSubscription(user);
    if (access) show("done", "Your plan is active", `You are on ${named(plan)} now.`);
    return access;
  } catch (error) {
    const kind = kindOf(error);
    if (kind === "unauthenticated") show("later", "Confirming your payment", failureText(kind));
    return kind === "unauthenticated"; // all else may pass
  }
}

/** @param {"asking" | "later" | "done"} state @param {string} status @param {string} detail */
function show(state, status, detail) {
  part("outcome").dataset.state = state;
  part("detail").textContent = detail;
  document.title = status;
  part("again").hidden = true;
  // A status that is set anew is read aloud anew.
  if (part("status").textContent !== status) part("status").textContent = status;
}

applyTheme();
tellReady();
setBack(() => location.assign("/app/billing"));
part("again").addEventListener("click", confirm);
confirm();
