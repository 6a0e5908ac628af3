# Bare `make` lists what there is. Everything works from a fresh clone; nothing outside this folder is touched.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
BIN := .venv/bin
REQUIRE ?=
export REQUIRE
# What Python compiled once it need not compile again at the start of every program of a test.
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest -q
# Real programs and browsers on a busy machine get a second try; pytest shows each.
SECOND_TRY := --reruns 1
SYSTEM_PACKAGES := chromium curl fonts-noto-core gettext iproute2 libnss3-tools nginx poppler-utils postgresql wrk

.DEFAULT_GOAL := help
.PHONY: help demo tutorial test test-all quick check fix bench bench-exchange bench-connectivity lock system-packages messages

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-17s %s\n", $$1, $$2}'

demo: .venv/runtime ## start the whole demonstration country behind one address
	@$(BIN)/mostovi demo $(OPTIONS)

test: .venv/development ## all tests on SQLite, those that touch tables also on PostgreSQL, journeys in one variant
	@$(BIN)/mostovi messages compile
	@$(PYTEST) -n 2 -m "not slow and not journey and not programs"
	@$(BIN)/python tests/on_postgresql.py $(PYTEST) -n 2 --only-tables -m "not slow and not journey and not programs"
	@$(PYTEST) $(SECOND_TRY) -n 2 -m "programs and not slow and not journey"
	@export PAGES_OPENED=$$(mktemp -d) && trap 'rm -rf $$PAGES_OPENED' EXIT && \
	$(PYTEST) $(SECOND_TRY) -n 2 -m "journey and not slow and not afterwards" && $(PYTEST) -m afterwards

test-all: check test ## make check, make test, what takes longer, journeys in the other four variants
	@$(PYTEST) $(SECOND_TRY) -m "slow and not journey"
	@$(PYTEST) $(SECOND_TRY) -n 2 -m "slow and journey"

quick: .venv/development ## the quick suite: everything that starts no program, few examples of each property
	@$(BIN)/mostovi messages compile
	@EXAMPLES=few $(PYTEST) -n 2 -m "not slow and not journey and not programs"

check: .venv/development ## style, types, imports
	@$(BIN)/ruff format --check -q . || { echo "make fix formats"; exit 1; }
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fix: .venv/development ## format and mend what can be mended by itself
	@$(BIN)/ruff check -q --fix . || true
	@$(BIN)/ruff format -q .

bench: bench-exchange bench-connectivity ## every published figure

bench-exchange: .venv/development ## exchanges per second through two gateways, beside nginx
	@$(BIN)/python bench/exchange.py
	@$(BIN)/python bench/figures.py

bench-connectivity: .venv/development ## measurements, aggregates, tiles and plans, beside peers
	@$(BIN)/python bench/aggregation.py
	@$(BIN)/python bench/tiles.py
	@$(BIN)/python bench/ingest.py

tutorial: .venv/development ## play the English journeys and take the pictures of docs/tutorial anew
	@$(BIN)/mostovi messages compile
	@MOSTOVI_SCREENSHOTS=docs/tutorial/pictures $(PYTEST) -m "journey and not afterwards" tests/journeys

messages: .venv/development ## collect the sentences to translate
	@$(BIN)/python tests/collect_messages.py

lock: ## pin every dependency with hashes, after a change of requirements/*.in
	@for set in runtime postgresql development; do \
	  uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	    requirements/$$set.in -o requirements/$$set.lock; done

system-packages: ## Debian packages that some tests need
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES) >/dev/null; \
	else echo "As root: apt-get install $(SYSTEM_PACKAGES)"; fi

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, $(PYTHON) is older."; exit 1; }
	@echo "Making a Python environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/runtime: .venv/bin/python requirements/runtime.lock
	@echo "Installing pinned dependencies (once)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "mostovi.pth").write_text(str(pathlib.Path("src").resolve()))'
	@printf '#!%s/.venv/bin/python\nimport sys\nfrom mostovi.config.command_line import main\nsys.exit(main())\n' "$(CURDIR)" > $(BIN)/mostovi && chmod +x $(BIN)/mostovi
	@touch $@

.venv/development: .venv/runtime requirements/development.lock
	@echo "Installing what tests need (once)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/development.lock
	@touch $@
