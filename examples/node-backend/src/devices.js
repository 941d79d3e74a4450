// Devices: counted and written in one transaction, so that the limit holds.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { Problem } from "./problems.js";

export function listed(store, user) {
  return store.all("SELECT * FROM devices WHERE user = ? ORDER BY number", user).map(shown);
}

// A name may be any text; as JSON even NUL and half a surrogate pair come back as they were.
function shown({ id, name, fingerprint, created_at }) {
  return { id, name: JSON.parse(name), fingerprint, created_at };
}

/** The device and, when it is new, its secret, of which only the hash is kept. */
export function register(app, user, { name, fingerprint }) {
  const { store, metrics } = app;
  return store.transaction(() => {
    const known = store.one("SELECT * FROM devices WHERE user = ? AND fingerprint = ?", user, fingerprint);
    if (known) return { device: shown(known) };
    const { count } = store.one("SELECT count(*) AS count FROM devices WHERE user = ?", user);
    if (count >= app.subscription(user).effective.device_limit) throw new Problem("device-limit-reached");
    const secret = randomBytes(32).toString("base64url");
    const row = { id: `dev_${randomUUID()}`, name: JSON.stringify(name), fingerprint, created_at: new Date().toISOString() };
    store.run(
      "INSERT INTO devices (id, user, fingerprint, name, created_at, secret_hash) VALUES (?, ?, ?, ?, ?, ?)",
      ...[row.id, user, fingerprint, row.name, row.created_at],
      createHash("sha256").update(secret).digest("hex"),
    );
    metrics.count("miniapp_device_register_total");
    return { device: shown(row), secret };
  });
}

export function revoke({ store, metrics }, user, id) {
  store.transaction(() => {
    if (store.run("DELETE FROM devices WHERE user = ? AND id = ?", user, id) === 0) throw new Problem("not-found");
    metrics.count("miniapp_device_revoke_total");
  });
}
