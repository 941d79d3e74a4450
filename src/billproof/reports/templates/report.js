"use strict";
const form = document.getElementById("filter");
const clauses = [...document.querySelectorAll("details.clause")];
const cells = new Map(
  [...document.querySelectorAll(".matrix li")].map(cell => [cell.dataset.clause, cell]),
);
const texts = new Map(clauses.map(each => [each, each.textContent.toLowerCase()]));

function filter() {
  const data = new FormData(form);
  const words = data.get("words").toLowerCase().split(/\s+/).filter(Boolean);
  const verdicts = data.getAll("verdict");
  let shown = 0;
  for (const each of clauses) {
    const wanted = (!verdicts.length || verdicts.includes(each.dataset.verdict)) &&
      words.every(word => texts.get(each).includes(word));
    each.hidden = !wanted;
    cells.get(each.dataset.clause).hidden = !wanted;
    shown += wanted;
  }
  for (const part of document.querySelectorAll(".capability, .row")) {
    part.hidden = !part.querySelector("details.clause:not([hidden]), .matrix li:not([hidden])");
  }
  document.getElementById("shown").textContent = `${shown} of ${clauses.length} clauses`;
  document.getElementById("none").hidden = shown > 0;
}

function unfold() {
  const body = document.getElementById(location.hash.slice(1));
  const clause = body && body.closest("details.clause");
  if (!clause) return;
  if (clause.hidden) {
    form.reset();
    filter();
  }
  clause.open = true;
  clause.scrollIntoView();
  clause.querySelector("summary").focus({ preventScroll: true });
}

// The viewer reads traces in a service worker, which a page from a file may not have.
if (location.protocol.startsWith("http")) {
  for (const link of document.querySelectorAll("a[data-trace]")) {
    const viewer = new URL("pages/viewer/index.html", location.href);
    viewer.searchParams.set("trace", link.href);
    link.href = viewer.href;
  }
  for (const hint of document.querySelectorAll(".shown-from-file")) hint.hidden = true;
}

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", event => event.preventDefault());
for (const button of form.querySelectorAll("button")) {
  button.addEventListener("click", () => {
    for (const each of clauses) {
      if (!each.hidden) each.open = button.dataset.open === "true";
    }
  });
}
addEventListener("hashchange", unfold);
filter();
unfold();
