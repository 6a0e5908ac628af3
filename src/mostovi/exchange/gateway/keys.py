"""The keys of one institution: read once at the start, never handed out."""

import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.x509 import Certificate

from mostovi.exchange.gateway.configuration import Configuration, InvalidConfiguration, KeyFiles
from mostovi.exchange.protocol.certificates import key_id_of, load_certificate
from mostovi.exchange.protocol.faults import ProtocolRefusal
from mostovi.exchange.protocol.keys import Signer, load_signer
from mostovi.exchange.sealing.demonstration import is_demonstration_root

_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Keys:
    """``tls_thumbprint`` is what other gateways see of us."""

    root: Certificate
    signer: Signer
    tls_thumbprint: str
    pseudonym: bytes = field(repr=False)


def load_keys(configuration: Configuration) -> Keys:
    """Raises InvalidConfiguration with a sentence that says which file is wrong."""
    files = configuration.keys
    for path in (files.tls_key, files.signing_key, files.pseudonym, files.sealing_key):
        if path is not None:
            _check_private(path)
    root = _read(files.root)
    if is_demonstration_root(root) and not configuration.demonstration:
        raise InvalidConfiguration(
            f"{files.root} is the root of a demonstration: anyone could have made its keys. "
            "Name the root your registrar gave you, or set demonstration = true to try things out."
        )
    return Keys(
        root=_certificate(files.root),
        signer=_signer(files),
        tls_thumbprint=_thumbprint(files.tls_certificate),
        pseudonym=_pseudonym_key(files.pseudonym),
    )


def _check_private(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise InvalidConfiguration(f"{path} cannot be read: {error.strerror}.") from error
    if stat.S_IMODE(mode) & 0o077:
        raise InvalidConfiguration(f"{path} can be read by other accounts. Make it private: chmod 600 {path}")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidConfiguration(f"{path} cannot be read: {error.strerror}.") from error


def _certificate(path: Path) -> Certificate:
    try:
        return load_certificate(_read(path))
    except ProtocolRefusal as refusal:
        raise InvalidConfiguration(f"{path} is not one certificate in PEM.") from refusal


def _thumbprint(path: Path) -> str:
    return key_id_of(_certificate(path))


def _signer(files: KeyFiles) -> Signer:
    try:
        return load_signer(_read(files.signing_key), _certificate(files.signing_certificate))
    except ProtocolRefusal as refusal:
        raise InvalidConfiguration(f"{files.signing_key}: {refusal.detail}.") from refusal


def _pseudonym_key(path: Path) -> bytes:
    text = _read(path).decode("ascii", "replace").strip()
    if not _HEXADECIMAL.fullmatch(text):
        raise InvalidConfiguration(f"{path} must hold 64 hexadecimal characters (32 random bytes).")
    return bytes.fromhex(text)
