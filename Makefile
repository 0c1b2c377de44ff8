# Two commands on a fresh machine: make demo, make test. Each makes .venv if there is none.
PYTHON ?= python3
VENV := .venv

.PHONY: demo test check clean

demo: $(VENV)/.installed
	$(VENV)/bin/netcover demo

test: $(VENV)/.installed
	$(VENV)/bin/python -m pytest -n auto

check: $(VENV)/.installed
	.ci/check

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "netcover needs Python 3.11 or later; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) netcover-demo netcover-lab
