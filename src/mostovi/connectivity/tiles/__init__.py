"""Vector tiles (Mapbox Vector Tile 2.1) cut with numpy: every school on every zoom, always the same bytes.

Every school keeps a feature of its own on every zoom, even where several fall on one pixel: it can be
pointed at, counted and checked, and nothing is sampled. What a tile says of a school is a few codes, the
same on all zooms, so the whole country on one tile stays small; names and figures come when a school is
opened. Tiles are cut on demand from one sorted index and kept in memory, not in an archive such as PMTiles:
a measurement changes 15 of them within a second, and an archive would be written anew each time.
"""
