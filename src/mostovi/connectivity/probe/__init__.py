"""The asyncio program that schools measure against (ndt7) and where their measurements arrive. No Django."""
