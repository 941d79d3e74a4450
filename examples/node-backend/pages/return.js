// Where checkout leads back to: says what the backend knows, and nothing of its own address.
import { ask, explain, find, Refused, say, signedIn, telegram } from "./session.js";

const SOON_MS = 1_000;

async function look() {
  try {
    const { access } = await ask("GET", "/billing/subscription");
    say("");
    if (access) {
      find("state").textContent = "Your plan is active.";
      return;
    }
  } catch (error) {
    explain(error);
    if (error instanceof Refused && error.status === 401) return;
  }
  setTimeout(look, SOON_MS);
}

telegram?.BackButton?.onClick(() => location.assign("/app/billing"));
telegram?.BackButton?.show();
if (signedIn) look();
else say("Open this page from Telegram to see your plan.");
