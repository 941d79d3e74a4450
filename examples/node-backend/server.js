// The backend: `node server.js`, with the environment of contracts/environment.yaml.
import { readModel } from "./src/access.js";
import { serve } from "./src/http.js";
import { Metrics } from "./src/metrics.js";
import { Provider } from "./src/provider.js";
import { routes } from "./src/routes.js";
import { readSettings } from "./src/settings.js";
import { Store } from "./src/store.js";

const LET_END_MS = 15_000;

class App {
  constructor(settings) {
    this.settings = settings;
    this.store = new Store(settings.database);
    this.metrics = new Metrics(this.store, settings.plans);
    this.provider = new Provider(settings);
  }

  /** What `user` has at this instant. */
  subscription(user) {
    const rows = this.store.all("SELECT body FROM subscriptions WHERE user = ?", user);
    return readModel(rows.map(({ body }) => JSON.parse(body)), this.settings.plans, Date.now() / 1000);
  }
}

function stop(server) {
  server.close(() => process.exit(0));
  // Connections that were busy become idle when their answer is out.
  setInterval(() => server.closeIdleConnections(), 50);
  setTimeout(() => process.exit(0), LET_END_MS);
}

function start() {
  let settings;
  try {
    settings = readSettings(process.env);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
  const app = new App(settings);
  const server = serve(app, routes(app));
  server.on("error", ({ code }) => {
    console.error(`cannot listen at HOST and PORT: ${code}`);
    process.exit(1);
  });
  process.once("SIGTERM", () => stop(server));
  process.once("SIGINT", () => stop(server));
  server.listen(settings.port, settings.host);
}

start();
