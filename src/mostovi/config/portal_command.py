"""`mostovi portal`: the pages, over WSGI."""

import argparse
from collections.abc import Sequence
from typing import Any

import waitress
from django.core.wsgi import get_wsgi_application

from mostovi.config.django_start import start_django
from mostovi.config.head_requests import answer_head_without_body
from mostovi.kernel import environment

# More than any page takes: what is too large is received and dropped, so that the person reads a page in her
# language. A server that hangs up in the middle shows her only that the connection was lost.
LARGEST_RECEIVED_BYTES = 64 * 1024 * 1024


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="mostovi portal", description="Serve the pages for people and officials."
    )
    parser.add_argument("--listen", default="127.0.0.1:8000", metavar="HOST:PORT", help="where to listen")
    parser.add_argument("--threads", type=int, default=8, help="how many requests at once (default 8)")
    options = parser.parse_args(argv)
    start_django()
    from mostovi.config import start_checks, start_preparation  # noqa: PLC0415  need Django ready

    start_checks.check_ready()
    start_preparation.compile_languages()
    start_preparation.collect_static_files()
    waitress.serve(
        answer_head_without_body(get_wsgi_application()),
        listen=options.listen,
        threads=options.threads,
        ident=None,
        clear_untrusted_proxy_headers=True,
        max_request_body_size=LARGEST_RECEIVED_BYTES,
        **_proxy_options(),
    )
    return 0


def _proxy_options() -> dict[str, Any]:
    if not environment.is_on("MOSTOVI_BEHIND_PROXY"):
        return {}
    return {
        "trusted_proxy": "127.0.0.1",
        "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for", "x-forwarded-host"},
    }
