# Every command starts on a bare Python 3.11 or newer; whatever else it needs goes into .venv.
#
#   PYTHON=python3.12           the interpreter that .venv is made with
#   HOST= PORT= DATABASE_URL=   where `make run` serves, and out of which database
#   TEST_DATABASE_URL=          a PostgreSQL server for the tests, instead of the suite's own
#   ONLY=tests/kernel           what `make test` runs, instead of everything
#   COVERAGE=100                the branch coverage, in percent, below which `make test` fails

MAKEFLAGS += --no-print-directory
SHELL := /bin/sh
BIN := .venv/bin
ONLY ?= tests
WORKERS ?= logical
COVERAGE ?= 99

NAMES = $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
FOUND = $(shell for name in $(NAMES); do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& command -v "$$name" && break; done)
ADVICE = no Python 3.11 or newer among $(NAMES): install one (Debian, Ubuntu: apt-get install \
	python3 python3-venv), or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3
USE_PYTHON = "$(or $(FOUND),$(error $(ADVICE)))"

.DEFAULT_GOAL := help
.PHONY: help run test torture check bench lock static format lint types contracts venv browser

help: ## show this page
	@echo "Tessera, a peer-to-peer lending marketplace"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 16

run: ## serve the demo marketplace on http://127.0.0.1:8000 (HOST, PORT, DATABASE_URL)
	@exec $(USE_PYTHON) -m tools.run

test: static browser ## run every check and every test: SQLite, PostgreSQL, a real browser
	@$(BIN)/python -m pytest $(ONLY) -q -n $(WORKERS) --dist worksteal \
		--cov --cov-report=term --cov-fail-under=$(COVERAGE)

torture: venv ## kill, crash and tamper as long as it takes: whatever has a long form
	@TORTURE=1 $(BIN)/python -m pytest tests/hammer tests/crash tests/marketplace/test_close_interrupted.py \
		-q -p no:cacheprovider

check: static ## check format, lint, types, imports and the rules of the house
	@$(BIN)/python -m pytest tests/house -q

bench: venv ## measure what must be fast, and print it as one table
	@$(BIN)/python -m benchmarks

lock: ## write requirements/*.lock from pyproject.toml (UPGRADE=1 takes the newest versions)
	@$(USE_PYTHON) -m tools.lock

static: format lint types contracts

format: venv
	@$(BIN)/ruff format --check --quiet . || { echo "mend it with: $(BIN)/ruff format ." >&2; exit 1; }

lint: venv
	@$(BIN)/ruff check --quiet .

types: venv
	@$(BIN)/mypy --no-error-summary .

contracts: venv
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said" >&2; exit 1; }

venv:
	@$(USE_PYTHON) -m tools.prepare dev

browser: venv
	@$(USE_PYTHON) -m tools.browser
