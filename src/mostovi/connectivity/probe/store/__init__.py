"""Where records become durable: an SQLite file, or PostgreSQL; one writer either way."""
