PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
-- AUTOINCREMENT: a number is never given twice, so a browser that resumes misses nothing and repeats nothing.
CREATE TABLE IF NOT EXISTS event (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    line TEXT NOT NULL
);
