/* What each of these Mini Apps shows of what its SDK tells it. */
const PORTAL = "https://billing.stripe.com/p/session/test_of_nobody";

function show(name, text) {
  document.getElementById(name).textContent = text;
}

function onTap(act) {
  document.querySelector("button").addEventListener("click", act);
}
