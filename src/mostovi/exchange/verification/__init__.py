"""Verifies sealed documents and receipts offline, against a root given separately. No Django."""
