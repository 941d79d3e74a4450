/** The billing page: what the user has, what he paid, and where he uses it. */

import { getSubscription, listPlans } from "./api.js";
import { Failure } from "./asking.js";
import { showDevices } from "./devices.js";
import { part } from "./elements.js";
import { showInvoices } from "./invoices.js";
import { applyTheme, initData } from "./launch.js";
import { showOffers } from "./offers.js";
import { showPlan } from "./plan-card.js";
import { isSheetOpen } from "./sheet.js";
import { forgetWork, isOver, setBusy, showProblem, takeBackOffline } from "./tapping.js";
import { tellReady } from "./telegram.js";

const SECTIONS = ["subscription", "upgrades", "invoices", "devices"];

/** Ask for everything and show it; lists come when they come, and fail by themselves. */
async function load() {
  if (isOver()) return;
  part("problem").replaceChildren();
  setBusy(true);
  try {
    const user = await initData();
    if (!user) throw new Failure("no-init-data");
    const lists = [showInvoices(user), showDevices(user)];
    const [subscription, plans] = await Promise.all([getSubscription(user), listPlans()]);
    showPlan(user, subscription, plans);
    showOffers(user, subscription, plans);
    part("invoices").hidden = part("devices").hidden = false;
    part("loading").hidden = true;
    await Promise.all(lists);
  } catch (error) {
    for (const section of SECTIONS) part(section).hidden = true;
    showProblem(error, load);
  }
  part("loading").hidden = true;
  setBusy(false);
}

function loadAgain() {
  forgetWork();
  load();
}

/** Anything may have changed while the page was away; a form that is open stays as it is. */
function refresh() {
  if (!isSheetOpen()) load();
}

applyTheme();
tellReady();
load();
// Back from checkout by the browser's own button: this page was frozen with its buttons disabled.
addEventListener("pageshow", ({ persisted }) => persisted && loadAgain());
addEventListener("online", takeBackOffline);
addEventListener("online", refresh);
// Opened anew in the same tab, perhaps for somebody else: only the fragment differs.
addEventListener("hashchange", () => location.reload());
// Back from the portal.
document.addEventListener("visibilitychange", () => document.hidden || refresh());
