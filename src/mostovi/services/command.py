"""``mostovi service check FOLDER``: is this a service, and does it do what its examples say?"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mostovi.kernel.pack import find_pack, pack_directory
from mostovi.services.definition.country import Country
from mostovi.services.definition.examples import run_examples
from mostovi.services.definition.loading import find_strangers, load_service
from mostovi.services.definition.mistakes import DefinitionInvalid, Mistake
from mostovi.services.definition.proofs import find_template_mistakes
from mostovi.services.definition.values import ServiceDefinition
from mostovi.services.pack_country import NoPack, read_country

_HELP = """\
Checks the definition of a service: a folder with service.yaml, questions.yaml, rules.yaml, steps.yaml,
texts.yaml, examples.yaml and a document template. Runs its examples. Each mistake is printed with its
file and line, what is wrong, and what to do. Ends with 0 when all is well, otherwise with 1.

Institutions, contracts and their fields are checked against the country pack: --pack, otherwise
MOSTOVI_PACK, otherwise bih.

See docs/how-to/define-a-service.md."""


def main(argv: Sequence[str] | None = None) -> int:
    """Check each named folder; 0 when no mistake was found, 1 otherwise."""
    arguments = _parser().parse_args(argv)
    country = _read_country(arguments.pack)
    results = [_check(folder, country) for folder in arguments.folder]
    return 0 if all(results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mostovi service", description="Work with definitions of services.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check",
        help="find mistakes in the definition of a service and run its examples",
        description=_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("folder", nargs="+", type=Path, help="the folder of a service")
    check.add_argument(
        "--pack", metavar="NAME|FOLDER", help="the country pack (MOSTOVI_PACK; default bih)", default=""
    )
    return parser


def _read_country(chosen: str) -> Country | None:
    """The country that services are checked against; a pack that was asked for by name must be there."""
    folder = find_pack(chosen) if chosen else pack_directory()
    try:
        return read_country(folder)
    except NoPack as reason:
        if chosen:
            raise SystemExit(f"--pack names {chosen}, where no country pack is. {reason}") from reason
        print(f"No country pack: {reason} Institutions and contracts are not checked. Name a pack by --pack.")
        return None


def _check(folder: Path, country: Country | None) -> bool:
    try:
        definition = load_service(folder, country=country)
        mistakes = _run(definition) or list(find_template_mistakes(definition))
    except DefinitionInvalid as invalid:
        mistakes = list(invalid.mistakes)
    for name in find_strangers(folder) if folder.is_dir() else []:
        print(f"{folder / name}: This is no part of a service and is not read.")
        print("    Correct its name, or keep it elsewhere.")
    if mistakes:
        _print_mistakes(folder, mistakes)
        return False
    print(f"{definition.key} {definition.version[:12]}: {_sum_up(definition)}. No mistakes.")
    return True


def _run(definition: ServiceDefinition) -> list[Mistake]:
    runs = run_examples(definition)
    for run in runs:
        print(f"  {'differs' if run.mistakes else 'as expected'}: {run.example.name}")
    return [mistake for run in runs for mistake in run.mistakes]


def _print_mistakes(folder: Path, mistakes: Sequence[Mistake]) -> None:
    for mistake in mistakes:
        print(f"{folder / mistake.file}:{mistake.line}: {mistake.what}\n    {mistake.remedy}")
    count = len(mistakes)
    print(f"{folder.name}: {count} {'mistake' if count == 1 else 'mistakes'}.")


def _sum_up(definition: ServiceDefinition) -> str:
    counts = {
        "facts": definition.facts,
        "questions": definition.questions,
        "values": definition.rules,
        "steps": definition.steps,
        "texts": definition.texts,
        "examples": definition.examples,
    }
    return ", ".join(f"{len(entries)} {name}" for name, entries in counts.items())


if __name__ == "__main__":
    sys.exit(main())
