"""Quantile sketches that merge exactly: counts of buckets at most 0.4 % wide on either side of their value.

Why not a sketch of a library: t-digest (crick) and KLL (datasketches) depend on the order in which they were
filled or on chance, bound the error of a rank and not of a speed, cannot take a withdrawn measurement away
again, and are one object for each of the hundred thousands of cells of a year. Counts of fixed buckets (as in
DDSketch, HdrHistogram) form a group: merging is addition, taking away is subtraction, any order gives the
same bytes, and a column of a million is counted with a sort.
"""
