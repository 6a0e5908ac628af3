"""The gateway's own interface for local systems, ``/v1/…``. docs/reference/gateway-api.md describes it."""
