"""The demonstration's identity provider: OpenID Connect as any other, except that nobody needs a password."""
