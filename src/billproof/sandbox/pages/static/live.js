// Keeps the start page up to date: asks for it again, and puts in what has changed.
// What the reader has unfolded, typed or focused stays as it is.

const PAUSE_MS = 1000;
const TYPING_MS = 150;
// A page that takes the sandbox long is asked for less often: it has others to answer.
const PAUSES_PER_ANSWER = 4;
const state = document.getElementById("live");
const search = document.querySelector("input[type=search]");
let tag = "";
let asked = new AbortController();
let typing;

function say(text, tone) {
  if (state.textContent !== text) state.textContent = text;
  state.className = `badge ${tone}`;
}

function keepOpen(part, fresh) {
  for (const open of part.querySelectorAll("details[open]")) {
    fresh.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute("open", "");
  }
}

function markNew(part, fresh) {
  for (const row of fresh.querySelectorAll("details[id]")) {
    if (!part.querySelector(`#${CSS.escape(row.id)}`)) row.classList.add("fresh");
  }
}

function putIn(part, fresh, isSame) {
  keepOpen(part, fresh);
  for (const row of part.querySelectorAll(".fresh")) row.classList.remove("fresh");
  if (part.isEqualNode(fresh)) return;
  if (isSame) markNew(part, fresh);
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const place = focused?.id || focused?.closest("[id]")?.id;
  part.replaceChildren(...document.adoptNode(fresh).childNodes);
  if (place && place !== part.id) {
    const row = document.getElementById(place);
    (row?.matches("details") ? row.querySelector("summary") : row)?.focus({ preventScroll: true });
  }
}

async function refresh(isSame = true) {
  asked.abort();
  asked = new AbortController();
  const headers = tag ? { "If-None-Match": tag } : {};
  const answer = await fetch(location.href, { headers, cache: "no-store", signal: asked.signal });
  if (answer.status === 304) return true;
  if (answer.status === 404) return false; // after a restart accounts have other addresses
  if (!answer.ok) throw new Error(String(answer.status));
  const text = await answer.text();
  const next = new DOMParser().parseFromString(text, "text/html");
  tag = answer.headers.get("ETag") ?? "";
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = next.getElementById(part.id);
    if (fresh) putIn(part, fresh, isSame);
  }
  return true;
}

async function turn(isSame) {
  try {
    if (document.hidden || (await refresh(isSame))) say("Live", "badge-good");
    else say("No longer there: see all accounts", "badge-note");
  } catch (error) {
    if (error.name === "AbortError") return;
    say("The sandbox does not answer", "badge-note");
  }
}

search?.addEventListener("input", () => {
  const address = new URL(location.href);
  if (search.value) address.searchParams.set("q", search.value);
  else address.searchParams.delete("q");
  history.replaceState(null, "", address);
  clearTimeout(typing);
  typing = setTimeout(turn, TYPING_MS, false);
});

async function forever() {
  const begun = performance.now();
  await turn(true);
  const took = performance.now() - begun;
  setTimeout(forever, Math.max(PAUSE_MS, took * PAUSES_PER_ANSWER));
}

forever();
