"""What must be true before the portal serves anybody. Each check stops the start with a sentence."""

from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor

from mostovi.exchange.public import is_demonstration_root
from mostovi.kernel import territory
from mostovi.kernel.environment import MissingSetting
from mostovi.kernel.pack import pack_directory


class NotReady(SystemExit):
    """Stops the start with a sentence that names the command to run first."""


def check_no_demonstration_root() -> None:
    """Outside `mostovi demo`, a demonstration root of trust stops the program."""
    if settings.DEMONSTRATION or not settings.TRUST_ROOT:
        return
    if is_demonstration_root(_read_root()):
        raise MissingSetting(
            f"MOSTOVI_TRUST_ROOT names {settings.TRUST_ROOT}, the root of a demonstration. "
            "Anyone could have made its keys. Name the root your registrar gave you."
        )


def check_trust_root_is_set() -> None:
    """Without a root nothing that gateways or papers say can be believed."""
    if not settings.TRUST_ROOT:
        raise MissingSetting(
            "MOSTOVI_TRUST_ROOT is not set. Set MOSTOVI_TRUST_ROOT to the PEM file of the root that the "
            "operator of the exchange gave you (docs/how-to/run-outside-the-demo.md makes one of your own)."
        )


def _read_root() -> bytes:
    try:
        return Path(settings.TRUST_ROOT).read_bytes()
    except OSError as error:
        raise MissingSetting(
            f"MOSTOVI_TRUST_ROOT names {settings.TRUST_ROOT}, which cannot be read: {error.strerror}."
        ) from error


def check_pack_is_there() -> None:
    """MOSTOVI_PACK must name a pack."""
    if not (pack_directory() / "institutions.yaml").is_file():
        raise MissingSetting(
            f"MOSTOVI_PACK names {pack_directory()}, where no country pack is: institutions.yaml is missing. "
            "Name one of ours, such as bih, or the folder of your own."
        )


def check_database_is_migrated() -> None:
    """Tables as this version wants them."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (DatabaseError, InconsistentMigrationHistory) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise NotReady(
            f"The database that MOSTOVI_DATABASE_URL names cannot be used: {reason}. "
            "See that it runs, and that the name, the user and the password are right."
        ) from error
    if missing:
        raise NotReady("The database lacks tables of this version. Make them with: mostovi manage migrate")


def check_pack_is_loaded() -> None:
    """The country pack must have been brought into the database."""
    if not territory.is_loaded():
        raise NotReady("The country pack is not loaded yet. Load it with: mostovi pack load")


def check_ready() -> None:
    """All of them, cheapest first."""
    check_trust_root_is_set()
    check_no_demonstration_root()
    check_pack_is_there()
    check_database_is_migrated()
    check_pack_is_loaded()
