// Stripe's events: each is a reason to read a customer's subscriptions again, and nothing more.
import { createHmac } from "node:crypto";
import { isOver, kept } from "./access.js";
import { Problem } from "./problems.js";
import { Deadline, Missing } from "./provider.js";
import { isSame } from "./telegram.js";

const OLDEST_SECONDS = 300;
export const TYPES = [
  ...["completed", "async_payment_succeeded", "async_payment_failed", "expired"].map((word) => `checkout.session.${word}`),
  "customer.deleted",
  ...["created", "updated", "deleted", "paused", "resumed", "trial_will_end"].map((word) => `customer.subscription.${word}`),
  ...["paid", "payment_failed", "payment_action_required", "finalized"].map((word) => `invoice.${word}`),
  ...["finalization_failed", "voided", "marked_uncollectible"].map((word) => `invoice.${word}`),
];
export const OUTCOMES = ["processed", "ignored", "duplicate", "rejected", "failed"];

/** What has become of the delivery of `bytes`: processed, ignored or duplicate; else a problem. */
export async function receive(app, signature, bytes) {
  let type = "unknown";
  try {
    verify(signature, bytes, app.settings.webhookSecrets);
    const event = parse(bytes);
    type = TYPES.includes(event.type) ? event.type : "other";
    return await take(app, event, type);
  } catch (error) {
    const rejected = error instanceof Problem && error.status === 400;
    count(app, rejected ? "unknown" : type, rejected ? "rejected" : "failed");
    throw error;
  }
}

function count(app, type, outcome) {
  app.metrics.count("billing_webhook_events_total", { type, outcome });
}

function verify(header, bytes, secrets, now = Date.now() / 1000) {
  const parts = (header ?? "").split(",").map((part) => part.trim().split(/=(.*)/s));
  const named = (name) => parts.filter(([found]) => found === name).map(([, value]) => value ?? "");
  const times = named("t");
  const isTime = times.length === 1 && /^\d{1,15}$/.test(times[0]);
  const digests = secrets.map((secret) => createHmac("sha256", secret).update(`${times[0]}.`).update(bytes).digest("hex"));
  const fits = named("v1").some((value) => digests.some((digest) => isSame(value, digest)));
  if (!isTime || !fits || now - Number(times[0]) > OLDEST_SECONDS) throw new Problem("invalid-signature");
}

function parse(bytes) {
  let event;
  try {
    event = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Problem("malformed-event");
  }
  if (typeof event?.id !== "string" || typeof event.type !== "string") throw new Problem("malformed-event");
  return event;
}

async function take(app, event, type) {
  const ours = type !== "other" && (event.livemode ?? app.settings.livemode) === app.settings.livemode;
  const customer = ours ? customerOf(event) : undefined;
  if (!customer) return finish(app, event, type, undefined);
  const deadline = new Deadline();
  return app.store.locked(`customer ${customer}`, deadline, async () => {
    if (isKnown(app.store, event)) return finish(app, event, type, undefined);
    return finish(app, event, type, await read(app, customer, deadline));
  });
}

function customerOf({ type, data }) {
  const object = data?.object;
  const customer = type === "customer.deleted" ? object?.id : object?.customer;
  const id = customer?.id ?? customer;
  return typeof id === "string" && id !== "" ? id : undefined;
}

function isKnown(store, event) {
  return store.one("SELECT id FROM events WHERE id = ?", event.id) !== undefined;
}

/** Whose the customer is and what he has at Stripe now; undefined for nobody's. */
async function read(app, customer, deadline) {
  const user = bookedOwner(app.store, customer) ?? (await namedOwner(app, customer, deadline));
  if (user === undefined) return undefined;
  try {
    const subscriptions = await app.provider.subscriptions(deadline, customer);
    return { user, customer, subscriptions: subscriptions.map(kept) };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    return { user, customer, subscriptions: ended(app.store, customer) };
  }
}

function bookedOwner(store, customer) {
  const rows = "SELECT user FROM customers WHERE customer = ? UNION SELECT user FROM subscriptions WHERE customer = ?";
  return store.one(rows, customer, customer)?.user;
}

async function namedOwner(app, customer, deadline) {
  try {
    const { metadata } = await app.provider.customer(deadline, customer);
    const id = metadata?.telegram_user_id ?? "";
    return /^[1-9]\d{0,15}$/.test(id) && Number.isSafeInteger(Number(id)) ? Number(id) : undefined;
  } catch (error) {
    if (error instanceof Missing) return undefined;
    throw error;
  }
}

/** What is kept of a customer whom Stripe does not know any more. */
function ended(store, customer) {
  const rows = store.all("SELECT body FROM subscriptions WHERE customer = ?", customer).map(({ body }) => JSON.parse(body));
  const now = Math.floor(Date.now() / 1000);
  return rows.map((each) => (isOver(each) ? each : { ...each, status: "canceled", ended_at: now }));
}

/** Record the event with its effect, so that neither is there without the other. */
function finish(app, event, type, found) {
  return app.store.transaction(() => {
    const isNew = app.store.run("INSERT OR IGNORE INTO events VALUES (?)", event.id) > 0;
    const outcome = isNew ? (found ? "processed" : "ignored") : "duplicate";
    if (isNew && found) write(app.store, found);
    count(app, type, outcome);
    return outcome;
  });
}

function write(store, { user, customer, subscriptions }) {
  store.run("INSERT OR IGNORE INTO customers VALUES (?, ?)", user, customer);
  for (const each of subscriptions) {
    store.run("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?)", each.id, user, customer, JSON.stringify(each));
  }
}
