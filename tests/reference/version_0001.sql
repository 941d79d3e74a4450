BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE checkouts (
	user_id BIGINT NOT NULL, 
	attempt BIGINT NOT NULL, 
	"plan" VARCHAR NOT NULL, 
	customer_id VARCHAR NOT NULL, 
	trial_days BIGINT NOT NULL, 
	session_id VARCHAR, 
	PRIMARY KEY (user_id), 
	FOREIGN KEY(user_id) REFERENCES users (id)
);
INSERT INTO "checkouts" VALUES(7000000041,2,'pro','cus_ada',0,'cs_1');
CREATE TABLE devices (
	id VARCHAR NOT NULL, 
	user_id BIGINT NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	secret_hash VARCHAR NOT NULL, 
	created_at BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (user_id, fingerprint)
);
INSERT INTO "devices" VALUES('dev_1',7000000041,'aa','Living room','00',1700000001);
INSERT INTO "devices" VALUES('dev_2',7000000041,'bb','Kitchen','01',1700000002);
CREATE TABLE events (
	id VARCHAR NOT NULL, 
	taken_at BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "events" VALUES('evt_of_version_1',1700000000);
CREATE TABLE idempotency_keys (
	user_id BIGINT NOT NULL, 
	"key" VARCHAR NOT NULL, 
	body VARCHAR NOT NULL, 
	used_at BIGINT NOT NULL, 
	PRIMARY KEY (user_id, "key")
);
INSERT INTO "idempotency_keys" VALUES(7000000041,'first','pro',4000000000);
CREATE TABLE leases (
	name VARCHAR NOT NULL, 
	holder VARCHAR NOT NULL, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "leases" VALUES('user-1','somebody',1700000000000);
CREATE TABLE subscriptions (
	id VARCHAR NOT NULL, 
	user_id BIGINT NOT NULL, 
	"plan" VARCHAR, 
	status VARCHAR NOT NULL, 
	collection_paused BOOLEAN NOT NULL, 
	current_period_end BIGINT, 
	cancel_at BIGINT, 
	cancel_at_period_end BOOLEAN NOT NULL, 
	ended_at BIGINT, 
	trial_start BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO "subscriptions" VALUES('sub_1',7000000041,'pro','active',0,4102444800,NULL,0,NULL,NULL);
CREATE TABLE users (
	id BIGINT NOT NULL, 
	customer_id VARCHAR, 
	customer_attempt BIGINT NOT NULL, 
	checkout_attempt BIGINT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (customer_id)
);
INSERT INTO "users" VALUES(7000000041,'cus_ada',2,3);
CREATE INDEX ix_subscriptions_user_id ON subscriptions (user_id);
CREATE INDEX ix_devices_user_id ON devices (user_id);
COMMIT;
