"""What goes into a template, so that its clones can be emptied: a schema that nobody sees.

Its name begins with `pg_`, as only a superuser can have it: reflection, pg_dump and search paths
leave such schemas out. In it are a sequence that counts changes of the schema (sequences do not
roll back, so it counts those that were rolled back, too), a copy of each row that the template
starts with, and one function that looks whether it is safe to go on, and makes everything anew.
"""

from __future__ import annotations

from typing import Any, LiteralString

from psycopg.sql import SQL, Composed, Identifier, Literal

from billproof.database.postgres.server import Admin

NOTE = """
SET allow_system_table_mods = on;
CREATE SCHEMA pg_billproof;
CREATE SEQUENCE pg_billproof.changes;
CREATE FUNCTION pg_billproof.note_change() RETURNS event_trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  -- CREATE … IF NOT EXISTS, which apps run at each of their starts, may have done nothing.
  IF tg_event = 'ddl_command_end' AND tg_tag LIKE 'CREATE %'
    AND NOT EXISTS (SELECT FROM pg_event_trigger_ddl_commands())
  THEN RETURN; END IF;
  PERFORM nextval('pg_billproof.changes');
END $$
"""
WATCH = """
CREATE EVENT TRIGGER billproof_changes ON ddl_command_end
EXECUTE FUNCTION pg_billproof.note_change();
ALTER EVENT TRIGGER billproof_changes ENABLE ALWAYS;
-- Those that may fail and leave something all the same: they have a form with CONCURRENTLY.
CREATE EVENT TRIGGER billproof_attempts ON ddl_command_start
WHEN TAG IN ('CREATE INDEX', 'ALTER TABLE') EXECUTE FUNCTION pg_billproof.note_change();
ALTER EVENT TRIGGER billproof_attempts ENABLE ALWAYS;
"""
FOREIGN_NAMES = "nspname !~ '^pg_' AND nspname <> 'information_schema'"
TABLES: LiteralString = f"""
SELECT c.oid, nspname, relname, ARRAY(
  SELECT attname::text FROM pg_attribute
  WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
  ORDER BY attnum
)
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND {FOREIGN_NAMES} ORDER BY c.oid
"""  # noqa: S608 - constants
SEQUENCES: LiteralString = f"""
SELECT c.oid, nspname, relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'S' AND {FOREIGN_NAMES} ORDER BY c.oid
"""  # noqa: S608 - constants
HINDRANCES = """
SELECT 'a trigger fires for replicas too' FROM pg_trigger WHERE tgenabled IN ('A', 'R')
UNION ALL
SELECT 'a rule holds for replicas too' FROM pg_rewrite WHERE ev_enabled IN ('A', 'R')
UNION ALL
SELECT 'there are large objects' FROM pg_largeobject_metadata
LIMIT 1
"""
RECYCLE = """
CREATE FUNCTION pg_billproof.recycle(ours text, since xid, marks text[], is_pool_alone boolean,
  OUT refusal text, OUT until xid)
LANGUAGE plpgsql SET search_path = pg_catalog AS $recycle$
DECLARE
  restored bigint;
  sessions bigint;
  strangers bigint;
  mine CONSTANT oid := (SELECT oid FROM pg_database WHERE datname = current_database());
BEGIN
  refusal := CASE
    WHEN (SELECT is_called FROM pg_billproof.changes) THEN 'the schema was changed'
    WHEN EXISTS (SELECT FROM pg_largeobject_metadata) THEN 'there are large objects'
    WHEN EXISTS (SELECT FROM pg_prepared_xact() WHERE dbid = mine)
      THEN 'a transaction is prepared'
    WHEN EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase = mine)
      THEN 'the database was altered'
    WHEN (
      SELECT count(*) FROM pg_database
      WHERE concat_ws(':', oid, xmin, datallowconn) = ANY (marks)
    ) <> cardinality(marks) THEN 'the database or its template was altered'
  END;
  IF refusal IS NOT NULL THEN RETURN; END IF;
  -- Who has just left may still be in the list for a moment.
  FOR look IN REVERSE {looks}..0 LOOP
    SELECT count(*), count(*) FILTER (
      WHERE application_name IS DISTINCT FROM ours OR state IS DISTINCT FROM 'idle'
    ) INTO sessions, strangers FROM pg_stat_get_activity(NULL)
    WHERE datid = mine AND pid <> pg_backend_pid() AND backend_type = 'client backend';
    EXIT WHEN strangers = 0;
    IF look = 0 THEN refusal := 'somebody else is connected'; RETURN; END IF;
    PERFORM pg_sleep(0.001);
    PERFORM pg_stat_clear_snapshot();
  END LOOP;
  -- A session forgets its locks when it is next taken. The only one of the only pool is taken
  -- before any other, so nobody can come to wait for them; to look for them is dear.
  IF (sessions > 1 OR NOT is_pool_alone) AND EXISTS (
    SELECT FROM pg_lock_status() WHERE locktype = 'advisory' AND database = mine
  ) THEN refusal := 'an advisory lock is held'; RETURN; END IF;
  {work}
  until := pg_current_xact_id()::xid;
END $recycle$
"""
LOOKS = 15
EMPTY = "IF pg_relation_size({oid}) > 0 THEN DELETE FROM ONLY {table}; END IF;"
RESTORE = """
IF (SELECT count(*) <> {count} OR min(age(xmin)) < age(since) FROM ONLY {table}) THEN
  DELETE FROM ONLY {table};
  INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {copy};
  GET DIAGNOSTICS restored = ROW_COUNT;
  ASSERT restored = {count}, 'the copy of the seeded rows was changed';
END IF;
"""
REWIND = """
PERFORM setval(each, last, is_called) FROM (VALUES {rows}) AS known (each, last, is_called);
"""


def install(inside: Admin) -> str | None:
    """Put it into a template; the reason when its clones cannot be emptied."""
    inside.execute(NOTE)
    if found := inside.execute(HINDRANCES).fetchone():
        return str(found[0])
    work = [_empty_or_restore(inside, *row) for row in inside.execute(TABLES).fetchall()]
    if sequences := inside.execute(SEQUENCES).fetchall():
        rows = [_value(inside, *row) for row in sequences]
        work.append(SQL(REWIND).format(rows=SQL(", ").join(rows)))
    inside.execute(SQL(RECYCLE).format(looks=Literal(LOOKS), work=SQL("\n").join(work)))
    inside.execute(WATCH)
    return None


def _empty_or_restore(
    inside: Admin, oid: int, schema: str, name: str, columns: list[str]
) -> Composed:
    table = Identifier(schema, name)
    count = _one(inside, SQL("SELECT count(*) FROM ONLY {}").format(table))[0]
    if not count:
        return SQL(EMPTY).format(oid=Literal(oid), table=table)
    copy = Identifier("pg_billproof", f"rows_{oid}")
    listed = SQL(", ").join(map(Identifier, columns))
    statement = SQL("CREATE TABLE {} AS SELECT {} FROM ONLY {}")
    inside.execute(statement.format(copy, listed, table))
    return SQL(RESTORE).format(count=Literal(count), table=table, columns=listed, copy=copy)


def _value(inside: Admin, oid: int, schema: str, name: str) -> Composed:
    query = SQL("SELECT last_value, is_called FROM {}").format(Identifier(schema, name))
    last, is_called = _one(inside, query)
    return SQL("({}::oid, {}::bigint, {})").format(oid, last, is_called)


def _one(inside: Admin, query: Composed) -> tuple[Any, ...]:
    found = inside.execute(query).fetchone()
    assert found is not None  # noqa: S101 - an aggregate, or a sequence
    return found
