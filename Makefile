# Passerelle: `make run` starts everything, `make test` and `make drills` prove everything, `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= $(shell .ci/python)
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
PYTEST_WORKERS ?= $(shell echo $$(($$(nproc) + 1))) # one more than cores: browsers and killed processes are waited for
BESIDE_WORKERS ?= $(shell nproc) # of the tests on PostgreSQL, where those on SQLite run beside them
SPREAD = --dist loadgroup --no-loadscope-reorder
NEXT ?= not browser and not drill
NEXT_TESTS ?= tests
PEOPLE ?= 1000000
SBOM ?= var/sbom.cdx.json
DIST ?= var/dist
export HOST PORT
export PYTHONDONTWRITEBYTECODE = # keep what is compiled, wherever this runs: tests start hundreds of processes

.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-postgres test-postgres-beside test-next next drills drills-sqlite drills-postgres lint format bench bench-million chaos lock messages setup setup-dev doctor sbom wheel clean

help: ## List what make can do here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup ## Set up, load demo content on the first start, serve on http://127.0.0.1:8000 (HOST, PORT, DATA_DIR)
	@exec $(BIN)/python manage.py start --demo

test: setup-dev ## Lint, types, contracts, and every test but drills, on SQLite and PostgreSQL, all at once
	@.ci/beside lint test-sqlite test-postgres-beside

test-postgres-beside:
	@$(MAKE) --no-print-directory test-postgres PYTEST_WORKERS=$(BESIDE_WORKERS)

test-sqlite: ## Every test but drills, browser included, on SQLite
	$(BIN)/pytest -n $(PYTEST_WORKERS) $(SPREAD) -m "not drill"

test-postgres: ## Tests that ask a database, without those of looks, on a throw-away PostgreSQL
	.ci/with-postgres $(BIN)/pytest -n $(PYTEST_WORKERS) $(SPREAD) -m "database and not (browser or pages or drill)"

drills: setup-dev ## Whole sites upgraded, restored, moved, stopped and killed, on SQLite and PostgreSQL at once
	@.ci/beside drills-sqlite drills-postgres

drills-sqlite:
	$(BIN)/pytest -n $(PYTEST_WORKERS) $(SPREAD) -m drill

drills-postgres:
	.ci/with-postgres $(BIN)/pytest -n $(PYTEST_WORKERS) $(SPREAD) tests/flows/test_*_drill.py

test-next: .venv-next/.stamp locale/.compiled ## Tests on SQLite with the next Django and Wagtail, on Python 3.12 or newer (NEXT, NEXT_TESTS: which)
	.venv-next/bin/python -m pytest -n $(PYTEST_WORKERS) $(SPREAD) -m "$(NEXT)" $(NEXT_TESTS)

next:
	@.ci/next

lint: ## Format, rules, import contracts, types, missing migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache >var/imports.log || (cat var/imports.log; exit 1)
	$(BIN)/mypy lms cms courses assessments certificates placement
	DJANGO_SETTINGS_MODULE=lms.settings.test $(BIN)/python manage.py makemigrations --check --dry-run

format: ## Rewrite the code in the house's format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup-dev ## Times beside a hello-world view of the same server, on SQLite and PostgreSQL; sizes of a learner's journey
	$(BIN)/python -m bench.run
	POSTGRES_OPTIONS= .ci/with-postgres $(BIN)/python -m bench.run
	$(BIN)/python -m bench.transactions
	POSTGRES_OPTIONS= .ci/with-postgres $(BIN)/python -m bench.transactions
	$(BIN)/python -m bench.journey
	$(BIN)/python -m bench.certificates
	$(BIN)/python -m bench.exam --minutes 2
	$(BIN)/python -m bench.submissions

bench-million: setup-dev ## Placement with a million people and 50,000 opportunities on PostgreSQL, page by page (PEOPLE=20000 for less)
	POSTGRES_OPTIONS="-c fsync=off -c full_page_writes=off -c shared_buffers=1GB -c max_wal_size=8GB" \
	  .ci/with-postgres $(BIN)/python -m bench.million --people $(PEOPLE)

chaos: setup-dev ## Kill workers and writers, cut the power, stop each of several machines; count what stands (takes up to an hour)
	$(BIN)/python -m bench.chaos
	$(BIN)/python -m bench.broker
	$(BIN)/python -m bench.power_cut
	$(BIN)/python -m bench.machines

messages: setup-dev ## Collect strings into locale/, compile, list what is untranslated
	$(BIN)/python manage.py collect_messages

doctor: setup ## Check this installation and say how to fix each point
	$(BIN)/python manage.py doctor

lock: ## Write the hash locks anew (needs uv)
	uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	  --no-header pyproject.toml -o requirements.txt
	uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links \
	  --no-header pyproject.toml --group dev -o requirements-dev.txt
	uv pip compile -q --generate-hashes --universal --python-version 3.12 --no-emit-index-url --no-emit-find-links \
	  --no-header pyproject.toml --group dev --override requirements-next.in -o requirements-next.txt

sbom: setup-dev ## List every library that is installed, with versions and hashes, as CycloneDX: var/sbom.cdx.json (SBOM)
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o $(SBOM)

wheel: setup-dev ## The whole site as one file to install: var/dist/passerelle-VERSION.whl
	$(BIN)/pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation -w $(DIST) .

setup: .venv/.run-stamp locale/.compiled ## Virtual environment, system libraries, locked dependencies

setup-dev: .venv/.dev-stamp locale/.compiled ## The same, with what tests need

.venv/bin/python:
	@.ci/system-packages run
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Passerelle needs Python 3.11 or newer: set PYTHON=python3.11")'
	@$(PYTHON) -m venv .venv
	@mkdir -p var

.venv/.run-stamp: requirements.txt | .venv/bin/python
	@mkdir -p var
	@if [ ! -e .venv/.dev-stamp ] || [ requirements.txt -nt .venv/.dev-stamp ]; then \
	  $(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt; fi
	@touch $@

.venv/.dev-stamp: requirements-dev.txt | .venv/bin/python
	@mkdir -p var
	@.ci/system-packages test
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.venv-next/.stamp: requirements-next.txt
	@.ci/system-packages run
	@python=$$(.ci/newer-python) && $$python -m venv .venv-next
	@.venv-next/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-next.txt
	@mkdir -p var && touch $@

locale/.compiled: $(wildcard locale/*/LC_MESSAGES/*.po)
	@for po in $^; do msgfmt --check-format -o "$${po%.po}.mo" "$$po"; done
	@touch $@

clean: ## Remove the environment and what was compiled (never the data in var/)
	rm -rf .venv .venv-next locale/.compiled .mypy_cache .ruff_cache .pytest_cache
	find locale -name '*.mo' -delete
