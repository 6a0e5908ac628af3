"""The gateway's own database: SQLite in WAL mode, every commit flushed to disk before anyone is answered."""
