"""Arches of cut stone as SVG paths: plain geometry, no Django."""
