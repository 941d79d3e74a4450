// What each operation of openapi.yaml reads from a request and answers with.
import { checkout } from "./checkout.js";
import { listed, register, revoke } from "./devices.js";
import { bytesOf, jsonOf } from "./http.js";
import { instant, invoices } from "./invoices.js";
import { pageRoutes } from "./pages.js";
import { portal } from "./portal.js";
import { invalid, Problem } from "./problems.js";
import { receive } from "./webhook.js";

const API = "/api/v1";
const MOST_OF_AN_EVENT = 1_048_576;

export function routes(app) {
  return {
    [`${API}/billing/plans`]: { GET: ["nobody", () => ({ body: { plans: app.settings.plans.map(offered) } })] },
    [`${API}/billing/subscription`]: { GET: ["user", ({ user }) => ({ body: subscription(app.subscription(user)) })] },
    [`${API}/billing/checkout`]: { POST: ["user", (call) => startCheckout(app, call)] },
    [`${API}/billing/portal`]: { POST: ["user", async ({ user }) => ({ status: 201, body: { url: await portal(app, user) } })] },
    [`${API}/billing/invoices`]: { GET: ["user", (call) => listInvoices(app, call)] },
    [`${API}/billing/webhooks/stripe`]: { POST: ["nobody", (call) => takeEvent(app, call)] },
    [`${API}/devices`]: {
      GET: ["user", ({ user }) => ({ body: { devices: listed(app.store, user), limit: app.subscription(user).effective.device_limit } })],
      POST: ["user", (call) => registerDevice(app, call)],
    },
    [`${API}/devices/([^/]+)`]: { DELETE: ["user", (call) => revokeDevice(app, call)] },
    "/metrics": { GET: ["scraper", async () => ({ type: "text/plain; version=0.0.4; charset=utf-8", body: await app.metrics.text() })] },
    "/livez": { GET: ["nobody", () => ({ body: { status: "ok" } })] },
    "/readyz": { GET: ["nobody", () => ready(app)] },
    ...pageRoutes(),
  };
}

function offered({ key, amount, currency, interval, trial_days, device_limit, rank }) {
  return { key, amount, currency, interval, trial_days, device_limit, rank };
}

function subscription({ plan, effective, status, access, periodEnd, endsAt, cancels }) {
  const instants = { current_period_end: instant(periodEnd), ends_at: instant(endsAt) };
  return { plan: plan.key, effective_plan: effective.key, status, access, ...instants, cancels };
}

async function startCheckout(app, { user, request }) {
  const body = await jsonOf(request, ["plan"]);
  const plan = app.settings.plans.find(({ key, price }) => key === body.plan && price);
  if (!plan) throw invalid("/plan", "There is no such plan to buy.");
  const session = await checkout(app, user, plan, idempotencyKey(request));
  return { status: 201, body: { session_id: session.id, url: session.url, expires_at: instant(session.expires_at) } };
}

function idempotencyKey(request) {
  const sent = request.headers["idempotency-key"];
  if (sent === undefined) return undefined;
  const key = /^"(.*)"$/s.exec(sent)?.[1] ?? sent;
  if (key.trim() === "" || key.length > 255) throw new Problem("validation-failed");
  return key;
}

async function listInvoices(app, { user, query }) {
  const limit = query.get("limit") ?? "20";
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100) throw invalid("/limit", "From 1 to 100.");
  const cursor = query.get("cursor") ?? undefined;
  if (cursor === "" || cursor?.length > 512) throw invalid("/cursor", "Of 1 to 512 characters.");
  return { body: await invoices(app, user, Number(limit), cursor) };
}

async function takeEvent(app, { request }) {
  const bytes = await bytesOf(request, MOST_OF_AN_EVENT, new Problem("malformed-request", { status: 413 }));
  return { body: { outcome: await receive(app, request.headers["stripe-signature"], bytes) } };
}

async function registerDevice(app, { user, request }) {
  const { name, fingerprint } = await jsonOf(request, ["name", "fingerprint"]);
  if (typeof name !== "string" || !/\S/.test(name) || [...name].length > 100) throw invalid("/name", "Of 1 to 100 characters, not all blank.");
  if (typeof fingerprint !== "string" || !/^[A-Za-z0-9._:-]{8,128}$/.test(fingerprint)) throw invalid("/fingerprint", "Of 8 to 128 of A-Z a-z 0-9 . _ : -");
  const registered = register(app, user, { name, fingerprint });
  return { status: registered.secret ? 201 : 200, body: registered };
}

function revokeDevice(app, { user, named }) {
  revoke(app, user, named[0]);
  return { status: 204 };
}

function ready(app) {
  try {
    app.store.one("SELECT count(*) FROM customers");
  } catch {
    throw new Problem("not-ready");
  }
  return { body: { status: "ok" } };
}
