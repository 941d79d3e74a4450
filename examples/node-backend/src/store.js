// The database: SQLite, which several processes may share. What must not be done twice at
// once across a call to Stripe stands under a lock of the database.
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS locks (name TEXT PRIMARY KEY, pid INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS customers (user INTEGER PRIMARY KEY, customer TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS sessions (
    user INTEGER PRIMARY KEY, session TEXT NOT NULL, plan TEXT NOT NULL, customer TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS attempts (
    user INTEGER, what TEXT, key TEXT NOT NULL, params TEXT NOT NULL, PRIMARY KEY (user, what));
  CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY, user INTEGER NOT NULL, customer TEXT NOT NULL, body TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS subscriptions_of_user ON subscriptions (user);
  CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS idempotency_keys (
    user INTEGER, key TEXT, body TEXT NOT NULL, PRIMARY KEY (user, key));
  CREATE TABLE IF NOT EXISTS devices (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, user INTEGER NOT NULL,
    fingerprint TEXT NOT NULL, name TEXT NOT NULL, created_at TEXT NOT NULL, secret_hash TEXT NOT NULL,
    UNIQUE (user, fingerprint));
  CREATE TABLE IF NOT EXISTS counters (series TEXT PRIMARY KEY, value INTEGER NOT NULL);
`;

export class Store {
  #database;
  #statements = new Map();

  constructor(path) {
    this.#database = new DatabaseSync(path, { timeout: 5000 });
    this.transaction(() => {
      this.#database.exec(SCHEMA);
      this.run("INSERT OR IGNORE INTO secrets VALUES ('cursor', ?)", randomBytes(32).toString("hex"));
      // A killed process with this one's number may have left some; in containers it is the usual case.
      this.run("DELETE FROM locks WHERE pid = ?", process.pid);
    });
  }

  run(sql, ...values) {
    return this.#prepared(sql).run(...values).changes;
  }

  one(sql, ...values) {
    return this.#prepared(sql).get(...values);
  }

  all(sql, ...values) {
    return this.#prepared(sql).all(...values);
  }

  /** Do `work`, which awaits nothing, as one transaction that nobody else writes beside. */
  transaction(work) {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** Do `work` while no other call of any process holds `name`; `deadline` is told on each try. */
  async locked(name, deadline, work) {
    while (!this.#take(name)) {
      deadline.check();
      await pause(10);
    }
    try {
      return await work();
    } finally {
      this.run("DELETE FROM locks WHERE name = ?", name);
    }
  }

  #take(name) {
    if (this.run("INSERT OR IGNORE INTO locks VALUES (?, ?)", name, process.pid) > 0) return true;
    const holder = this.one("SELECT pid FROM locks WHERE name = ?", name);
    if (holder && !isAlive(holder.pid)) {
      this.run("DELETE FROM locks WHERE name = ? AND pid = ?", name, holder.pid);
    }
    return false;
  }

  #prepared(sql) {
    if (!this.#statements.has(sql)) this.#statements.set(sql, this.#database.prepare(sql));
    return this.#statements.get(sql);
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}
