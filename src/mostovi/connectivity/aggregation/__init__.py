"""From single measurements to what is said of schools, areas and providers, hour by hour and week by week.

What is counted is not the test but the hour: a line (a school's connection over one provider) has one median
for each hour in which it was tested, and every sketch above counts these hours. So shares are shares of
time, and a thousand tests within an hour weigh no more than one.

Everything is exact but for the width of a bucket (``sketches``), so adding measurements one by one, in
batches or all at once, in any order, leaves the same bytes.
"""
