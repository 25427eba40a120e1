# Every job a developer does here, by name. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory --silent

VENV_PYTHON := .venv/bin/python
SAM := .venv-deployment/bin/sam
IN_PARALLEL := --numprocesses=auto
export PYTHONPATH := layers/common:.
export AWS_DEFAULT_REGION ?= us-east-1
export SAM_CLI_TELEMETRY := 0
# Without bytecode every process of the tests compiles the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo up test test-quick soak check openapi lock base-image bench build deploy clean

help: ## List these targets
	sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

setup: ## Install what is missing (system packages, Python environments)
	scripts/setup.sh

demo: setup ## Show the whole product once, end to end, on this machine
	$(VENV_PYTHON) -m local.demo

up: setup ## Run Herald on this machine and redeploy on every change (PORT=9000 for another port)
	$(VENV_PYTHON) -m local.up $(if $(PORT),--port $(PORT))

test: test-quick ## Run all tests: first those without the local stack, then those that share one
	$(VENV_PYTHON) -m pytest -m "stack and not soak"

test-quick: setup ## Run the tests that need no local stack
	$(VENV_PYTHON) -m pytest $(IN_PARALLEL) -m "not stack and not soak"

soak: setup ## Run all tests with every seed and many more examples
	$(VENV_PYTHON) -m pytest $(IN_PARALLEL) -m "not stack" --hypothesis-profile=soak
	$(VENV_PYTHON) -m pytest -m stack --hypothesis-profile=soak

check: setup ## Check style, types, imports, the templates and the API description
	echo "format";   .venv/bin/ruff format --check --quiet .
	echo "lint";     .venv/bin/ruff check --quiet .
	echo "types";    .venv/bin/mypy --no-error-summary
	echo "imports";  .venv/bin/lint-imports > .local/imports.log 2>&1 || { cat .local/imports.log; exit 1; }
	echo "templates"; for template in data.yaml template.yaml; do \
	  $(SAM) validate --lint --template $$template > .local/template.log 2>&1 || { cat .local/template.log; exit 1; }; \
	done
	echo "openapi";  $(VENV_PYTHON) -m local.openapi --check

openapi: setup ## Write openapi/herald.json anew from the code
	$(VENV_PYTHON) -m local.openapi

lock: setup ## Lock what requirements/*.in ask for (LOCK_OPTIONS=--upgrade for newer versions below these)
	scripts/lock.sh $(LOCK_OPTIONS)
	$(MAKE) setup

base-image: setup ## Pin the rendering image's base to what its tag is now (needs Docker and the network)
	$(VENV_PYTHON) -m local.base_image pin

bench: setup ## Measure: every number is a ratio of two things run side by side
	$(VENV_PYTHON) -m benchmarks

build: setup ## Package for AWS into .aws-sam/build (needs python3.13 and Docker)
	python3.13 --version > /dev/null 2>&1 || { echo "Put python3.13, the functions' runtime, on the PATH."; exit 1; }
	$(if $(findstring --exclude RenderFunction,$(BUILD_OPTIONS)),,$(VENV_PYTHON) -m local.base_image check)
	$(VENV_PYTHON) -m local.assets
	$(SAM) build $(BUILD_OPTIONS)
	python3.13 -m local.bytecode

deploy: build ## Deploy to AWS as samconfig.toml says, data first; asks before it changes anything
	$(SAM) deploy --config-env data $(DEPLOY_OPTIONS)
	aws cloudformation update-termination-protection --stack-name herald-data --enable-termination-protection > /dev/null
	$(SAM) deploy $(DEPLOY_OPTIONS)

clean: ## Forget local data, logs and caches (the environments stay)
	rm -rf .local .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +
