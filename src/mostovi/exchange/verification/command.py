"""``mostovi verify``: says offline what a sealed document or a receipt proves."""

import argparse
import json
import sys
import textwrap
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.utils import CryptographyDeprecationWarning

from mostovi.exchange.verification.chains import NoRoot
from mostovi.exchange.verification.files import verify_file
from mostovi.exchange.verification.values import State, Statement, Verdict, english
from mostovi.kernel import clock, codes

EXIT_CODES: dict[State, int] = {"genuine": 0, "altered": 1, "unusable": 2, "not_ours": 3}
MAXIMUM_SIZE = 20 * 1024 * 1024
_HEADLINES: dict[State, str] = {
    "genuine": "Genuine.",
    "altered": "False: this file is not what was issued.",
    "unusable": "Nothing can be said about this file.",
    "not_ours": "Not ours: the trust root you gave does not vouch for this file.",
}
_DESCRIPTION = """\
Says what a sealed document (PDF) or a receipt (JSON) proves: who issued it, when, and whether anything in it
was changed. It needs no network and asks nobody.

The answer rests on the trust root alone: the certificate (PEM) that you got from the operator of the exchange
by a way you trust. No key inside the file is ever believed.
"""
_EPILOG = """\
exit codes:
  0  genuine: every byte is as it was issued
  1  false: it was issued under this root, and something in it was changed or is not sound
  2  nothing can be said: damaged, locked, of an unknown kind, or the command was not complete
  3  not ours: no seal, or one that the given root does not vouch for

examples:
  mostovi verify decision.pdf --trust root.pem
  mostovi verify receipt.json --trust root.pem --json
  mostovi verify decision.pdf --trust root.pem --at 2027-01-05T12:00:00Z
"""


def main(argv: Sequence[str]) -> int:
    options = _parser().parse_args(argv)
    # What the library would warn of, we refuse in words of our own.
    warnings.simplefilter("ignore", CryptographyDeprecationWarning)
    try:
        trust_root = options.trust.read_bytes()
        data = _read(options.file)
    except OSError as trouble:
        return _complain(f"{trouble.filename}: {trouble.strerror}.")
    try:
        verdict = verify_file(data, trust_root=trust_root, now=options.at or clock.now())
    except NoRoot as unfit:
        return _complain(f"{options.trust} {unfit}")
    print(_as_json(verdict) if options.json else _as_text(verdict))
    return EXIT_CODES[verdict.state]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mostovi verify",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the sealed PDF or the receipt")
    parser.add_argument(
        "--trust", type=Path, required=True, metavar="ROOT", help="the root certificate you trust, PEM"
    )
    parser.add_argument("--json", action="store_true", help="answer as JSON, for programs")
    parser.add_argument(
        "--at", type=_moment, metavar="TIME", help="judge as of this time, ISO 8601 (default: now)"
    )
    return parser


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time in ISO 8601. Write it as 2027-01-05T12:00:00Z, or only the day."
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _read(path: Path) -> bytes:
    """One byte more than is examined: enough to see that a file is too large."""
    with path.open("rb") as file:
        return file.read(MAXIMUM_SIZE + 1)


def _complain(sentence: str) -> int:
    print(f"mostovi verify: {sentence}", file=sys.stderr)
    return EXIT_CODES["unusable"]


def _as_text(verdict: Verdict) -> str:
    blocks = [_HEADLINES[verdict.state], _facts(verdict)]
    for title, statements in (
        ("Proved", verdict.proved),
        ("Not proved", verdict.unproved),
        ("False" if verdict.state == "altered" else "Why", verdict.false),
    ):
        blocks.append(_section(title, statements))
    return "\n\n".join(block for block in blocks if block)


def _facts(verdict: Verdict) -> str:
    rows = [
        ("Issued by", verdict.issuer),
        ("Issued at", english(verdict.issued_at) if verdict.issued_at else None),
        ("Code", verdict.code and codes.display(verdict.code)),
    ]
    return "\n".join(f"{name:<10} {value}" for name, value in rows if value)


def _section(title: str, statements: Sequence[Statement]) -> str:
    if not statements:
        return ""
    lines = [
        textwrap.fill(str(each), width=88, initial_indent="  - ", subsequent_indent="    ")
        for each in statements
    ]
    return "\n".join([f"{title}:", *lines])


def _as_json(verdict: Verdict) -> str:
    found: dict[str, Any] = asdict(verdict)
    if verdict.issued_at is not None:
        found["issued_at"] = verdict.issued_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    for name in ("proved", "unproved", "false"):
        found[name] = [str(each) for each in getattr(verdict, name)]
    return json.dumps(found, ensure_ascii=False, indent=2)
