// The one place that calls Stripe: every call is bounded, and every failure is one of two.
import { setTimeout as pause } from "node:timers/promises";
import Stripe from "stripe";
import { Problem } from "./problems.js";

const ANSWER_WITHIN_MS = 8_000;
/** Under way elsewhere, or not looked at: an answer that says nothing of an earlier one. */
const UNDECIDED = new Set([401, 403, 409, 429]);

/** Until when one request of ours has to be answered, whatever it waits for. */
export class Deadline {
  #end = Date.now() + ANSWER_WITHIN_MS;

  get left() {
    return Math.max(this.#end - Date.now(), 0);
  }

  check() {
    if (this.left === 0) throw new Unavailable(false);
  }
}

/** Stripe says that there is no such thing, or that it was deleted. */
export class Missing extends Error {}

/** Stripe failed; `definite` when it has answered, so that nothing of the call is under way. */
export class Unavailable extends Problem {
  constructor(definite) {
    super("provider-unavailable");
    this.definite = definite;
  }
}

export class Provider {
  #stripe;

  constructor({ stripeBase, stripeKey }) {
    const protocol = stripeBase.protocol.replace(":", "");
    const port = stripeBase.port || (protocol === "https" ? 443 : 80);
    const how = { protocol, host: stripeBase.hostname, port, maxNetworkRetries: 0, telemetry: false };
    this.#stripe = new Stripe(stripeKey, how);
  }

  /** What `call` gets from Stripe before `deadline`, or `Missing`, or `Unavailable`. */
  async ask(deadline, call) {
    for (;;) {
      deadline.check();
      try {
        return await this.#once(deadline, call);
      } catch (error) {
        // A call of the same key that we gave up is still under way there: what it does is ours.
        if (error.code !== "idempotency_key_in_use") throw translated(error);
      }
      await pause(100);
    }
  }

  async #once(deadline, call) {
    let timer;
    // The library's own timeout, which ends the call, is one of silence; a slow answer outlasts it.
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Unavailable(false)), deadline.left);
    });
    try {
      return await Promise.race([call(this.#stripe, { timeout: deadline.left }), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The customer, or `Missing` when it was deleted. */
  async customer(deadline, id) {
    const customer = await this.ask(deadline, (stripe, options) => stripe.customers.retrieve(id, {}, options));
    if (customer.deleted) throw new Missing();
    return customer;
  }

  /** All subscriptions of a customer, ended ones too. */
  subscriptions(deadline, customer) {
    const all = { customer, status: "all", limit: 100 };
    return this.ask(deadline, (stripe, options) => stripe.subscriptions.list(all, options).autoPagingToArray({ limit: 10_000 }));
  }
}

function translated(error) {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  if (error.code === "resource_missing") return new Missing();
  console.error(`Stripe failed: ${error.type} ${error.statusCode ?? "without an answer"}`);
  return new Unavailable(error.statusCode !== undefined && !UNDECIDED.has(error.statusCode));
}
