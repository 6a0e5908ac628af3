"""Draws the live bridge: boundaries, arches, lines and labels, as numbers for an SVG. Plain Python."""
