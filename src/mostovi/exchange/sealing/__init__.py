"""Seals documents: PAdES signatures with a trusted time stamp. Plain Python, no Django."""
