"""``mostovi sign``: the two files of the exchange that no other tool signs, a directory and a contract."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from mostovi.exchange.protocol.canonical import parse_json
from mostovi.exchange.protocol.certificates import holder_of, key_id_of, load_certificate
from mostovi.exchange.protocol.contracts import (
    SignedContract,
    contract_from_json,
    sign_contract,
    signed_contract_from_json,
)
from mostovi.exchange.protocol.directory import (
    Directory,
    MalformedDirectory,
    Member,
    sign_directory,
    verify_directory,
)
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.identifiers import parse_member
from mostovi.exchange.protocol.instants import format_instant
from mostovi.exchange.protocol.keys import Signer, load_signer
from mostovi.exchange.protocol.shapes import Shape
from mostovi.kernel import clock

BUILT_IN_SUBSYSTEM = "gateway"


class CannotSign(SystemExit):
    """Stops the command with a sentence that says what to put right."""


def main(argv: Sequence[str]) -> int:
    options = _parser().parse_args(argv)
    try:
        options.run(options)
    except ProtocolRefusal as refusal:
        raise CannotSign(f"{options.file}: {refusal.detail or refusal.code}.") from refusal
    except OSError as error:
        raise CannotSign(f"{error.filename} cannot be read or written: {error.strerror}.") from error
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mostovi sign",
        description="Signs a directory of members or a contract.",
        epilog="docs/reference/gateway.md describes both files, docs/how-to/run-outside-the-demo.md the way.",
    )
    commands = parser.add_subparsers(required=True, metavar="WHAT")
    directory = commands.add_parser("directory", help="who is a member, for the directory's authority")
    directory.add_argument("--root", required=True, type=Path, metavar="FILE", help="the root of trust")
    directory.add_argument("--out", required=True, type=Path, metavar="FILE", help="the signed directory")
    directory.add_argument(
        "--hours", type=float, default=24, metavar="N", help="how long it is valid (default 24)"
    )
    directory.set_defaults(run=_sign_directory)
    contract = commands.add_parser("contract", help="one party's signature, added to the file itself")
    contract.set_defaults(run=_sign_contract)
    for each in (directory, contract):
        each.add_argument("file", type=Path, help="JSON")
        each.add_argument("--key", required=True, type=Path, metavar="FILE", help="private key, PEM")
        each.add_argument("--certificate", required=True, type=Path, metavar="FILE", help="its certificate")
    return parser


def _signer(options: argparse.Namespace) -> Signer:
    return load_signer(options.key.read_bytes(), load_certificate(options.certificate.read_bytes()))


# A directory


def _sign_directory(options: argparse.Namespace) -> None:
    now = clock.now().replace(microsecond=0)
    shape = Shape(parse_json(options.file.read_bytes()), MalformedDirectory, "the file")
    directory = Directory(
        instance=shape.text("instance", 20),
        # Serial numbers never go backwards; the second of signing never does.
        serial=int(now.timestamp()),
        issued_at=now,
        expires_at=now + timedelta(hours=options.hours),
        members=tuple(_member(each, options.file.parent) for each in shape.items("members", 10_000)),
    )
    shape.close()
    signed = sign_directory(directory, _signer(options))
    # Read back as a gateway does, so that a mistake stops here.
    read = verify_directory(signed, root=load_certificate(options.root.read_bytes()), now=now)
    if read.distrusted:
        raise CannotSign(f"No gateway would trust these certificates: {'; '.join(read.distrusted)}.")
    _write_whole(options.out, signed)
    until = format_instant(read.expires_at)
    sys.stdout.write(f"{len(read.members)} members, serial {read.serial}, valid until {until}.\n")


def _member(value: Any, folder: Path) -> Member:
    shape = Shape(value, MalformedDirectory, "a member")
    member = Member(
        id=parse_member(shape.text("id")),
        names=shape.texts_by_name("names"),
        level=shape.text("level", 60),
        unit=shape.text("unit", 100),
        subsystems=tuple(dict.fromkeys((*shape.texts("subsystems", 100), BUILT_IN_SUBSYSTEM))),
        address=shape.text("address", 255),
        tls=tuple(key_id_of(_certificate(folder, each)) for each in shape.texts("tls", 10)),
        signing=tuple(_certificate(folder, each) for each in shape.texts("signing", 10)),
        sealing=tuple(_certificate(folder, each) for each in shape.texts("sealing", 10)),
        document_prefix=shape.text_or_empty("document_prefix", 9),
    )
    shape.close()
    return member


def _certificate(folder: Path, name: str) -> Any:
    return load_certificate((folder / name).read_bytes())


# A contract


def _sign_contract(options: argparse.Namespace) -> None:
    signer = _signer(options)
    member = holder_of(signer.certificate)
    value = parse_json(options.file.read_bytes())
    is_signed = isinstance(value, dict) and "signatures" in value
    signed = signed_contract_from_json(value) if is_signed else SignedContract(contract_from_json(value), ())
    others = tuple(each for each in signed.signatures if each.member != member)
    if member not in signed.contract.parties:
        raise CannotSign(f"{member} is no party of this contract.")
    signed = SignedContract(signed.contract, (*others, sign_contract(signed.contract, member, signer)))
    text = json.dumps(signed.to_json(), ensure_ascii=False, indent=1)
    _write_whole(options.file, text.encode())
    missing = set(signed.contract.parties) - {each.member for each in signed.signatures}
    sys.stdout.write(f"Signed for {member}. {_say_missing(sorted(map(str, missing)))}\n")


def _say_missing(missing: Sequence[str]) -> str:
    return f"Still to sign: {', '.join(missing)}." if missing else "Both parties have signed."


def _write_whole(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".draft")
    draft.write_bytes(content)
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
