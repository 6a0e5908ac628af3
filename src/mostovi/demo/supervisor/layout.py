"""Where everything of the demonstration lies: one directory, with short paths for its unix sockets."""

import hashlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A unix socket's path holds 108 bytes with its closing zero (unix(7)); our longest name fits in the rest.
_LONGEST_FOLDER = 108 - 1 - len("/banja-luka-administration.register.sock")
SECRETS = ("secret-key", "personal-number-key", "live-secret", "oidc-client-secret", "subject-key")


@dataclass(frozen=True)
class Layout:
    """``root`` is absolute. ``sockets`` is inside it unless its path is too long for a unix socket."""

    root: Path
    sockets: Path

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def gateways(self) -> Path:
        return self.root / "gateways"

    @property
    def registers(self) -> Path:
        return self.root / "registers"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def database(self) -> Path:
        return self.root / "portal.sqlite3"

    @property
    def ports(self) -> Path:
        return self.root / "ports.json"

    @property
    def control(self) -> Path:
        return self.sockets / "control.sock"

    def secret(self, name: str) -> Path:
        return self.secrets / name

    def socket(self, *names: str) -> Path:
        return self.sockets / f"{'.'.join(names)}.sock"

    def register_database(self, member: str) -> Path:
        return self.registers / f"{member}.sqlite3"


def lay_out(root: Path) -> Layout:
    """Make the directories that are missing, for their owner only."""
    root = root.resolve()
    layout = Layout(root, _sockets_folder(root))
    for folder in (
        layout.root,
        layout.secrets,
        layout.gateways,
        layout.registers,
        layout.logs,
        layout.sockets,
    ):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if layout.sockets.stat().st_uid != os.getuid():
        raise PermissionError(f"{layout.sockets} belongs to somebody else")
    layout.sockets.chmod(0o700)
    return layout


def _sockets_folder(root: Path) -> Path:
    inside = root / "run"
    if len(os.fsencode(inside)) <= _LONGEST_FOLDER:
        return inside
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mostovi-{name}"


def make_secrets(layout: Layout) -> None:
    """Make each secret that is missing, readable by its owner only."""
    for name in SECRETS:
        path = layout.secret(name)
        if not path.exists():
            write_secret(path, secrets.token_urlsafe(48))


def write_secret(path: Path, text: str) -> None:
    """Whole or not at all, whenever the program is stopped."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
