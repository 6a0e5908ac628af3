CREATE TABLE record (
    sequence BIGINT PRIMARY KEY,
    key BYTEA NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    school TEXT,
    measured_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    download_kbps DOUBLE PRECISION,
    upload_kbps DOUBLE PRECISION,
    latency_ms DOUBLE PRECISION,
    jitter_ms DOUBLE PRECISION,
    loss DOUBLE PRECISION,
    connected BOOLEAN,
    fault TEXT,
    device TEXT,
    provider TEXT,
    source TEXT,
    test TEXT,
    flags TEXT NOT NULL,
    digest BYTEA NOT NULL
);
CREATE INDEX record_of_school ON record (school, measured_at);

CREATE TABLE aside (
    key BYTEA NOT NULL,
    reason TEXT NOT NULL,
    kind TEXT NOT NULL,
    school TEXT,
    received_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL DEFAULT 1,
    claims TEXT NOT NULL,
    PRIMARY KEY (key, reason)
);
CREATE INDEX aside_by_school ON aside (reason, school);
CREATE INDEX aside_by_time ON aside (last_at);

CREATE TABLE flood (
    school TEXT NOT NULL,
    hour BIGINT NOT NULL,
    dropped BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (school, hour)
);

CREATE TABLE personal (
    key BYTEA NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (key, field)
);
CREATE INDEX personal_until ON personal (until);

CREATE TABLE secret (pseudonyms BYTEA NOT NULL);
INSERT INTO secret VALUES (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
