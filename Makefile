# Every target sets up the machine first (see tools/bootstrap); a warm start takes a fraction of a second.

# The environment of the checkout where there is one: a version manager in front of python3 takes a tenth of a second.
PYTHON ?= $(firstword $(wildcard .venv/bin/python3) python3)
STACK ?= dev
BASE ?= origin/main
OUT ?= .render/$(STACK)
ALERT ?= HighCPU
SECONDS ?= 30

# Bytecode is most of the start-up time of the program.
unexport PYTHONDONTWRITEBYTECODE

ready = @$(PYTHON) -m tools.bootstrap run
confirm = $(if $(YES),--yes)

.DEFAULT_GOAL := help
.PHONY: preview test up destroy alert-test rehearse shell sandbox sandbox-down e2e render diff settings size recover \
        check fmt bench generate docs lock help clean

preview: ## preview the stack; needs no cluster and no account [STACK=dev DIFF=1]
	$(ready) --for preview --with checks -- python -m tools.deploy preview --stack $(STACK) $(if $(DIFF),-- --diff)

test: check ## lint, types and every test that needs neither a cluster nor the internet
	$(ready) --for preview --with checks -- pytest -n 2 --dist worksteal --ignore=tests/e2e

up: ## deploy the stack, after checks of the cluster and a confirmation [STACK=dev YES=1]
	$(ready) --for preview --with checks -- python -m tools.deploy up --stack $(STACK) $(confirm)

destroy: ## remove the stack except protected resources [STACK=dev YES=1]
	$(ready) --for preview -- python -m tools.deploy destroy --stack $(STACK) $(confirm)

recover: ## clear what an interrupted up left behind [STACK=dev YES=1]
	$(ready) --for preview -- python -m tools.deploy recover --stack $(STACK) $(confirm)

alert-test: ## send a test alert through each receiver, and report what was delivered [STACK=dev ALERTMANAGER=]
	$(ready) --for preview -- python -m tools.deploy alert-test --stack $(STACK) $(if $(ALERTMANAGER),-- $(ALERTMANAGER))

rehearse: ## see an alert fire on this machine, in scaled time [STACK=dev ALERT=HighCPU SECONDS=30 OBJECTIVE= SANDBOX=]
	$(ready) --for rehearse -- python -m tools.alerts --stack $(STACK) --alert $(ALERT) --seconds $(SECONDS) \
		$(if $(OBJECTIVE),--objective $(OBJECTIVE)) $(if $(SANDBOX),--sandbox)

shell: ## a shell with the tools, state and passphrase that make uses for the stack [STACK=dev]
	$(ready) --for preview -- python -m tools.deploy shell --stack $(STACK)

sandbox: ## a Kubernetes control plane on this machine, with its own kubeconfig
	$(ready) --for sandbox -- python -m sandbox up

sandbox-down: ## stop the sandbox
	$(ready) --for sandbox -- python -m sandbox down

e2e: ## sandbox, up, drift, change, failure, recovery and destroy through the real engine
	$(ready) --for e2e -- pytest -n 2 --dist loadfile tests/e2e

render: ## every object of the stack as YAML files [STACK=dev OUT=.render/dev]
	$(ready) --for preview --with checks -- python -m tools.render --stack $(STACK) --out $(OUT)

diff: ## compare the rendered objects of another revision with the working tree [STACK=dev BASE=origin/main MARKDOWN=]
	$(ready) --for preview -- python -m tools.diff --stack $(STACK) --base $(BASE) $(if $(MARKDOWN),--markdown $(MARKDOWN))

settings: ## every resolved setting with its origin [STACK=dev]
	$(ready) -- python -m tools.settings --stack $(STACK)

size: ## the sizes and limits that observability:load needs, to commit, with reasons and monthly cost [STACK=dev]
	$(ready) -- python -m tools.size --stack $(STACK)

check: ## lint, formatting and types
	$(ready) -- ruff check
	$(ready) -- ruff format --check
	$(ready) -- mypy

fmt: ## format the code and fix what can be fixed
	$(ready) -- ruff check --fix
	$(ready) -- ruff format

bench: ## the benchmark table
	$(ready) --for bench -- python -m tools.bench

generate: ## generate args.py of every component from its specification
	$(ready) -- python -m tools.generate

docs: ## generate the reference
	$(ready) -- python -m tools.docs

lock: ## update requirements.lock from pyproject.toml
	$(ready) -- uv pip compile pyproject.toml --quiet --all-extras --group dev --universal --generate-hashes \
		--no-header --no-emit-index-url --python-version 3.11 --output-file requirements.lock

clean: ## remove caches and build results; keeps .venv, downloaded tools and the local state
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .render build dist
	find . -name __pycache__ -not -path './.venv/*' -type d -prune -exec rm -rf {} +

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
