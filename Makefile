.PHONY: check test tune

PYTHON ?= python

tune:  ## the main job
	$(PYTHON) -m experiments.tune

test:  ## the tests and the examples in the docstrings
	$(PYTHON) -m pytest

check:  ## style, types, tests
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest
