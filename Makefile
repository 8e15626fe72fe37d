# Every target does its own set-up; nothing is installed twice.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

# uv where it is present (seconds), pip where it is not (half a minute); both check every hash.
define install_lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1) && \
		uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r $(1) && \
		$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e . ; \
	fi
endef

$(VENV)/.runtime: requirements.lock pyproject.toml
	@echo "Installing what the service needs into $(VENV) ..."
	$(call install_lock,requirements.lock)
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "Installing what the tests need into $(VENV) ..."
	$(call install_lock,requirements-dev.lock)
	@touch $@

.PHONY: lock
lock:  ## Resolve the dependencies anew and write both locks.
	$(COMPILE) --extra embedded --group build pyproject.toml -o requirements.lock
	$(COMPILE) --extra embedded --group build --group dev --group bench pyproject.toml -o requirements-dev.lock
