-- Codes that were handed out for documents, and what became of them.
CREATE TABLE document (
    code           TEXT PRIMARY KEY,
    kind           TEXT NOT NULL,
    case_reference TEXT NOT NULL,
    subject        TEXT NOT NULL,
    subsystem      TEXT NOT NULL,
    issued_on      TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('unsealed', 'valid', 'replaced', 'revoked')),
    state_since    TEXT NOT NULL,
    page_sha256    TEXT,
    sealed_sha256  TEXT,
    replaced_by    TEXT REFERENCES document (code),
    reason         TEXT
) STRICT, WITHOUT ROWID;
