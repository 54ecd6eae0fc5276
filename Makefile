# `make` lists what there is. Everything below needs only python3.11+, pip and make; what else a target uses it
# installs (in .venv, .tools, or with apt where it runs as root) or says that it is missing.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 8000
# What `make test` hands to pytest, what `make bench` hands to bench.run.
ARGS ?=

PYTHON := .venv/bin/python
MANAGE := $(PYTHON) site/manage.py
# Most targets start a dozen Python processes, and without its cache each of them compiles all of Wagtail first: ten
# seconds. It stands apart, for those who want no compiled files beside the sources.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.tools/python-cache
# Where the deployable's `config` and everything else are found, from any of the commands below.
export PYTHONPATH := $(CURDIR)/site:$(CURDIR)
export PORT

.PHONY: help
help: ## What can be made
	@echo "Agora: make TARGET"
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# -- run ---------------------------------------------------------------------------------------------------------

.PHONY: serve
serve: runtime ## The whole site with demonstration content on http://127.0.0.1:8000 (PORT=8080 for another port)
	@exec $(PYTHON) -m scripts.serve

.PHONY: dev
dev: runtime ## The same with DEBUG and autoreload, for whoever changes the code
	@exec $(PYTHON) -m scripts.serve --dev

.PHONY: demo
demo: runtime ## Load the demonstration content (again) into the data folder, without a server
	@AGORA_DEMO=1 $(MANAGE) migrate --no-input --verbosity 0
	@AGORA_DEMO=1 $(MANAGE) load_demo

# -- check -------------------------------------------------------------------------------------------------------

.PHONY: test
test: dev-packages ## Every test: on SQLite, and beside it on PostgreSQL and with a real browser (ARGS="-k hours" for some)
	@$(PYTHON) -m scripts.system_packages chromium postgresql redis fonts node libical
	@$(PYTHON) -m scripts.readers
	@$(PYTHON) -m scripts.run_tests $(ARGS)

.PHONY: check
check: dev-packages ## Lint, types, import contract, templates, missing migrations and translations, deployment check
	@$(PYTHON) -m scripts.system_packages gettext
	@$(PYTHON) -m scripts.check

.PHONY: bench
bench: dev-packages ## The benchmarks: ratios to a hello-world view, measured side by side (ARGS='home directory')
	@$(PYTHON) -m scripts.services --durable $(PYTHON) -m bench.run $(ARGS)

.PHONY: format
format: dev-packages ## Let ruff lay out the code and put the imports in order
	@.venv/bin/ruff check --select I --fix --quiet .
	@.venv/bin/ruff format .

# -- texts -------------------------------------------------------------------------------------------------------

.PHONY: messages
messages: dev-packages ## Collect new strings into locale/*/LC_MESSAGES/django.po (needs GNU gettext)
	@$(PYTHON) -m scripts.system_packages gettext
	@command -v xgettext >/dev/null || { echo "make messages needs GNU gettext." >&2; exit 1; }
	@$(PYTHON) -m scripts.make_messages

.PHONY: compilemessages
compilemessages: runtime ## Compile the .po files into .mo (needs no GNU gettext)
	@$(PYTHON) -m scripts.compile_messages

# -- upkeep ------------------------------------------------------------------------------------------------------

.PHONY: lock
lock: runtime ## Compile pyproject.toml into the hashed locks (ARGS=--upgrade for newer versions)
	@scripts/lock.sh $(ARGS)

.PHONY: screenshots
screenshots: dev-packages ## Take docs/screenshots/ from a running `make serve` (URL=http://… for another server)
	@$(PYTHON) -m scripts.system_packages chromium fonts
	@$(PYTHON) -m scripts.screenshots $(or $(URL),http://127.0.0.1:$(PORT))

.PHONY: clean
clean: ## Remove what was built (.venv, .tools, caches, compiled messages); the data folder stays
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis bench/results \
		tests/events/readers/node_modules
	@find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
	@find locale -name '*.mo' -delete 2>/dev/null || true

# -- not for the command line ------------------------------------------------------------------------------------

.PHONY: runtime dev-packages
runtime:
	@scripts/venv.sh runtime
dev-packages:
	@scripts/venv.sh dev
