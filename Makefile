# The commands of this repository: `make help` lists them.
#
# PYTHON      the Python that makes .venv, 3.10 to 3.12 (default: python3)
# HOST, PORT  where the page listens (default: 127.0.0.1; 7860 the demo, 7861 the annotator, 7862 the static page)
#
# Packages come from wherever pip is set to look. To take torch from another index, such as PyTorch's index of
# CPU-only builds, set pip's own PIP_EXTRA_INDEX_URL (or PIP_FIND_LINKS) before `make`.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?=
PYTEST_ARGS ?=

VENV := .venv
VENV_PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/.requirements-installed
DEV_INSTALLED := $(VENV)/.requirements-dev-installed
ENGINES_INSTALLED := $(VENV)/.requirements-engines-installed
QUICK := $(addprefix tests/,images networks losses metrics datasets test_docs.py test_import_rules.py test_text.py \
	cli/test_arguments.py cli/test_derain_plan.py)
NODE_INSTALLED := node_modules/.package-lock.json

.PHONY: help demo annotate web test quick lint format
.DEFAULT_GOAL := help

help: ## list these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: $(INSTALLED) ## make .venv if needed, install, open the demo on http://HOST:PORT
	@HOST='$(HOST)' PORT='$(or $(PORT),7860)' $(VENV_PYTHON) -m app

annotate: $(INSTALLED) ## the same for the annotator, whose project is the folder ./curation/
	@HOST='$(HOST)' PORT='$(or $(PORT),7861)' $(VENV_PYTHON) -m annotator serve curation/

web: $(ENGINES_INSTALLED) $(NODE_INSTALLED) ## build dist/, the page that derains in the visitor's browser, and serve it
	$(VENV_PYTHON) scripts/build_web.py
	@$(VENV_PYTHON) scripts/serve_web.py --host '$(HOST)' --port '$(or $(PORT),7862)'

test: $(DEV_INSTALLED) $(NODE_INSTALLED) ## make .venv if needed, install what the tests need, lint, check types, run every test
	@sh scripts/install_test_system.sh
	@$(MAKE) --no-print-directory lint
	$(VENV_PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile $(PYTEST_ARGS)

quick: $(DEV_INSTALLED) ## the tests that need no browser, PostgreSQL or long training: about a minute on two cores
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m pytest -n auto --maxprocesses 4 --dist loadfile -m 'not slow' $(QUICK) $(PYTEST_ARGS)

lint: $(DEV_INSTALLED) $(NODE_INSTALLED) ## check style, format and types, of the JavaScript too
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	@sh scripts/lint_javascript.sh

format: $(DEV_INSTALLED) ## write the format and the fixes that are safe
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

$(VENV_PYTHON):
	@sh scripts/make_venv.sh '$(PYTHON)' '$(VENV)'

$(INSTALLED): requirements.txt | $(VENV_PYTHON)
	$(VENV_PYTHON) -m pip install --disable-pip-version-check -r requirements.txt
	@touch $@

# Browser tests that need it, and the check of the JavaScript, are left out where npm is missing.
$(NODE_INSTALLED): package.json package-lock.json
	@npm ci --ignore-scripts && touch $@ || echo "npm, or what it installs, is missing: the tests that need it will be skipped." >&2

$(ENGINES_INSTALLED): requirements.txt requirements-engines.txt | $(VENV_PYTHON)
	$(VENV_PYTHON) -m pip install --disable-pip-version-check -r requirements-engines.txt
	@touch $@ $(INSTALLED)

$(DEV_INSTALLED): requirements.txt requirements-cluster.txt requirements-dev.txt | $(VENV_PYTHON)
	$(VENV_PYTHON) -m pip install --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(INSTALLED)
