// Stripe's customer portal: a new session for each call, for the caller's own customer.
import { Problem } from "./problems.js";
import { Deadline, Missing } from "./provider.js";

export async function portal(app, user) {
  const customer = app.store.one("SELECT customer FROM customers WHERE user = ?", user)?.customer;
  if (!customer) throw new Problem("no-customer");
  const params = { customer, return_url: `${app.settings.publicUrl}/app/billing` };
  try {
    const session = await app.provider.ask(new Deadline(), (stripe, options) => stripe.billingPortal.sessions.create(params, options));
    app.metrics.count("miniapp_portal_open_total");
    return session.url;
  } catch (error) {
    throw error instanceof Missing ? new Problem("no-customer") : error;
  }
}
