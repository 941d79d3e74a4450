// Counters live in the database, where all processes write them; prom-client only words them.
import { Counter, Registry } from "prom-client";
import { OUTCOMES, TYPES } from "./webhook.js";

const FAMILIES = {
  miniapp_checkout_start_total: ["Checkout Sessions created", ["plan"]],
  miniapp_portal_open_total: ["Portal sessions created", []],
  billing_webhook_events_total: ["Deliveries of Stripe's events", ["type", "outcome"]],
  miniapp_device_register_total: ["Devices registered", []],
  miniapp_device_revoke_total: ["Devices revoked", []],
};

export class Metrics {
  #store;
  #series;

  constructor(store, plans) {
    this.#store = store;
    const types = [...TYPES, "other", "unknown"];
    this.#series = [
      ...plans.filter(({ price }) => price).map(({ key }) => ["miniapp_checkout_start_total", { plan: key }]),
      ...types.flatMap((type) => OUTCOMES.map((outcome) => ["billing_webhook_events_total", { type, outcome }])),
      ...["miniapp_portal_open_total", "miniapp_device_register_total", "miniapp_device_revoke_total"].map((name) => [name, {}]),
    ];
  }

  /** One more, in the transaction of what is counted where there is one. */
  count(name, labels = {}) {
    const more = "INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1";
    this.#store.run(more, JSON.stringify([name, labels]));
  }

  text() {
    const registry = new Registry();
    const made = Object.entries(FAMILIES).map(([name, [help, labelNames]]) => [
      name,
      new Counter({ name, help, labelNames, registers: [registry] }),
    ]);
    const counters = Object.fromEntries(made);
    for (const [name, labels] of this.#series) counters[name].inc(labels, 0);
    for (const { series, value } of this.#store.all("SELECT series, value FROM counters")) {
      const [name, labels] = JSON.parse(series);
      counters[name].inc(labels, value);
    }
    return registry.metrics();
  }
}
