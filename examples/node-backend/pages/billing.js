// The billing page: the plan, invoices and devices of whoever opened this window.
import { ask, button, day, element, explain, find, money, Refused, say, signedIn, telegram } from "./session.js";

// tables/access.yaml: what the badge says, what is offered, and a word on it.
const STATUSES = {
  none: { label: "Free", buys: true, manages: false },
  active: { label: "Active", words: ({ current_period_end }) => `Renews on ${day(current_period_end)}.` },
  trialing: { label: "Trial", words: ({ current_period_end }) => `Free trial until ${day(current_period_end)}.` },
  past_due: { label: "Past due", words: () => "Your last payment failed. Update your card." },
  incomplete: { label: "Incomplete", words: () => "Your first payment is not finished." },
  incomplete_expired: { label: "Expired", buys: true, words: () => "Your first payment never came." },
  unpaid: { label: "Unpaid", words: () => "Payments are overdue. Update your card." },
  paused: { label: "Paused", words: () => "Your plan is paused." },
  canceled: { label: "Canceled", buys: true, words: ({ ends_at }) => (ends_at ? `Ended on ${day(ends_at)}.` : "") },
};
const GRANTING = ["active", "trialing", "past_due"];
const BADGES = { paid: "Paid", open: "Open", past_due: "Past due", void: "Canceled: Void", uncollectible: "Canceled: Uncollectible" };

let cursor = null;

async function load() {
  say("");
  find("secret").hidden = true;
  if (!signedIn) return say("Open this page from Telegram.");
  try {
    const [{ plans }, subscription] = await Promise.all([ask("GET", "/billing/plans"), ask("GET", "/billing/subscription")]);
    showPlan(plans, subscription);
    cursor = null;
    find("invoice-list").replaceChildren();
    await Promise.all([showInvoices(), showDevices()]);
  } catch (error) {
    failed(error, load);
  }
}

function failed(error, again) {
  if (error instanceof Refused && error.status === 401) {
    for (const id of ["plan", "invoices", "devices"]) find(id).hidden = true;
  }
  explain(error, again);
}

/** Do `act`; when that fails, say so, and offer it again. */
async function attempt(act) {
  say("");
  try {
    await act();
  } catch (error) {
    failed(error, () => attempt(act));
  }
}

const named = (key) => key.charAt(0).toUpperCase() + key.slice(1);

function showPlan(plans, subscription) {
  const { plan, effective_plan, status } = subscription;
  const unknown = { label: named(status), words: () => "Your plan is not active." };
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status] : unknown;
  find("plan-name").textContent = named(plan);
  find("badge").textContent = known.label;
  find("words").textContent = wordsOn(subscription, known);
  find("price").textContent = priceOf(plans.find(({ key }) => key === plan));
  const rank = (key) => plans.find((each) => each.key === key)?.rank ?? 0;
  const above = known.buys ? plans.filter((each) => each.rank > rank(effective_plan)) : [];
  const offers = above.map((each) => offer(each, status === "none"));
  if (known.manages !== false) offers.push(button("Manage", () => attempt(manage)));
  find("actions").replaceChildren(...offers);
  find("plan").hidden = false;
}

function wordsOn(subscription, known) {
  const { status, access, cancels, ends_at } = subscription;
  if (cancels && new Date(ends_at) <= new Date()) return `Ended on ${day(ends_at)}.`;
  const paused = GRANTING.includes(status) && !access ? "Your plan is paused. " : "";
  if (cancels) return `${paused}Ends on ${day(ends_at)}.`;
  return paused || (known.words?.(subscription) ?? "");
}

const priceOf = (plan) => (plan?.interval ? `${money(plan.amount, plan.currency)} a ${plan.interval}` : "");

function offer(plan, isNew) {
  const { key, trial_days } = plan;
  const trial = isNew && trial_days > 0 ? `, ${trial_days} days free` : "";
  const row = element("p", `${priceOf(plan)}${trial} `);
  row.append(button(`Upgrade to ${named(key)}`, () => attempt(() => upgrade(key))));
  return row;
}

