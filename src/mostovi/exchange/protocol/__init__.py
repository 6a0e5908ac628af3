"""The exchange protocol in plain Python: what is signed, what is checked, what is kept as evidence.

Usable as a library.
"""
