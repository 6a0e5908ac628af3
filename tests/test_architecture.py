"""The shape of the house, held by tests. When a reviewer says something twice, it becomes a test here."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "mostovi"
MODULES = ("exchange", "services", "connectivity", "front")
ASYNC_PROGRAMS_AND_ENGINES = (
    "mostovi.exchange.protocol",
    "mostovi.exchange.gateway",
    "mostovi.exchange.sealing",
    "mostovi.exchange.verification",
    "mostovi.services.definition",
    "mostovi.services.documents",
    "mostovi.connectivity.aggregation",
    "mostovi.connectivity.criteria",
    "mostovi.connectivity.sketches",
    "mostovi.connectivity.tiles",
    "mostovi.connectivity.probe",
    "mostovi.connectivity.school_master",
    "mostovi.live",
)


def python_files(folder: Path = SOURCE) -> Iterator[Path]:
    yield from sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def room_files(*rooms: str) -> list[Path]:
    """The files of a room in every module: ``views.py``, and what lies in a folder of that name."""
    found = []
    for path in python_files():
        relative = path.relative_to(SOURCE)
        if relative.parts[0] in MODULES and (
            relative.stem in rooms or set(relative.parts[1:-1]) & set(rooms)
        ):
            found.append(path)
    return found


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def test_arrows_point_one_way() -> None:
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout


@pytest.mark.parametrize("package", ASYNC_PROGRAMS_AND_ENGINES)
def test_async_programs_and_engines_never_load_django(package: str) -> None:
    script = (
        "import importlib, pkgutil, sys\n"
        f"package = importlib.import_module({package!r})\n"
        "for module in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "    importlib.import_module(module.name)\n"
        "print([name for name in sys.modules if name.split('.')[0] == 'django'])\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_no_file_has_a_name_that_says_nothing() -> None:
    empty_names = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "managers"}
    assert [short(path) for path in python_files() if path.stem in empty_names] == []


@pytest.mark.parametrize("path", room_files("views", "endpoints", "forms"), ids=short)
def test_views_never_touch_tables(path: Path) -> None:
    assert not {name for name in imported(path) if re.search(r"\.models($|\.)", name)}


@pytest.mark.parametrize("path", room_files("values"), ids=short)
def test_values_need_only_the_standard_library(path: Path) -> None:
    outside = {name.split(".")[0] for name in imported(path)} - set(sys.stdlib_module_names)
    own = f"mostovi.{path.relative_to(SOURCE).parts[0]}."
    assert {
        name for name in imported(path) if name.split(".")[0] in outside and not name.startswith(own)
    } == set()


@pytest.mark.parametrize("path", room_files("rules"), ids=short)
def test_rules_know_no_database_no_clock_no_network(path: Path) -> None:
    forbidden = ("django.db", "mostovi.kernel.clock", "mostovi.kernel.models", "http", "socket", "requests")
    bad = {name for name in imported(path) if name.startswith(forbidden) or ".models" in name}
    assert bad == set()
    assert ".now(" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", room_files("actions"), ids=short)
def test_each_action_takes_its_facts_by_name(path: Path) -> None:
    positional = [function.name for function in public_functions(path) if function.args.args]
    assert positional == []


@pytest.mark.parametrize("path", room_files("queries"), ids=short)
def test_no_query_without_an_actor(path: Path) -> None:
    def parameters(function: ast.FunctionDef) -> set[str]:
        return {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}

    assert [function.name for function in public_functions(path) if "actor" not in parameters(function)] == []


# Who reads or writes tables outside the rooms made for it, and why that is right.
TABLES_ELSEWHERE = {
    "services/catalogue.py": "pins the files of a service to a case; nobody's data",
    "services/fact_tries.py": "leases for asking registers, used by actions and the worker alone",
    "services/figures.py": "counts without a person, and where a tracking code stands",
    "services/recording.py": "how every action finds, moves and notes a case, in the action's transaction",
}


def test_tables_are_touched_only_in_their_rooms() -> None:
    rooms = {"models", "queries", "actions"}
    strays = [
        str(path.relative_to(SOURCE))
        for path in python_files()
        if ".objects" in path.read_text(encoding="utf-8")
        and not {path.stem, *path.relative_to(SOURCE).parts[:-1]} & {*rooms, "kernel"}
    ]
    assert sorted(set(strays) - set(TABLES_ELSEWHERE)) == []


def test_modules_meet_only_through_their_public_door() -> None:
    strays = []
    for path in python_files():
        own = path.relative_to(SOURCE).parts[0]
        for name in imported(path):
            door = re.match(r"mostovi\.(services|connectivity|exchange|front)\.(\w+)", name)
            if (
                door
                and door[1] != own
                and door[2] not in {"public", *_LIBRARIES}
                and own not in {"config", "demo"}
            ):
                strays.append(f"{short(path)} imports {name}")
    assert strays == []


# Engines are plain libraries; any module above may compute with them.
_LIBRARIES = {"protocol", "sealing", "verification", "definition", "documents", "school_master"}


def walk_routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk_routes(entry, route)
        else:
            yield route, entry


@pytest.mark.parametrize("urlconf", ["mostovi.config.urls", "mostovi.demo.urls"])
def test_every_route_declares_who_may_open_it(urlconf: str) -> None:
    undeclared = [
        route for route, entry in walk_routes(get_resolver(urlconf)) if not hasattr(entry.callback, "access")
    ]
    assert undeclared == []


@pytest.mark.parametrize("path", room_files("views"), ids=short)
def test_what_answers_get_answers_head(path: Path) -> None:
    """``require_safe`` and ``["GET", "HEAD", "POST"]``: a page may be asked for its headers alone."""
    text = path.read_text(encoding="utf-8")
    assert "require_GET" not in text
    methods = re.findall(r"require_http_methods\(\[(.*?)\]", text)
    assert [names for names in methods if "HEAD" not in names] == []


def settings_read() -> set[str]:
    names: set[str] = set()
    for path in python_files():
        if path.name == "settings_test.py":
            continue
        text = path.read_text(encoding="utf-8")
        pattern = (
            r"environment\.(?:read|secret|strong_secret|json_object|is_on|seconds)\(\s*\"(MOSTOVI_\w+)\""
            r"|environ(?:\.get)?[\(\[]\s*\"(MOSTOVI_\w+)\""
        )
        names.update(first or second for first, second in re.findall(pattern, text))
    return names


def test_every_setting_is_documented_and_nothing_else() -> None:
    documented = set(re.findall(r"`(MOSTOVI_\w+)`", (ROOT / "docs/reference/settings.md").read_text("utf-8")))
    assert settings_read() == {name for name in documented if not name.endswith("_FILE")}


def test_half_of_all_functions_are_under_ten_lines() -> None:
    sizes = [
        (function.end_lineno or function.lineno) - function.lineno + 1
        for path in python_files()
        for function in functions(path)
    ]
    assert median(sizes) < 10


def test_lock_files_pin_with_hashes_and_name_no_registry() -> None:
    for path in sorted((ROOT / "requirements").glob("*.lock")):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        pins = re.findall(r"^([a-z0-9-]+)==.*((?:\n    --hash.*)+)", text, re.MULTILINE)
        assert len(pins) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) > 0


def test_nothing_of_the_demonstration_is_imported_outside_it() -> None:
    strays = [
        short(path)
        for path in python_files()
        if "demo" not in path.relative_to(SOURCE).parts[:1]
        and any(name.startswith("mostovi.demo") for name in imported(path))
    ]
    assert strays == []


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_between_documents_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
