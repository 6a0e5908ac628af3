"""The identity provider as a program."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from mostovi.demo.identity_provider.endpoints import Endpoints, refusals_become_answers
from mostovi.demo.identity_provider.provider import Provider
from mostovi.demo.identity_provider.tokens import read_or_make_key
from mostovi.demo.identity_provider.values import Client
from mostovi.kernel import environment

MAX_REQUEST_BYTES = 64 * 1024


def make_application(provider: Provider) -> web.Application:
    """Every address below the path of the issuer."""
    endpoints, base = Endpoints(provider), urlsplit(provider.issuer).path
    application = web.Application(middlewares=[refusals_become_answers], client_max_size=MAX_REQUEST_BYTES)
    application.add_routes(
        [
            web.get(f"{base}/.well-known/openid-configuration", endpoints.configuration),
            web.get(f"{base}/jwks", endpoints.jwks),
            web.get(f"{base}/authorize", endpoints.authorize),
            web.post(f"{base}/authorize", endpoints.authorize),
            web.post(f"{base}/sign-in", endpoints.sign_in),
            web.post(f"{base}/cancel", endpoints.cancel),
            web.post(f"{base}/token", endpoints.token),
            web.get(f"{base}/userinfo", endpoints.userinfo),
            web.post(f"{base}/userinfo", endpoints.userinfo),
            web.get(f"{base}/end_session", endpoints.end_session),
            web.post(f"{base}/end_session", endpoints.end_session),
            web.get(f"{base}/health", endpoints.health),
        ]
    )
    return application


def _read_arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m mostovi.demo.identity_provider.program",
        description="OpenID Connect for the people of the demonstration. Secrets come from the environment: "
        "MOSTOVI_OIDC_CLIENT_SECRET and MOSTOVI_DEMO_SUBJECT_KEY, or files named by …_FILE.",
    )
    parser.add_argument("--socket", required=True, type=Path, metavar="FILE", help="unix socket to listen on")
    parser.add_argument("--issuer", required=True, metavar="URL", help="own address, as browsers see it")
    parser.add_argument(
        "--key", required=True, type=Path, metavar="FILE", help="signing key, made if missing"
    )
    parser.add_argument("--client-id", required=True, metavar="NAME")
    parser.add_argument("--redirect-uri", required=True, action="append", metavar="URL")
    parser.add_argument("--after-sign-out-uri", required=True, action="append", metavar="URL")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> int:
    options = _read_arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    client = Client(
        id=options.client_id,
        secret=environment.secret("MOSTOVI_OIDC_CLIENT_SECRET"),
        redirect_uris=frozenset(options.redirect_uri),
        after_sign_out_uris=frozenset(options.after_sign_out_uri),
    )
    provider = Provider(
        issuer=options.issuer.rstrip("/"),
        clients={client.id: client},
        key=read_or_make_key(options.key),
        secret=environment.secret("MOSTOVI_DEMO_SUBJECT_KEY").encode(),
    )
    options.socket.unlink(missing_ok=True)
    web.run_app(
        make_application(provider), path=str(options.socket), access_log=None, print=None, shutdown_timeout=2
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
