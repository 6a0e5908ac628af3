"""What every WSGI server of ours needs around Django: nothing after the header of an answer to HEAD."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def answer_head_without_body(application: "WSGIApplication") -> "WSGIApplication":
    """RFC 9110 §9.3.2. Django leaves it to the server and waitress to the application: the next reader on the
    connection would take the body for the answer to another request."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        if hasattr(body, "close"):
            body.close()
        return []

    return answer
