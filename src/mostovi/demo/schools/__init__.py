"""Schools of the demonstration: real ones of OpenStreetMap, the others generated, all figures synthetic."""
