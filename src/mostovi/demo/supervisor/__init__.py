"""Starts the whole demonstration country, keeps it running, and stops it without leaving anything behind."""
