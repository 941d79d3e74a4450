/** What the user could have instead. */

import { createCheckout } from "./api.js";
import { element, part } from "./elements.js";
import { leaveTo } from "./leaving.js";
import { allowance, price } from "./money.js";
import { button } from "./tapping.js";
import { named } from "./wording.js";

/** @typedef {import("./api.js").Plan} Plan */
/** @typedef {import("./api.js").Subscription} Subscription */

/** Everybody else has a subscription, which changes its plan in the portal. */
const MAY_CHECK_OUT = new Set(["none", "canceled", "incomplete_expired"]);

/** @param {string} user @param {Subscription} subscription @param {Plan[]} plans */
export function showOffers(user, subscription, plans) {
  const rank = plans.find(({ key }) => key === subscription.effective_plan)?.rank ?? 0;
  const higher = plans.filter((plan) => plan.amount > 0 && plan.rank > rank);
  const offers = MAY_CHECK_OUT.has(subscription.status) ? higher : [];
  const isNew = subscription.status === "none";
  part("offers").replaceChildren(...offers.map((plan) => offer(user, plan, isNew)));
  part("upgrades").hidden = offers.length === 0;
}

/** @param {string} user @param {Plan} plan @param {boolean} isNew who still has his trial */
function offer(user, plan, isNew) {
  const trial = isNew && plan.trial_days > 0 ? [`${plan.trial_days} days free, then`] : [];
  const lines = [...trial, price(plan), allowance(plan)];
  const about = element("div", "about", element("span", "name", named(plan.key)));
  about.append(...lines.map((line) => element("span", "hint", line)));
  const upgrade = button(
    "Upgrade",
    async () => leaveTo(await createCheckout(user, plan.key)),
    { kind: "filled small" },
  );
  upgrade.setAttribute("aria-label", `Upgrade to ${named(plan.key)}`);
  return element("li", "row", about, upgrade);
}
