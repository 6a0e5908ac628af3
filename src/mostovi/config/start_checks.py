"""What must be true before the portal serves anybody."""

from pathlib import Path

from django.conf import settings

from mostovi.exchange.public import is_demonstration_root
from mostovi.kernel.environment import MissingSetting


def check_no_demonstration_root() -> None:
    """Outside `mostovi demo`, a demonstration root of trust stops the program."""
    if settings.DEMONSTRATION or not settings.TRUST_ROOT:
        return
    if is_demonstration_root(Path(settings.TRUST_ROOT).read_bytes()):
        raise MissingSetting(
            f"MOSTOVI_TRUST_ROOT names {settings.TRUST_ROOT}, the root of a demonstration. "
            "Anyone could have made its keys. Name the root your registrar gave you."
        )
