// Buying: one open session and one customer for each user, whatever is repeated, lost or cut off.
import { randomUUID } from "node:crypto";
import { isOver, kept, refusal } from "./access.js";
import { Problem } from "./problems.js";
import { Deadline, Missing } from "./provider.js";

/** The open session of `user` for `plan`; `key` is his Idempotency-Key, if he sent one. */
export function checkout(app, user, plan, key) {
  const deadline = new Deadline();
  return app.store.locked(`user ${user}`, deadline, async () => {
    if (key !== undefined) holdKey(app.store, user, key, plan);
    const at = { app, user, deadline };
    const known = await whatStripeHas(at);
    const refused = refusal(known.subscriptions, app.settings.plans);
    if (refused === "already-subscribed") throw new Problem(refused);
    const session = await currentSession(at);
    if (session?.status === "complete" && !known.subscriptions.some((each) => isOver(each) && each.id === session.subscription)) {
      throw new Problem("payment-pending");
    }
    if (session?.status === "open" && session.plan === plan.key) return session;
    if (refused) throw new Problem(refused);
    if (session?.status === "open") await app.provider.ask(deadline, (stripe, options) => stripe.checkout.sessions.expire(session.id, {}, options));
    const customer = known.customer ?? (await newCustomer(at));
    return newSession(at, plan, sessionParams(at, customer, plan, known.hadTrial));
  });
}

function holdKey(store, user, key, plan) {
  store.run("INSERT OR IGNORE INTO idempotency_keys VALUES (?, ?, ?)", user, key, plan.key);
  const held = store.one("SELECT body FROM idempotency_keys WHERE user = ? AND key = ?", user, key);
  if (held.body !== plan.key) throw new Problem("idempotency-key-reused");
}

/** The living customer of the user, and every subscription that is his. */
async function whatStripeHas({ app, user, deadline }) {
  const rows = app.store.all("SELECT customer, body FROM subscriptions WHERE user = ?", user);
  const customer = app.store.one("SELECT customer FROM customers WHERE user = ?", user)?.customer;
  const of = (fits) => rows.filter(fits).map(({ body }) => JSON.parse(body));
  const hadTrial = (all) => all.some((each) => each.trial_start);
  const elsewhere = of((row) => row.customer !== customer);
  const before = hadTrial(of(() => true));
  if (!customer) return { subscriptions: elsewhere, hadTrial: before };
  try {
    const [, listed] = await Promise.all([
      app.provider.customer(deadline, customer),
      app.provider.subscriptions(deadline, customer),
    ]);
    const now = listed.map(kept);
    return { customer, subscriptions: [...elsewhere, ...now], hadTrial: before || hadTrial(now) };
  } catch (error) {
    if (!(error instanceof Missing)) throw error;
    forget(app.store, user);
    return { subscriptions: elsewhere, hadTrial: before };
  }
}

/** A deleted customer's session cannot be paid any more, nor an attempt for him end well. */
function forget(store, user) {
  store.transaction(() => {
    for (const table of ["customers", "sessions", "attempts"]) store.run(`DELETE FROM ${table} WHERE user = ?`, user);
  });
}

/** The user's last session as Stripe has it now; one whose answer was lost is asked for again. */
async function currentSession(at) {
  const { app, user, deadline } = at;
  const lost = app.store.one("SELECT params FROM attempts WHERE user = ? AND what = 'session'", user);
  if (lost) {
    const { plan, params } = JSON.parse(lost.params);
    await newSession(at, plan, params);
  }
  const row = app.store.one("SELECT session, plan FROM sessions WHERE user = ?", user);
  if (!row) return undefined;
  const session = await app.provider.ask(deadline, (stripe, options) => stripe.checkout.sessions.retrieve(row.session, {}, options));
  return { ...session, plan: row.plan };
}

async function newCustomer(at) {
  const params = { metadata: { telegram_user_id: String(at.user) } };
  const make = (stripe, params, options) => stripe.customers.create(params, options);
  return attempt(at, "customer", params, make, ({ id }) => {
    at.app.store.run("INSERT OR REPLACE INTO customers VALUES (?, ?)", at.user, id);
    return id;
  });
}

async function newSession(at, plan, params) {
  const make = (stripe, { params }, options) => stripe.checkout.sessions.create(params, options);
  return attempt(at, "session", { plan, params }, make, (session) => {
    const row = [at.user, session.id, plan.key, params.customer];
    at.app.store.run("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?)", ...row);
    at.app.metrics.count("miniapp_checkout_start_total", { plan: plan.key });
    return session;
  });
}

/** Make a thing at Stripe once: the key is written down first, and kept until an answer is definite. */
async function attempt({ app, user, deadline }, what, params, make, keep) {
  app.store.run("INSERT OR IGNORE INTO attempts VALUES (?, ?, ?, ?)", user, what, randomUUID(), JSON.stringify(params));
  const held = app.store.one("SELECT key, params FROM attempts WHERE user = ? AND what = ?", user, what);
  const end = () => app.store.run("DELETE FROM attempts WHERE user = ? AND what = ?", user, what);
  try {
    const made = await app.provider.ask(deadline, (stripe, options) =>
      make(stripe, JSON.parse(held.params), { ...options, idempotencyKey: held.key }),
    );
    return app.store.transaction(() => {
      end();
      return keep(made);
    });
  } catch (error) {
    if (error.definite || error instanceof Missing) end();
    if (error instanceof Missing) throw new Problem("provider-unavailable");
    throw error;
  }
}

function sessionParams({ app, user }, customer, plan, hadTrial) {
  const page = `${app.settings.publicUrl}/app/billing`;
  const metadata = { telegram_user_id: String(user) };
  const trial = plan.trial_days > 0 && !hadTrial ? { trial_period_days: plan.trial_days } : {};
  return {
    mode: "subscription",
    customer,
    client_reference_id: String(user),
    line_items: [{ price: plan.price, quantity: 1 }],
    metadata,
    subscription_data: { metadata, ...trial },
    success_url: `${page}/return?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: page,
  };
}
