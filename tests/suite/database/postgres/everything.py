"""A schema with all that rows can be kept in, what is done to it, and what tells its state."""

from __future__ import annotations

IDENTITY = """
CREATE TABLE ours (
  id int GENERATED ALWAYS AS IDENTITY (START 7), x int, twice int GENERATED ALWAYS AS (x * 2) STORED
)
"""
FORBID = """
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'never'; END $$
"""
EVERYTHING = (
    "CREATE TABLE plain (id serial PRIMARY KEY, name text UNIQUE DEFERRABLE INITIALLY DEFERRED)",
    IDENTITY,
    "CREATE TABLE child (id int REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE parted (day int, name text) PARTITION BY RANGE (day)",
    "CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (10)",
    "CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (10) TO (20)",
    "CREATE UNLOGGED TABLE unlogged (x int)",
    "CREATE TABLE heir (extra int) INHERITS (unlogged)",
    'CREATE SCHEMA "Other Schema"',
    'CREATE TABLE "Other Schema"."Odd {} Name" ("Odd Column" text, gone int)',
    'ALTER TABLE "Other Schema"."Odd {} Name" DROP COLUMN gone',
    "CREATE SEQUENCE free START 100 CACHE 5",
    FORBID,
    "CREATE TRIGGER keep BEFORE DELETE ON parted_low FOR EACH ROW EXECUTE FUNCTION forbid()",
    "CREATE RULE keep AS ON DELETE TO unlogged DO INSTEAD NOTHING",
    "ALTER TABLE plain ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE plain FORCE ROW LEVEL SECURITY",
)
SEEDED = (
    "INSERT INTO users (name) VALUES ('ann'), ('ben')",
    "INSERT INTO ours (x) VALUES (3)",
    "INSERT INTO parted VALUES (1, 'low'), (11, 'high')",
    "INSERT INTO child VALUES (2)",
    "INSERT INTO heir VALUES (1, 2)",
    'INSERT INTO "Other Schema"."Odd {} Name" VALUES (\'odd\')',
    "SELECT nextval('free')",
)
WRITES = (
    "INSERT INTO plain (name) VALUES ('ada')",
    "INSERT INTO users (name) VALUES ('ada')",
    "UPDATE ours SET x = 5",
    "INSERT INTO ours (x) VALUES (6)",
    "UPDATE parted SET day = 12 WHERE day = 11",
    "INSERT INTO parted VALUES (2, 'more')",
    "DELETE FROM child",
    "INSERT INTO unlogged VALUES (1)",
    "UPDATE heir SET extra = 3",
    'TRUNCATE "Other Schema"."Odd {} Name"',
    "SELECT nextval('free'), nextval('free')",
)
STATE = """
SELECT (SELECT array_agg((id, name) ORDER BY id)::text FROM plain),
       (SELECT array_agg((id, name) ORDER BY id)::text FROM users),
       (SELECT array_agg((id, x, twice) ORDER BY id)::text FROM ours),
       (SELECT array_agg((tableoid::regclass, day, name) ORDER BY day)::text FROM parted),
       (SELECT array_agg(id)::text FROM child),
       (SELECT array_agg((tableoid::regclass, x))::text FROM unlogged),
       (SELECT array_agg(extra)::text FROM heir),
       (SELECT array_agg("Odd Column")::text FROM "Other Schema"."Odd {} Name")
"""
NEXT = "SELECT nextval('free'), nextval('plain_id_seq'), nextval('ours_id_seq')"
