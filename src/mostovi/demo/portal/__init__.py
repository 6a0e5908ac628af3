"""The first page of the demonstration: whose shoes, the live bridge, three ways to try to break it."""
