.PHONY: check example fast fix golden test tune

PYTHON ?= python
# else each process that the tests start would compile this package anew
unexport PYTHONDONTWRITEBYTECODE

tune:  ## the main job
	$(PYTHON) -m experiments.tune

test:  ## all tests, and the examples in the docstrings
	$(PYTHON) -m pytest -n 4 --dist loadscope --no-loadscope-reorder

fast:  ## style, types, and the tests that start no process and no server
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -n 2 --dist loadscope --ignore=tests/whole -m "not slow and not long and not browser and not ray and not network"

fix:  ## sorted imports, what ruff can mend, one format
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

check:  ## style, types, and the tests but the long ones
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -n 4 --dist loadscope --no-loadscope-reorder -m "not long"

example:  ## the report in studies/examples, and the outputs and pictures in the guides, written again
	$(PYTHON) tests/scripts/example.py

golden:  ## the committed digests, computed and written anew; say in CHANGELOG why that was needed
	$(PYTHON) tests/scripts/golden.py
