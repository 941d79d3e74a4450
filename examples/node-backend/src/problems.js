// Every error that is answered, in one table: its type, status and title (RFC 9457).
const PROBLEMS = {
  unauthenticated: [401, "Unauthenticated"],
  "not-found": [404, "Not found"],
  "method-not-allowed": [405, "Method not allowed"],
  "malformed-request": [400, "Malformed request"],
  "validation-failed": [422, "Validation failed"],
  "idempotency-key-reused": [422, "Idempotency key reused"],
  "already-subscribed": [409, "Already subscribed"],
  "payment-pending": [409, "Payment pending"],
  "no-customer": [409, "No customer"],
  "device-limit-reached": [409, "Device limit reached"],
  "invalid-cursor": [400, "Invalid cursor"],
  "invalid-signature": [400, "Invalid signature"],
  "malformed-event": [400, "Malformed event"],
  "provider-unavailable": [503, "Provider unavailable"],
  "not-ready": [503, "Not ready"],
  "internal-error": [500, "Internal error"],
};
const RETRY_AFTER_SECONDS = "5";

export class Problem extends Error {
  constructor(type, { status, headers = {}, pointer, detail } = {}) {
    super(type);
    this.type = type;
    this.status = status ?? PROBLEMS[type][0];
    this.headers = { ...headers, ...(this.status === 503 && { "Retry-After": RETRY_AFTER_SECONDS }) };
    this.errors = pointer === undefined ? undefined : [{ pointer, detail }];
  }

  get body() {
    const title = PROBLEMS[this.type][1];
    return { type: `urn:billproof:problem:${this.type}`, title, status: this.status, errors: this.errors };
  }
}

export function invalid(pointer, detail) {
  return new Problem("validation-failed", { pointer, detail });
}
