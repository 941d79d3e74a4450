// HTTP: the routes of openapi.yaml, their guards, bodies in, answers and problems out.
import { createServer } from "node:http";
import { Problem } from "./problems.js";
import { caller, isSame } from "./telegram.js";

const GUARDS = {
  nobody: () => undefined,
  user: ({ headers }, { settings }) => caller(headers.authorization, settings.botToken),
  scraper: ({ headers }, { settings }) => {
    const token = /^bearer (.+)$/i.exec(headers.authorization ?? "")?.[1] ?? "";
    if (!isSame(token, settings.metricsToken)) {
      throw new Problem("unauthenticated", { headers: { "WWW-Authenticate": "Bearer" } });
    }
  },
};

/** A server of `routes`: path pattern → method → [guard, handler]. */
export function serve(app, routes) {
  const table = Object.entries(routes).map(([path, methods]) => [new RegExp(`^${path}$`), methods]);
  const server = createServer(async (request, response) => {
    if (!server.listening) response.setHeader("Connection", "close");
    try {
      send(response, await answer(app, table, request));
    } catch (error) {
      send(response, refusal(error));
    }
  });
  server.on("clientError", refuseUnreadable);
  return server;
}

async function answer(app, table, request) {
  const [path, query = ""] = request.url.split(/\?(.*)/s);
  const found = table.map(([pattern, methods]) => [pattern.exec(path), methods]).find(([match]) => match);
  if (!found) throw new Problem("not-found");
  const [match, methods] = found;
  const route = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  if (!route) throw new Problem("method-not-allowed", { headers: { Allow: Object.keys(methods).join(", ") } });
  const [guard, handler] = route;
  const user = GUARDS[guard](request, app);
  return handler({ user, request, query: new URLSearchParams(query), named: match.slice(1) });
}

function refusal(error) {
  const problem = error instanceof Problem ? error : new Problem("internal-error");
  if (problem !== error) console.error(`internal error: ${error.name} ${error.code ?? ""}`);
  return { status: problem.status, headers: problem.headers, type: "application/problem+json", body: problem.body };
}

function send(response, { status = 200, headers = {}, type = "application/json", body }) {
  const content = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const described = content === undefined ? {} : { "Content-Type": type };
  response.writeHead(status, { "Cache-Control": "no-store", ...described, ...headers });
  response.end(content);
}

function refuseUnreadable(error, socket) {
  if (!socket.writable) return;
  const body = JSON.stringify(new Problem("malformed-request").body);
  const head = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: application/problem+json";
  socket.end(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

/** All bytes of the body; a longer one is read to its end and refused, so that the sender hears it. */
export async function bytesOf(request, most, problem) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= most) chunks.push(chunk);
  }
  if (size > most) throw problem;
  return Buffer.concat(chunks);
}

/** The body as JSON, an object with no other members than `names`. */
export async function jsonOf(request, names) {
  const type = (request.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  const bytes = await bytesOf(request, 65_536, new Problem("malformed-request", { status: 413 }));
  if (type !== "application/json") throw new Problem("malformed-request", { status: 415 });
  let body;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new Problem("malformed-request");
  }
  const fits = body !== null && typeof body === "object" && !Array.isArray(body);
  if (!fits || Object.keys(body).some((name) => !names.includes(name))) {
    throw new Problem("validation-failed", { pointer: "", detail: `An object of ${names.join(", ")} and nothing else.` });
  }
  return body;
}
