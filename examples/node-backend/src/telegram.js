// Who calls: Telegram's signed init data, from Authorization and from nowhere else.
import { createHmac, timingSafeEqual } from "node:crypto";
import { Problem } from "./problems.js";

const OLDEST_SECONDS = 86_400;
const AHEAD_SECONDS = 300;

/** The user's id that `authorization` proves; anything wrong with it is one and the same 401. */
export function caller(authorization, botToken, now = Date.now() / 1000) {
  const raw = /^tma (.+)$/i.exec(authorization ?? "")?.[1];
  const id = raw === undefined ? undefined : verifiedId(raw, botToken, now);
  if (id === undefined) throw new Problem("unauthenticated", { headers: { "WWW-Authenticate": "tma" } });
  return id;
}

function verifiedId(raw, botToken, now) {
  const fields = parse(raw);
  if (!fields || !isGenuine(fields, botToken)) return undefined;
  const date = fields.get("auth_date") ?? "";
  if (!/^\d{1,15}$/.test(date)) return undefined;
  const age = now - Number(date);
  if (age > OLDEST_SECONDS || age < -AHEAD_SECONDS) return undefined;
  return userId(fields.get("user"));
}

/** The fields, each decoded once; undefined when one occurs twice or cannot be decoded. */
function parse(raw) {
  const fields = new Map();
  try {
    for (const part of raw.split("&")) {
      const [name, value = ""] = part.split(/=(.*)/s).map(decodeURIComponent);
      if (fields.has(name)) return undefined;
      fields.set(name, value);
    }
  } catch {
    return undefined;
  }
  return fields;
}

function isGenuine(fields, botToken) {
  const lines = [...fields].filter(([name]) => name !== "hash").map(([name, value]) => `${name}=${value}`);
  const key = createHmac("sha256", "WebAppData").update(botToken).digest();
  const digest = createHmac("sha256", key).update(lines.sort().join("\n")).digest("hex");
  return isSame(fields.get("hash") ?? "", digest);
}

function userId(json) {
  try {
    const { id } = JSON.parse(json);
    return Number.isSafeInteger(id) && id > 0 ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Whether both texts have the same bytes, in constant time. */
export function isSame(one, other) {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
