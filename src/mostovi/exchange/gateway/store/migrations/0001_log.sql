-- The append-only log. Leaf hashes are never deleted; openings can be shredded, and with them all that is readable.
CREATE TABLE leaf (
    position INTEGER PRIMARY KEY,
    hash     BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- pair is the request that a response belongs to.
CREATE TABLE opening (
    position INTEGER PRIMARY KEY,
    nonce    BLOB NOT NULL,
    record   TEXT NOT NULL,
    pair     INTEGER
) STRICT;

-- Roots of complete subtrees of 256 leaves and more, so that proofs read little. level 8 covers 256 leaves.
CREATE TABLE subtree (
    level    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

-- One row: how far the log has grown. frontier holds the roots of the complete subtrees, largest first.
CREATE TABLE tree (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    size     INTEGER NOT NULL,
    frontier BLOB NOT NULL
) STRICT;
INSERT INTO tree VALUES (1, 0, x'');

CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    note TEXT NOT NULL
) STRICT;

-- Which entries are about whom, by keyed pseudonym: what a person is shown.
CREATE TABLE usage (
    subject  TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (subject, position)
) STRICT, WITHOUT ROWID;

-- Lines that were handed in under an id are appended once.
CREATE TABLE audit_line (
    id       TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Requests that were accepted, so that a restart does not forget them.
CREATE TABLE seen_nonce (
    number     INTEGER PRIMARY KEY,
    key_id     TEXT NOT NULL,
    nonce      TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- Signing certificates of members, kept so that receipts can hold them after the directory has new ones.
CREATE TABLE certificate (
    key_id TEXT PRIMARY KEY,
    pem    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
