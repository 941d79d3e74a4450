// What both pages need: who opened this window, the API, and Telegram where there is one.
export const telegram = window.Telegram?.WebApp;
export const find = (id) => document.getElementById(id);

const KEPT = "init-data";

/** Init data of this window: Telegram's, the address's, or what this tab was opened with. */
function initData() {
  const address = new URLSearchParams(location.hash.slice(1)).get("tgWebAppData");
  const given = address || telegram?.initData || sessionStorage.getItem(KEPT) || "";
  if (given) sessionStorage.setItem(KEPT, given);
  // No address keeps them, where histories and logs would find them.
  if (address) history.replaceState(history.state, "", location.pathname + location.search);
  return given;
}

export const signedIn = initData();

export class Refused extends Error {
  constructor(status, type) {
    super(type);
    this.status = status;
    this.type = type;
  }
}

/** What the API answers; `Refused` when it says no, a TypeError when nothing comes. */
export async function ask(method, path, body) {
  const headers = { Authorization: `tma ${signedIn}` };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (answer.ok) return answer.status === 204 ? undefined : answer.json();
  const problem = await answer.json().catch(() => ({}));
  throw new Refused(answer.status, String(problem.type).split(":").at(-1));
}

/** Say `words` to everybody, with a button that does `again`, if that helps. */
export function say(words, again) {
  const said = words ? [element("p", words)] : [];
  if (again) said.push(button("Try again", again));
  find("alerts").replaceChildren(...said);
}

/** Say why something did not come about. */
export function explain(error, again) {
  if (!(error instanceof Refused)) return say("You are offline.", again);
  if (error.status === 401) return say("Open this page again from Telegram.");
  return say("This is not available right now.", again);
}

export function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A button that does `act` once, however often it is tapped meanwhile. */
export function button(text, act) {
  const made = element("button", text, { type: "button" });
  made.addEventListener("click", async () => {
    made.disabled = true;
    try {
      await act();
    } finally {
      made.disabled = false;
      // Disabled it could not take the focus back from a question that was closed.
      const { activeElement, body } = document;
      if (activeElement === body || !activeElement.checkVisibility()) made.focus();
    }
  });
  return made;
}

/** An instant in UTC, in words. */
export function day(instant) {
  const how = { dateStyle: "long", timeStyle: "short", timeZone: "UTC", hourCycle: "h23" };
  return `${new Intl.DateTimeFormat("en", how).format(new Date(instant))} UTC`;
}

/** An amount in minor units, with the decimals of its currency. */
export function money(amount, currency) {
  const format = new Intl.NumberFormat("en", { style: "currency", currency });
  return format.format(amount / 10 ** format.resolvedOptions().maximumFractionDigits);
}
