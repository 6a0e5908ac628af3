"""Brings the portal of the demonstration up to date: tables, territory, schools, languages, style sheets."""

import django
from django.core.management import call_command

from mostovi.kernel import clock
from mostovi.kernel.catalogues import compile_catalogues


def main() -> None:
    compile_catalogues()
    django.setup()
    from mostovi.demo.schools.loading import load_sites  # noqa: PLC0415  needs Django ready
    from mostovi.kernel import territory  # noqa: PLC0415

    call_command("migrate", verbosity=0, interactive=False)
    territory.load_territory(today=clock.now().date())
    load_sites()
    call_command("collectstatic", verbosity=0, interactive=False)


if __name__ == "__main__":
    main()
