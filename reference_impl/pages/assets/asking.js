/** Asking the backend, and what may become of it. */

const BASE = "/api/v1";
const PATIENCE_MS = 15_000; // the backend has 10 s

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
 * Ask for one thing.
 * @param {string} method
 * @param {string} path
 * @param {string} [initData]
 * @param {object} [body]
 * @returns {Promise<any>} the parsed answer; a Failure for all that is not 2xx
 */
export async function ask(method, path, initData, body) {
  const headers = new Headers({ Accept: "application/json" });
  if (initData) headers.set("Authorization", `tma ${initData}`);
  if (body) headers.set("Content-Type", "application/json");
  const answer = await send(path, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status === 204) return null;
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