async function upgrade(plan) {
  let url;
  try {
    ({ url } = await ask("POST", "/billing/checkout", { plan }));
  } catch (error) {
    if (error.status !== 409) throw error;
    await load();
    return say(error.type === "payment-pending" ? "Your payment is being confirmed." : "You have a plan already.");
  }
  location.assign(url);
  // The button stays off until the page has gone; it comes back with pageshow.
  await new Promise(() => {});
}

async function manage() {
  const { url } = await ask("POST", "/billing/portal");
  if (!telegram?.openLink) return location.assign(url);
  // Without a tap that still counts, what opens is taken for a pop-up.
  if (navigator.userActivation?.isActive ?? true) return telegram.openLink(url);
  const open = element("button", "Open the portal", { type: "button" });
  open.addEventListener("click", () => {
    open.remove();
    telegram.openLink(url);
  });
  find("actions").append(open);
  open.focus();
}

async function showInvoices() {
  const page = await ask("GET", `/billing/invoices${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ""}`);
  cursor = page.next_cursor;
  const list = find("invoice-list");
  list.append(...page.invoices.map(invoiceRow));
  find("no-invoices").hidden = list.children.length > 0;
  list.hidden = list.children.length === 0;
  find("more").hidden = cursor === null;
  find("invoices").hidden = false;
}

function invoiceRow(invoice) {
  const { number, id, created, display_status, amount_due, amount_paid, currency } = invoice;
  const name = number ?? id;
  const amount = money(display_status === "paid" ? amount_paid : amount_due, currency);
  const row = element("li", `${name} · ${amount} · ${BADGES[display_status] ?? named(display_status)} · ${day(created)} `);
  const payable = ["open", "past_due"].includes(display_status);
  row.append(...link(`${payable ? "Pay" : "View"} ${name}`, invoice.hosted_invoice_url), ...link(`PDF of ${name}`, invoice.invoice_pdf));
  return row;
}

function link(text, href) {
  if (!/^https?:/.test(href ?? "")) return [];
  const made = element("a", text, { href, target: "_blank", rel: "noopener" });
  made.addEventListener("click", (event) => {
    if (!telegram?.openLink) return;
    event.preventDefault();
    telegram.openLink(href);
  });
  return [made, " "];
}

async function showDevices() {
  const { devices, limit } = await ask("GET", "/devices");
  const full = devices.length >= limit;
  const none = devices.length === 0 ? " No devices yet." : "";
  find("room").textContent = `${devices.length} of ${limit}.${full ? " Device limit reached; remove one first." : ""}${none}`;
  find("device-list").replaceChildren(...devices.map(deviceRow));
  find("device-list").hidden = devices.length === 0;
  find("register").hidden = full;
  find("devices").hidden = false;
}

function deviceRow({ id, name }) {
  const row = element("li", `${name} `);
  row.append(button(`Remove ${name}`, () => attempt(() => remove(id, name))));
  return row;
}

async function remove(id, name) {
  if (!(await confirmed(`Remove ${name}?`))) return;
  await ask("DELETE", `/devices/${encodeURIComponent(id)}`).catch((error) => {
    if (error.status !== 404) throw error;
  });
  await showDevices();
  find("devices-name").focus();
}

function confirmed(question) {
  const dialog = find("question");
  find("question-name").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

async function register(form) {
  const { name, fingerprint } = Object.fromEntries(new FormData(form));
  const { secret } = await ask("POST", "/devices", { name, fingerprint });
  find("secret").textContent = secret ? `The secret, shown this once: ${secret} ` : "This device is registered already.";
  if (secret) find("secret").append(button("Copy", () => attempt(() => navigator.clipboard.writeText(secret))));
  find("secret").hidden = false;
  form.reset();
  await showDevices();
  // The form may be gone, and the focus with it.
  find("secret").focus();
}

find("register").addEventListener("submit", async (event) => {
  event.preventDefault();
  const submit = event.target.querySelector("button");
  submit.disabled = true;
  await attempt(() => register(event.target));
  submit.disabled = false;
});
find("more").addEventListener("click", async ({ target }) => {
  target.disabled = true;
  await attempt(showInvoices);
  target.disabled = false;
});
window.addEventListener("pageshow", ({ persisted }) => persisted && load());
load();
