# Every target does its own set-up; a second run installs nothing.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The suite and the demo start hundreds of processes: none compiles what another has, whatever the shell says.
export PYTHONDONTWRITEBYTECODE :=
# Three on two cores: while a test waits for a server, a clock or a killed process, another goes on.
JOBS ?= 3
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

# uv where it is present (seconds), pip where it is not (half a minute); both check every hash.
define install_lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $(1) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
endef

.PHONY: help
help:  ## Say what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: demo
demo: $(VENV)/.runtime  ## Dispatch a city of 1,500 practitioners from an empty machine.
	@$(BIN)/legal-dispatch demo

.PHONY: serve
serve: $(VENV)/.runtime  ## Keep the same city running: API, worker, scheduler.
	@$(BIN)/legal-dispatch serve --demo

# Debian's, where it can be installed; else the tests of the console in a browser say in one line how to get it.
.PHONY: chromium
chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || \
		{ command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ] && echo "Installing Chromium ..." && \
		{ apt-get install -y -q chromium || { apt-get update -q && apt-get install -y -q chromium; }; } >/dev/null 2>&1; } || true

.PHONY: test
test: $(VENV)/.dev chromium  ## Run the whole suite on SQLite and PostgreSQL, with real Redis, workers and Chromium.
	@$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

.PHONY: check
check: lint test  ## Format, lint, types, layers, then the whole suite: what the build server runs.

.PHONY: lint
lint: $(VENV)/.dev  ## Format, lint, types and layers alone.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: hooks
hooks: $(VENV)/.dev  ## Run `make lint` before every commit (needs pre-commit).
	pre-commit install

# Drawn examples are the same each time: no branch is reached by luck. The back-test is what reads a record.
.PHONY: cover
cover: $(VENV)/.dev  ## Demand every branch of optimizer, domain and modes.
	HYPOTHESIS_PROFILE=shared $(BIN)/python -m pytest -q -n $(JOBS) --cov=optimizer --cov=dispatch/domain \
		--cov=dispatch/modes --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100 \
		tests/optimizer tests/domain tests/modes tests/casework tests/simulation/test_backtest.py tests/exchange \
		tests/test_citations.py tests/test_cli_files.py tests/api/test_own.py tests/api/test_law.py \
		tests/api/test_organs.py tests/api/test_wishes.py tests/commands tests/reports/test_reports.py \
		tests/reports/test_subsidy.py tests/api/test_sessions.py tests/api/test_tokens.py tests/api/test_log.py \
		tests/api/test_rotation.py tests/registry/test_conflicts.py tests/api/test_identities.py \
		tests/api/test_overview.py tests/api/test_ties.py tests/reports/test_self_check.py \
		tests/reports/test_run_facts.py tests/simulation/test_repair.py tests/simulation/test_prices.py \
		-k "not postgres"

.PHONY: papers
papers: $(VENV)/.dev  ## Every document as page, Word file and PDF (the last where LibreOffice is installed).
	$(BIN)/python -m pytest -q -rs tests/exchange/test_documents.py tests/commands/documents tests/api/test_documents.py

.PHONY: thorough
thorough: $(VENV)/.dev  ## The laws of the optimizer and its files with thousands of examples each (slow).
	HYPOTHESIS_PROFILE=thorough $(BIN)/python -m pytest -q -n $(JOBS) --timeout=3000 tests/optimizer tests/modes \
		tests/test_cli_files.py tests/reports/test_self_check.py

.PHONY: tour
tour: $(VENV)/.dev chromium  ## Play the picture tour of the console into docs/tour (minutes; port 18017 must be free).
	@# A browser writes its own words, such as those of a date, in the languages it was installed with.
	@[ -e /usr/lib/chromium/locales/zh-CN.pak ] || { [ "$$(id -u)" = 0 ] && apt-get install -y -q chromium-l10n >/dev/null 2>&1; } || true
	$(BIN)/python -m pytest -q --timeout=1200 tests/console/tour/play.py

.PHONY: alerts
alerts: $(VENV)/.dev  ## Every alert of the example fires on a planted fault, in Prometheus' own reckoning (Debian's package is fetched).
	$(BIN)/python -m pytest -q tests/alerts.py

.PHONY: manuals
manuals: $(VENV)/.dev  ## Run the manuals of manager and operator as they are written (two minutes).
	$(BIN)/python -m pytest -q tests/manuals.py

.PHONY: long
long: $(VENV)/.dev  ## A small storm with every blow, registers of thousands and with gaps, a second start, a month on PostgreSQL (two minutes).
	$(BIN)/python -m pytest -q --timeout=600 -m long tests/test_demo.py tests/benchmarks/test_storm.py \
		tests/simulation/test_same_days.py

.PHONY: hosts
hosts: $(VENV)/.dev  ## Two worker hosts in network namespaces, one loses power (root on Linux; minutes).
	$(BIN)/python -m pytest -q --timeout=600 tests/workers/namespaces.py

.PHONY: year
year: $(VENV)/.dev  ## A year of a city, 8,000 cases, through the live commands and through the replay, line by line (more than an hour).
	$(BIN)/python -m benchmarks.year

.PHONY: bench
bench: $(VENV)/.dev  ## The matching core beside its peers at city sizes (minutes).
	$(BIN)/python -m benchmarks city
	$(BIN)/python -m benchmarks.unstructured

.PHONY: bench-full
bench-full: $(VENV)/.dev  ## The same with backlog, province and nation (an hour).
	$(BIN)/python -m benchmarks full

.PHONY: bench-service
bench-service: $(VENV)/.dev  ## The running service beside pgbench and a bare endpoint, on both databases (minutes).
	$(BIN)/python -m benchmarks.service

.PHONY: storm
storm: $(VENV)/.dev  ## Twenty storms of claims in peace and twenty while processes and Redis are killed (half an hour).
	$(BIN)/python -m benchmarks.storm 20

.PHONY: migration
migration: $(VENV)/.dev  ## Draft a migration from what the tables have and it lacks: TITLE="add ...".
	@$(BIN)/python -m testbed.draft_migration "$(TITLE)"

.PHONY: lock
lock:  ## Resolve the dependencies anew and write both locks (needs uv).
	$(COMPILE) --extra embedded --group build pyproject.toml -o requirements.lock
	$(COMPILE) --extra embedded --group build --group dev --group bench pyproject.toml -o requirements-dev.lock

.PHONY: clean
clean:  ## Remove the environment and all local data.
	rm -rf $(VENV) var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.runtime: requirements.lock pyproject.toml
	@echo "Installing what the service needs into $(VENV) ..."
	$(call install_lock,requirements.lock)
	@touch $@

# The development lock holds all of the other, so one pass serves both.
$(VENV)/.dev: requirements-dev.lock requirements.lock pyproject.toml
	@echo "Installing what the service and its tests need into $(VENV) ..."
	$(call install_lock,requirements-dev.lock)
	@touch $(VENV)/.runtime $@
