/** The billing API, as openapi.yaml describes it. */

const BASE = "/api/v1/billing";
const PATIENCE_MS = 15_000; // the backend has 10 s

/**
 * @typedef {{key: string, amount: number, currency: string, interval: string | null,
 *   trial_days: number, device_limit: number, rank: number}} Plan
 * @typedef {{plan: string, effective_plan: string, status: string, access: boolean,
 *   current_period_end: string | null, ends_at: string | null, cancels: boolean}} Subscription
 */

/** Why there is no answer, or not the wished one: a problem's name, "offline" or "unreachable". */
export class Failure extends Error {
  /** @param {string} kind */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * @param {unknown} error
 * @returns {string} "bug" for what is no Failure
 */
export function kindOf(error) {
  if (error instanceof Failure) return error.kind;
  console.error(error);
  return "bug";
}

/**
 * The catalogue, by rank.
 * @returns {Promise<Plan[]>}
 */
export async function listPlans() {
  return (await ask("GET", "/plans")).plans;
}

/**
 * What the user has.
 * @param {string} initData
 * @returns {Promise<Subscription>}
 */
export function getSubscription(initData) {
  return ask("GET", "/subscription", initData);
}

/**
 * Where the user can pay for a plan.
 * @param {string} initData
 * @param {string} plan its key
 * @returns {Promise<string>}
 */
export async function createCheckout(initData, plan) {
  return webAddress(await ask("POST", "/checkout", initData, { plan }));
}

/**
 * Where the user can change or cancel the subscription; good for a short while.
 * @param {string} initData
 * @returns {Promise<string>}
 */
export async function createPortal(initData) {
  return webAddress(await ask("POST", "/portal", initData));
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} [initData]
 * @param {object} [body]
 * @returns {Promise<any>} the parsed answer; a Failure for all that is not 2xx
 */
async function ask(method, path, initData, body) {
  const headers = new Headers({ Accept: "application/json" });
  if (initData) headers.set("Authorization", `tma ${initData}`);
  if (body) headers.set("Content-Type", "application/json");
  const answer = await send(path, { method, headers, body: body && JSON.stringify(body) });
  const content = await answer.json().catch(() => null);
  if (answer.ok && content) return content;
  throw new Failure(answer.status === 401 ? "unauthenticated" : problemName(content));
}

/** @param {string} path @param {RequestInit} request */
async function send(path, request) {
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    return await fetch(BASE + path, { ...request, cache: "no-store", signal });
  } catch {
    throw new Failure(navigator.onLine ? "unreachable" : "offline");
  }
}

/** @param {{type?: string} | null} problem @returns {string} the last part of its type */
function problemName(problem) {
  return String(problem?.type ?? "").split(":").at(-1) || "internal-error";
}

/** @param {{url: string}} answer */
function webAddress({ url }) {
  if (/^https?:\/\//i.test(url)) return url;
  throw new Failure("internal-error");
}
