"""`mostovi connectivity`: bring and take along the list of schools, from the terminal."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from mostovi.config.django_start import start_django
from mostovi.connectivity.values import Plan
from mostovi.kernel.access import system_actor
from mostovi.kernel.errors import Refusal

OPERATOR = system_actor("operator")
_IMPORT_HELP = """\
Reads a list of schools: Giga's school master as CSV, or a spreadsheet (xlsx, xls, ods) or CSV of an office.
Columns are known by their names; --column says which is which where they are not. Prints what is new, changed
and unchanged, and every row that is not taken, with its column, what is wrong and what to do. The same stays
in the database. Ends with 0 when every row was taken, with 1 when some were not, with 2 when none was.

Without --authority every school of the country may be touched."""


def main(argv: Sequence[str]) -> int:
    options = _parser().parse_args(argv)
    start_django()
    from django.utils.translation import override  # noqa: PLC0415  needs Django ready

    from mostovi.config import start_checks  # noqa: PLC0415

    start_checks.check_pack_is_there()
    start_checks.check_database_is_migrated()
    start_checks.check_pack_is_loaded()
    with override("en"):
        try:
            done: int = options.run(options)
        except Refusal as refusal:
            sys.stderr.write(f"mostovi connectivity: {_sentence(refusal)}\n")
            return 2
        return done


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mostovi connectivity", description="The list of schools.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    bring = commands.add_parser(
        "import",
        help="bring a list of schools",
        description=_IMPORT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--authority", default="", metavar="CODE", help="take only schools of this authority")
    bring.add_argument(
        "--column",
        action="append",
        default=[],
        type=_column,
        metavar="FIELD=HEADER",
        help="the column that holds a field, such as school_name='Naziv ustanove'",
    )
    bring.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")
    bring.set_defaults(run=_import)
    take = commands.add_parser("export", help="write all schools as Giga's school master (CSV)")
    take.add_argument("file", type=Path, metavar="FILE")
    take.add_argument("--authority", default="", metavar="CODE", help="only schools of this authority")
    take.set_defaults(run=_export)
    listing = commands.add_parser("imports", help="list what was brought")
    listing.set_defaults(run=_list)
    back = commands.add_parser("undo", help="undo an import as a whole")
    back.add_argument("key", type=UUID, metavar="IMPORT", help="as `mostovi connectivity imports` lists it")
    back.set_defaults(run=_undo)
    return parser


def _column(text: str) -> tuple[str, str]:
    field, sign, header = text.partition("=")
    if not sign:
        raise argparse.ArgumentTypeError("write FIELD=HEADER, such as school_name='Naziv ustanove'")
    return field.strip(), " ".join(header.split())


def _sentence(refusal: Refusal) -> str:
    from mostovi.connectivity.public import sentence_of  # noqa: PLC0415  needs Django ready

    return sentence_of(refusal)


def _import(options: argparse.Namespace) -> int:
    from mostovi.connectivity import public as connectivity  # noqa: PLC0415

    try:
        content = options.file.read_bytes()
    except OSError as error:
        sys.stderr.write(f"mostovi connectivity: {options.file} cannot be read: {error.strerror}.\n")
        return 2
    key = connectivity.upload_schools(
        actor=OPERATOR, authority=options.authority, file_name=options.file.name, content=content
    )
    try:
        return _take(key, options)
    finally:
        connectivity.forget_upload(actor=OPERATOR, key=key)


def _take(key: UUID, options: argparse.Namespace) -> int:
    from mostovi.connectivity import public as connectivity  # noqa: PLC0415

    sheets = connectivity.list_columns(OPERATOR, key)
    columns = {sheet.field: sheet.number for sheet in sheets if sheet.field}
    numbers = {sheet.title: sheet.number for sheet in sheets}
    for field, header in options.column:
        if header not in numbers:
            sys.stderr.write(f"mostovi connectivity: the file has no column {header!r}.\n")
            return 2
        columns[field] = numbers[header]
    connectivity.choose_columns(actor=OPERATOR, key=key, columns=columns)
    plan = connectivity.plan_import(OPERATOR, key)
    _print_plan(plan)
    if options.dry_run:
        sys.stdout.write("Nothing was changed: --dry-run.\n")
    else:
        connectivity.confirm_import(actor=OPERATOR, key=key, reviewed=plan.digest)
        sys.stdout.write(f"Taken as import {key}.\n")
    return 1 if plan.rejected else 0


def _print_plan(plan: Plan) -> None:
    from mostovi.connectivity.public import describe_finding  # noqa: PLC0415
    from mostovi.kernel.territory import list_governments  # noqa: PLC0415

    governments = list_governments()
    for found in plan.findings:
        line = describe_finding(found, governments)
        where = f"row {line.row}" + (f", column {line.column!r}" if line.column else "")
        value = f" [{line.value}]" if line.value else ""
        word = "not taken" if line.fatal else "taken"
        sys.stdout.write(f"{where}: {word}: {line.what}{value}\n    {line.remedy}\n")
    for title in plan.unused:
        sys.stdout.write(f"column {title!r}: not taken: no field of the school master has this name\n")
    sys.stdout.write(
        f"new: {len(plan.new)}, changed: {len(plan.changed)}, unchanged: {plan.unchanged}, "
        f"not taken: {plan.rejected}\n"
    )


def _export(options: argparse.Namespace) -> int:
    from mostovi.connectivity import public as connectivity  # noqa: PLC0415

    rows = connectivity.list_master_values(OPERATOR, authority=options.authority)
    with options.file.open("w", encoding="utf-8", newline="") as file:
        for line in connectivity.write_schools(rows):
            file.write(line)
    if connectivity.has_synthetic_schools(OPERATOR, authority=options.authority):
        sys.stdout.write("Some of these schools are synthetic; school_data_source says which.\n")
    return 0


def _list(_options: argparse.Namespace) -> int:
    from mostovi.connectivity import public as connectivity  # noqa: PLC0415

    for each in connectivity.list_imports(OPERATOR):
        sys.stdout.write(
            f"{each.key}  {each.confirmed_at:%Y-%m-%d %H:%M}  {each.state:9}  new {each.new}, "
            f"changed {each.changed}, not taken {each.rejected}  {each.file_name}\n"
        )
    return 0


def _undo(options: argparse.Namespace) -> int:
    from mostovi.connectivity import public as connectivity  # noqa: PLC0415

    connectivity.undo_import(actor=OPERATOR, key=options.key)
    sys.stdout.write("Undone: every school is as it was before.\n")
    return 0
