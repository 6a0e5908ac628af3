"""What the portal makes at its start, since it follows from the source alone: languages, style sheets."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from mostovi.config.start_checks import NotReady
from mostovi.kernel.catalogues import compile_catalogues


def compile_languages() -> None:
    """Without compiled catalogues every page would be in English."""
    try:
        compile_catalogues()
    except OSError as error:
        raise NotReady(
            f"The language catalogues are not compiled, and {error.filename} cannot be written: "
            f"{error.strerror}. As the owner of the program's files, run: mostovi messages compile"
        ) from error


def collect_static_files() -> None:
    """Style sheets and scripts of this version, collected where the portal serves them from."""
    try:
        if not _are_collected():
            call_command("collectstatic", verbosity=0, interactive=False)
    except OSError as error:
        raise NotReady(
            f"Style sheets and scripts cannot be collected into {settings.STATIC_ROOT}: {error.strerror}. "
            "Name a folder this account may write to in MOSTOVI_STATIC_DIRECTORY, or collect them as an "
            "account that may: mostovi manage collectstatic"
        ) from error


def _are_collected() -> bool:
    known: dict[str, str] | None = getattr(staticfiles_storage, "hashed_files", None)
    if known is None:
        return True
    root = Path(settings.STATIC_ROOT)
    return all(
        name in known and (root / known[name]).is_file() and _same(root / name, source)
        for name, source in _sources()
    )


def _sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            yield path, Path(storage.path(path))


def _same(collected: Path, source: Path) -> bool:
    return collected.is_file() and collected.read_bytes() == source.read_bytes()
