"""One command line. Each subcommand is imported only when it is asked for."""

import importlib
import os
import signal
import sys
from collections.abc import Sequence

_READER_LEFT = 128 + signal.SIGPIPE
# name: (module with main(argv) -> int, what it does)
COMMANDS = {
    "demo": ("mostovi.demo.command", "start the whole demonstration country behind one address"),
    "portal": ("mostovi.config.portal_command", "serve the pages for people and officials"),
    "worker": ("mostovi.config.worker_command", "do what need not happen inside a request"),
    "gateway": ("mostovi.exchange.gateway.command", "run one institution's end of the bridge"),
    "probe": ("mostovi.connectivity.probe.command", "measure schools' connections, and receive measurements"),
    "live": ("mostovi.live.command", "stream events to browsers"),
    "sign": ("mostovi.exchange.signing_command", "sign the directory of members, or a contract"),
    "verify": ("mostovi.exchange.verification.command", "check a document or a receipt offline"),
    "service": ("mostovi.services.command", "check the definition of a service"),
    "connectivity": ("mostovi.config.connectivity_command", "bring and take along the list of schools"),
    "pack": ("mostovi.config.pack_command", "load the country pack into the portal"),
    "messages": ("mostovi.config.messages_command", "compile the language catalogues"),
    "manage": ("mostovi.config.manage_command", "Django's own administration commands"),
}


def _overview() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {what}" for name, (_, what) in COMMANDS.items()]
    return "\n".join(
        [
            "Mostovi: the register stays home, the answer travels.",
            "",
            "usage: mostovi COMMAND [OPTIONS]",
            "",
            *lines,
            "",
            "`mostovi COMMAND --help` explains each.",
        ]
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run a subcommand; without one, list them. Whoever reads may leave early, as `head` does."""
    try:
        try:
            return _run(argv)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is left in the buffer would be complained about at the very end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _READER_LEFT


def _run(argv: Sequence[str] | None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        sys.stdout.write(_overview() + "\n")
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        sys.stderr.write(f"mostovi: there is no command {name!r}.\n\n{_overview()}\n")
        return 2
    result: int = importlib.import_module(COMMANDS[name][0]).main(rest)
    return result


if __name__ == "__main__":
    sys.exit(main())
