CREATE TABLE record (
    sequence INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    school TEXT,
    measured_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    download_kbps REAL,
    upload_kbps REAL,
    latency_ms REAL,
    jitter_ms REAL,
    loss REAL,
    connected INTEGER,
    fault TEXT,
    device TEXT,
    provider TEXT,
    source TEXT,
    test TEXT,
    flags TEXT NOT NULL,
    digest BLOB NOT NULL
) STRICT;
CREATE INDEX record_of_school ON record (school, measured_at);

CREATE TABLE aside (
    key BLOB NOT NULL,
    reason TEXT NOT NULL,
    kind TEXT NOT NULL,
    school TEXT,
    received_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    claims TEXT NOT NULL,
    PRIMARY KEY (key, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX aside_by_school ON aside (reason, school);
CREATE INDEX aside_by_time ON aside (last_at);

CREATE TABLE flood (
    school TEXT NOT NULL,
    hour INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (school, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE personal (
    key BLOB NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (key, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX personal_until ON personal (until);

CREATE TABLE secret (pseudonyms BLOB NOT NULL) STRICT;
INSERT INTO secret VALUES (randomblob(32));
