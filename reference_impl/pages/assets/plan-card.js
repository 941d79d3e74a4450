/** What the user has: the plan, its price, its state, and what can be done about it. */

import { createCheckout, createPortal } from "./api.js";
import { showStatus } from "./badges.js";
import { part } from "./elements.js";
import { leaveTo, openBeside } from "./leaving.js";
import { allowance, price } from "./money.js";
import { button } from "./tapping.js";
import { named, outlook } from "./wording.js";

/** @typedef {import("./api.js").Plan} Plan */
/** @typedef {import("./api.js").Subscription} Subscription */

/** What waits for the user in the portal, by status; everybody else manages. */
const CARD_NEEDED = new Set(["past_due", "unpaid", "paused"]);

/** @param {string} user @param {Subscription} subscription @param {Plan[]} plans */
export function showPlan(user, subscription, plans) {
  const plan = plans.find(({ key }) => key === subscription.plan);
  part("subscription").hidden = false;
  part("plan").textContent = named(subscription.plan);
  part("price").textContent = plan ? (plan.amount > 0 ? price : allowance)(plan) : "";
  showStatus(part("badge"), subscription);
  part("note").textContent = outlook(subscription);
  part("actions").replaceChildren(...actions(user, subscription));
}

/** @param {string} user @param {Subscription} subscription */
function actions(user, { status, plan }) {
  if (status === "none") return [];
  const first = [];
  if (status === "incomplete") first.push(payButton(user, plan));
  if (CARD_NEEDED.has(status)) first.push(portalButton(user, "Update card", "filled"));
  return [...first, portalButton(user, "Manage", "")];
}

/** @param {string} user @param {string} plan */
function payButton(user, plan) {
  const pay = async () => leaveTo(await createCheckout(user, plan));
  return button("Finish payment", pay, { kind: "filled" });
}

/**
 * Asks for the portal on the tap: its address is good for a short while, and never fetched before.
 * @param {string} user @param {string} label @param {string} kind
 */
function portalButton(user, label, kind) {
  return button(label, async () => offer(await createPortal(user)), { kind });
}

/** @param {string} url is opened, or a button that opens it is shown where the tap is too old */
function offer(url) {
  part("actions").querySelector(".open")?.remove();
  if (openBeside(url)) return;
  const open = button(
    "Open",
    () => {
      // A browser that lets nothing open leaves the button as it is.
      if (openBeside(url)) open.remove();
    },
    { kind: "filled open" },
  );
  part("actions").prepend(open);
  // It is disabled with all the others until the work that made it is done.
  requestAnimationFrame(() => open.focus());
}
