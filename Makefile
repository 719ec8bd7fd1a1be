# Everything a person needs from a fresh clone: each target sets up what it needs.
#
#   make demo    build the demonstration park's reports and say where they are
#   make test    run all tests but the slow ones
#   make test-slow  fifty random kills: minutes
#   make check   style, types, import rules
#   make bench   measure, side by side with what a user would otherwise do
#                (make bench LARGE=--large: a park of 1,000 enterprises too)
#   make bench-index  the index engine beside other packages
#   make bench-trends  the trend tests beside loops over other packages
#   make bench-decomposition  LMDI beside a loop in pandas
#   make bench-outlook  scenarios and targets beside plain loops
#   make bench-park  the allocation of a cap beside a plain loop
#   make bench-techniques  portfolios of measures beside plain loops
#   make lab     open the notebooks in JupyterLab
#
# PYTHON may name another interpreter: make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready
RUN ?= parameters/parks/demo_park.yml

.PHONY: setup demo test test-slow check bench bench-index bench-trends bench-decomposition bench-outlook bench-park bench-techniques lab lock clean

setup: $(STAMP)

$(STAMP): requirements.lock requirements-uv.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 14) else 'Python 3.11, 3.12 or 3.13 is needed, this is ' + sys.version.split()[0] + '. Try: make $(MAKECMDGOALS) PYTHON=python3.12')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/python -m uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q synergy_lib
	@touch $(STAMP)

demo: setup
	$(BIN)/synergy run $(RUN)

test: setup
	$(BIN)/python -m pytest -n auto --dist worksteal

test-slow: setup
	$(BIN)/python -m pytest -n auto --dist worksteal -m slow

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Playwright prints the PDF of the plain way with a Chromium of the system, if any.
bench: setup
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python "playwright>=1.55,<2"
	$(BIN)/python -m benchmarks.run $(LARGE)

# pymcdm and scikit-criteria are what the index engine is measured against.
bench-index: setup
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python \
	  "pymcdm>=1.4,<2" "scikit-criteria>=0.10,<1"
	$(BIN)/python -m benchmarks.index

# pymannkendall, series by series, is what the trend tests are measured against.
bench-trends: setup
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python "pymannkendall>=1.4.3,<2"
	$(BIN)/python -m benchmarks.trends

bench-decomposition: setup
	$(BIN)/python -m benchmarks.decomposition

bench-outlook: setup
	$(BIN)/python -m benchmarks.outlook

bench-park: setup
	$(BIN)/python -m benchmarks.park

bench-techniques: setup
	$(BIN)/python -m benchmarks.techniques

lab: setup
	$(BIN)/python -m uv pip install --quiet --python $(BIN)/python "jupyterlab>=4.6.2,<5"
	$(BIN)/jupyter lab notebooks

# Resolve the dependencies anew; the lock names no package index.
lock: setup
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev \
	  pyproject.toml --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist
