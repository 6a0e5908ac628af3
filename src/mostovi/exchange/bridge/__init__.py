"""The portal's end of the bridge: calls the gateway of an institution, over its socket or mutual TLS."""
