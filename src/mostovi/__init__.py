"""Mostovi: the register stays home, the answer travels."""
