/** The billing page: what the user has, and the way to more of it. */

import { Failure, createCheckout, createPortal, getSubscription, listPlans } from "./api.js";
import { element, part } from "./elements.js";
import { applyTheme, initData, tellReady } from "./launch.js";
import { leaveTo, openBeside } from "./leaving.js";
import { allowance, price } from "./money.js";
import { button, setBusy, showProblem } from "./tapping.js";
import { badge, named, outlook } from "./wording.js";

/** @typedef {import("./api.js").Plan} Plan */
/** @typedef {import("./api.js").Subscription} Subscription */

const MAY_CHECK_OUT = new Set(["none", "canceled", "incomplete_expired"]);

/** Ask for everything and show it. */
async function load() {
  part("problem").replaceChildren();
  setBusy(true);
  try {
    const user = await initData();
    if (!user) throw new Failure("no-init-data");
    const [subscription, plans] = await Promise.all([getSubscription(user), listPlans()]);
    showSubscription(user, subscription, plans);
    showOffers(user, subscription, plans);
  } catch (error) {
    part("subscription").hidden = part("upgrades").hidden = true;
    showProblem(error, load);
  }
  part("loading").hidden = true;
  setBusy(false);
}

/** @param {string} user @param {Subscription} subscription @param {Plan[]} plans */
function showSubscription(user, subscription, plans) {
  const plan = plans.find(({ key }) => key === subscription.plan);
  const { text, tone } = badge(subscription);
  part("subscription").hidden = false;
  part("plan").textContent = named(subscription.plan);
  part("price").textContent = plan ? price(plan) : "";
  part("badge").textContent = text;
  part("badge").dataset.tone = tone;
  part("note").textContent = outlook(subscription);
  const manage = button("Manage", () => openPortal(user));
  part("actions").replaceChildren(...(subscription.status === "none" ? [] : [manage]));
}

/** @param {string} user @param {Subscription} subscription @param {Plan[]} plans */
function showOffers(user, subscription, plans) {
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
  const upgrade = button(`Upgrade to ${named(plan.key)}`, async () =>
    leaveTo(await createCheckout(user, plan.key)),
  );
  return element("li", "row", about, upgrade);
}

/** @param {string} user */
async function openPortal(user) {
  const url = await createPortal(user);
  if (openBeside(url)) return;
  const open = button("Open", async () => {
    openBeside(url);
    open.remove();
  });
  part("actions").querySelector(".open")?.remove();
  open.classList.add("open");
  part("actions").append(open);
  open.focus();
}

applyTheme();
tellReady();
load();
// Back from checkout by the browser's own button: this page was frozen with its buttons disabled.
addEventListener("pageshow", ({ persisted }) => persisted && load());
addEventListener("online", load);
// Opened anew in the same tab, perhaps for somebody else: only the fragment differs.
addEventListener("hashchange", () => location.reload());
// Back from the portal, where anything may have changed.
document.addEventListener("visibilitychange", () => document.hidden || load());
