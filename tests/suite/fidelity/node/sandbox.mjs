// The running sandbox: the official SDK on a new account, its levers, and a webhook endpoint.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import Stripe from "stripe";

const { hostname, port } = new URL(process.env.SANDBOX_URL);

export class Account {
  constructor() {
    this.key = `sk_test_${randomUUID().replaceAll("-", "")}`;
    this.stripe = this.client();
  }

  client(settings = {}) {
    return new Stripe(settings.key ?? this.key, {
      host: hostname,
      port,
      protocol: "http",
      maxNetworkRetries: settings.retries ?? 0,
      telemetry: false,
    });
  }

  async pull(method, path, body) {
    const answer = await fetch(`${process.env.SANDBOX_URL}/_sandbox${path}`, {
      method,
      headers: { authorization: `Bearer ${this.key}`, "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  pay(session) {
    return this.pull("POST", `/checkout/sessions/${session.id}/pay`, {});
  }
}

// Answers 200 and keeps what came; `next` waits for one more delivery.
export class Endpoint {
  async open() {
    this.waiting = [];
    this.got = [];
    this.server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      response.end();
      this.#take({ body: Buffer.concat(chunks), signature: request.headers["stripe-signature"] });
    });
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    this.url = `http://127.0.0.1:${this.server.address().port}/hook`;
    return this;
  }

  #take(delivery) {
    const waiting = this.waiting.shift();
    if (waiting) waiting(delivery);
    else this.got.push(delivery);
  }

  next() {
    if (this.got.length) return Promise.resolve(this.got.shift());
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

// Asks again until it is so; the test's own patience is the deadline.
export async function until(isSo) {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}
