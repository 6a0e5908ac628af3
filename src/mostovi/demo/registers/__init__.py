"""The demonstration's registers: one small provider program, and what each institution keeps."""
