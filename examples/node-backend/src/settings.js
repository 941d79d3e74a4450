// What the environment says, checked once; contracts/environment.yaml has the forms.
import { readFileSync } from "node:fs";

const ORIGIN = /^https?:\/\/[^/\s]+\/?$/;
const TEXT = /^\S+$/;
const SECRETS = /^[^,\s]+(,[^,\s]+)*$/;

/** The settings, or an error whose message names each variable that is wrong, without its value. */
export function readSettings(env) {
  const wrong = [];
  const read = (name, fits, make = (text) => text) => {
    const text = env[name]?.trim() ?? "";
    try {
      if (fits(text)) return make(text);
    } catch {
      // The form is wrong in a way that only reading it shows.
    }
    wrong.push(name);
    return undefined;
  };
  const matches = (pattern) => (text) => pattern.test(text);
  const settings = {
    host: env.HOST?.trim() || "127.0.0.1",
    port: read("PORT", (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65535, Number),
    publicUrl: read("PUBLIC_URL", matches(ORIGIN), origin),
    database: read("DATABASE_URL", matches(/^sqlite:\/\S+$/), (text) => text.replace(/^sqlite:\/+/, "/")),
    stripeBase: read("STRIPE_API_BASE", matches(ORIGIN), (text) => new URL(text)),
    stripeKey: read("STRIPE_SECRET_KEY", matches(TEXT)),
    webhookSecrets: read("STRIPE_WEBHOOK_SECRET", matches(SECRETS), (text) => text.split(",")),
    botToken: read("TELEGRAM_BOT_TOKEN", matches(TEXT)),
    metricsToken: read("METRICS_TOKEN", matches(TEXT)),
    plans: read("BILLING_PLANS", matches(/./), readPlans),
  };
  if (wrong.length > 0) throw new Error(`missing or malformed: ${wrong.join(", ")}`);
  return { ...settings, livemode: /^[sr]k_live_/.test(settings.stripeKey) };
}

function origin(text) {
  new URL(text);
  return text.replace(/\/$/, "");
}

function readPlans(path) {
  const { plans } = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(plans) || !plans.every(isPlan)) throw new Error("not a catalogue");
  const free = plans.filter((plan) => plan.key === "free");
  if (free.length !== 1 || plans.length === 1) throw new Error("not one free plan and one to buy");
  return plans.toSorted((one, other) => one.rank - other.rank);
}

function isPlan(plan) {
  const whole = [plan.amount, plan.trial_days, plan.device_limit, plan.rank];
  const free = plan.key === "free";
  return (
    typeof plan.key === "string" &&
    plan.key !== "" &&
    /^[a-z]{3}$/.test(plan.currency) &&
    whole.every((number) => Number.isInteger(number) && number >= 0) &&
    plan.device_limit >= 1 &&
    (free ? plan.price === null : typeof plan.price === "string" && plan.price !== "") &&
    (free ? [null] : ["month", "year"]).includes(plan.interval)
  );
}
