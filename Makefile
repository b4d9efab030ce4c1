# `make up` runs everything; `make test` checks everything. Both set up from a bare machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# How many processes share the whole suite: more than cores, for tests wait as much as they work.
# A part runs in one, where a debugger can be had: make test ARGS='tests/api -k upload'
PROCESSES ?= $(if $(ARGS),0,4)

.PHONY: up setup setup-test test check fix bench bench-services

up: setup
	@$(BIN)/pixferry up

setup: $(VENV)/.installed

setup-test: $(VENV)/.installed-test

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Pixferry needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Pixferry into $(VENV) (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[vision]'
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Pixferry and its test tools into $(VENV) (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/.installed

test: check
	@$(BIN)/python -m pytest -n $(PROCESSES) $(ARGS)

check: setup-test
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml api bot core pixferry migrations

fix: setup-test
	@$(BIN)/ruff check --fix --exit-zero .
	@$(BIN)/ruff format .
	@$(BIN)/python -m pixferry.reference

# Small sizes, some minutes; bench/README.md has the sizes that the targets speak of.
bench: setup-test
	@$(BIN)/python -m bench.footprint --rounds 3
	@$(BIN)/python -m bench.reads --seconds 2
	@$(BIN)/python -m bench.delivery --seconds 2
	@$(BIN)/python -m bench.uploads --count 16
	@$(BIN)/python -m bench.listing --large 20000 --rounds 3 --requests 30
	@$(BIN)/python -m bench.sweep --count 2000 --others 2000 --quiet 3
	@$(BIN)/python -m bench.telegram --count 100 --seconds 2
	@$(BIN)/python -m bench.chat --count 100 --seconds 1 --in-flight 20 --more 40
	@$(BIN)/python -m bench.scaling --backing embedded --processes 1 2 --seconds 2 --count 60
	@if $(BIN)/python -m bench.services; then $(MAKE) --no-print-directory bench-services; fi

bench-services: setup-test
	@$(BIN)/python -m bench.footprint --backing services --rounds 3
	@$(BIN)/python -m bench.reads --backing services --seconds 2
	@$(BIN)/python -m bench.delivery --backing services --seconds 2
	@$(BIN)/python -m bench.uploads --backing services --count 16
	@$(BIN)/python -m bench.listing --backing services --large 20000 --rounds 3 --requests 30
	@$(BIN)/python -m bench.sweep --backing services --count 300 --others 300 --quiet 3
	@$(BIN)/python -m bench.chat --backing services --count 60 --seconds 1 --in-flight 20 --more 20
	@$(BIN)/python -m bench.scaling --processes 1 2 --seconds 2 --count 60
