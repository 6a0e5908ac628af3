"""Documents of the institution, from the reserved code to the withdrawn paper."""
