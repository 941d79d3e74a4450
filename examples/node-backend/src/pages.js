// The Mini App's pages and what they load, from the folder beside this one.
import { readFileSync } from "node:fs";

const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8" };
const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self' https://telegram.org; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

export function pageRoutes() {
  return {
    "/app/billing": page("billing.html"),
    "/app/billing/return": page("return.html"),
    ...Object.fromEntries(["session.js", "billing.js", "return.js", "style.css"].map((name) => [`/app/${name}`, page(name)])),
  };
}

function page(name) {
  const body = readFileSync(new URL(`../pages/${name}`, import.meta.url), "utf8");
  const type = TYPES[name.split(".").at(-1)];
  return { GET: ["nobody", () => ({ body, type, headers: HEADERS })] };
}
