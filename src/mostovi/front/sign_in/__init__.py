"""Signing in by OpenID Connect: any provider, by settings."""
