"""Synthetic people in families: the same seed makes the same country, down to the byte."""
