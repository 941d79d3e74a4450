// What a backend does with Stripe, through the official Node SDK.
import assert from "node:assert/strict";
import { test } from "node:test";
import Stripe from "stripe";
import { Account, Endpoint, until } from "./sandbox.mjs";

const SECRET = "whsec_node_flows";
const PATIENCE = { timeout: 30_000 };

function monthly(stripe) {
  return stripe.prices.create({
    currency: "eur",
    unit_amount: 1900,
    recurring: { interval: "month" },
    product_data: { name: "Pro" },
  });
}

async function checkout({ stripe }, customer) {
  const price = await monthly(stripe);
  return stripe.checkout.sessions.create({
    mode: "subscription",
    customer: customer.id,
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "https://shop.test/return?session={CHECKOUT_SESSION_ID}",
    subscription_data: { metadata: { user: "71" } },
  });
}

async function paid(account) {
  const customer = await account.stripe.customers.create({ email: "ada@shop.test" });
  const session = await checkout(account, customer);
  await account.pay(session);
  return account.stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
}

test("a paid session ends in an active subscription", PATIENCE, async () => {
  const account = new Account();

  const session = await paid(account);

  assert.equal(session.status, "complete");
  assert.equal(session.subscription.status, "active");
  assert.equal(session.subscription.metadata.user, "71");
  const { data } = await account.stripe.invoices.list({ customer: session.customer });
  assert.deepEqual(data.map((each) => each.status), ["paid"]);
});

test("every delivery is verified, and a foreign signature is not", PATIENCE, async (t) => {
  const account = new Account();
  const endpoint = await new Endpoint().open();
  t.after(() => endpoint.close());
  await account.pull("PUT", "/webhooks", { url: endpoint.url, secret: SECRET });

  await paid(account);

  const { data: told } = await account.pull("GET", "/events");
  const sent = new Set();
  for (const _ of told) {
    const { body, signature } = await endpoint.next();
    sent.add(account.stripe.webhooks.constructEvent(body, signature, SECRET).type);
    assert.throws(
      () => account.stripe.webhooks.constructEvent(body, signature, "whsec_other"),
      Stripe.errors.StripeSignatureVerificationError,
    );
  }
  assert.ok(sent.has("checkout.session.completed"));
  assert.deepEqual(sent, new Set(told.map((each) => each.type)));
});

test("a subscription is changed and cancelled", PATIENCE, async () => {
  const account = new Account();
  const { subscription } = await paid(account);
  const change = (params) => account.stripe.subscriptions.update(subscription.id, params);

  const items = [{ id: subscription.items.data[0].id, quantity: 3 }];
  const changed = await change({ items, metadata: { more: "1" } });
  const ending = await change({ cancel_at_period_end: true });
  const ended = await account.stripe.subscriptions.cancel(subscription.id);

  assert.equal(changed.items.data[0].quantity, 3);
  assert.deepEqual(changed.metadata, { user: "71", more: "1" });
  assert.equal(ending.cancel_at_period_end, true);
  assert.equal(ended.status, "canceled");
});

test("a month passes on a test clock", PATIENCE, async () => {
  const { stripe } = new Account();
  const frozen = 1_800_000_000;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen });
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const card = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  const items = [{ price: (await monthly(stripe)).id }];
  const made = await stripe.subscriptions.create({
    customer: customer.id,
    items,
    default_payment_method: card.id,
  });

  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: frozen + 32 * 86_400 });
  await until(async () => (await stripe.testHelpers.testClocks.retrieve(clock.id)).status === "ready");

  const renewed = await stripe.subscriptions.retrieve(made.id);
  const [before, after] = [made, renewed].map((each) => each.items.data[0].current_period_start);
  assert.ok(after > before);
  const { data } = await stripe.invoices.list({ subscription: made.id });
  assert.deepEqual(data.map((each) => each.billing_reason), [
    "subscription_cycle",
    "subscription_create",
  ]);
});

test("auto-pagination meets every object once, both ways", PATIENCE, async () => {
  const { stripe } = new Account();
  const made = [];
  for (let number = 0; number < 7; number += 1) {
    made.unshift((await stripe.customers.create({ name: `${number}` })).id);
  }

  const down = await stripe.customers.list({ limit: 3 }).autoPagingToArray({ limit: 100 });
  const up = [];
  for await (const each of stripe.customers.list({ limit: 2, ending_before: made[6] })) {
    up.push(each.id);
  }

  assert.deepEqual(down.map((each) => each.id), made);
  assert.deepEqual(up, made.slice(0, 6).reverse());
});

test("the same idempotency key replays, and refuses other parameters", PATIENCE, async () => {
  const { stripe } = new Account();
  const once = { idempotencyKey: "once" };

  const first = await stripe.customers.create({ name: "A" }, once);
  const again = await stripe.customers.create({ name: "A" }, once);

  assert.equal(again.id, first.id);
  assert.equal(again.lastResponse.headers["idempotent-replayed"], "true");
  const other = stripe.customers.create({ name: "B" }, once);
  await assert.rejects(other, Stripe.errors.StripeIdempotencyError);
});

test("a retry after a lost answer has one effect", PATIENCE, async () => {
  const account = new Account();
  const fault = await account.pull("POST", "/faults", { effect: "lost", on: "writes", times: 1 });

  const customer = await account.client({ retries: 2 }).customers.create({ name: "Once" });

  assert.equal((await account.pull("GET", `/faults/${fault.id}`)).hits, 1);
  const { data } = await account.stripe.customers.list();
  assert.deepEqual(data.map((each) => each.id), [customer.id]);
});

test("refusals come as the SDK's own classes", PATIENCE, async () => {
  const account = new Account();
  const { stripe } = account;
  const {
    StripeAPIError,
    StripeAuthenticationError,
    StripeCardError,
    StripeConnectionError,
    StripeInvalidRequestError,
    StripeRateLimitError,
  } = Stripe.errors;
  const customer = await stripe.customers.create();
  const struck = async (fault, kind) => {
    const { id } = await account.pull("POST", "/faults", fault);
    await assert.rejects(stripe.customers.list(), kind);
    await account.pull("DELETE", `/faults/${id}`);
  };

  await assert.rejects(stripe.customers.create({ colour: "red" }), (error) => {
    assert.ok(error instanceof StripeInvalidRequestError);
    assert.deepEqual([error.code, error.param], ["parameter_unknown", "colour"]);
    return true;
  });
  await assert.rejects(stripe.customers.retrieve("cus_no"), { code: "resource_missing" });
  const card = stripe.paymentMethods.attach("pm_card_chargeDeclined", { customer: customer.id });
  await assert.rejects(card, StripeCardError);
  await assert.rejects(account.client({ key: "nonsense" }).customers.list(), StripeAuthenticationError);
  await struck({ status: 429 }, StripeRateLimitError);
  await struck({ status: 500 }, StripeAPIError);
  await struck({ effect: "reset" }, StripeConnectionError);
});
