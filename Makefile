# make run     a Prosody, two accounts and mixd on this machine, to try it with any client
# make test    everything that says whether mixd is right: ruff, mypy --strict, every test
# Both install what they need, each thing only when it is missing, and say so.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
PYTEST_ARGS ?= -n auto
CODE = $(wildcard pubsubnodes mix muccompat tests benchmarks)

.PHONY: help venv run test check bench docs clean hosts prosody

help:
	@sed -n 's/^# make/  make/p' Makefile

# A shell function `install_packages`: apt-get with root's rights; servers stay off, now and at boot.
define APT
install_packages() {
    echo "mixd: installing Debian packages: $$*"
    local root=() policy=/usr/sbin/policy-rc.d package
    if ! command -v apt-get >/dev/null; then
        echo "mixd: there is no apt-get here; please install what corresponds to: $$*" >&2; return 1
    fi
    if [ "$$(id -u)" != 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "mixd: neither root nor sudo; as root, please run: apt-get install $$*" >&2; return 1
        fi
        root=(sudo)
    fi
    if [ ! -e $$policy ]; then
        trap "$${root[*]} rm -f $$policy" EXIT
        printf '#!/bin/sh\nexit 101\n' | "$${root[@]}" tee $$policy >/dev/null
        "$${root[@]}" chmod 755 $$policy
    fi
    "$${root[@]}" apt-get update -q </dev/null
    "$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$$@" </dev/null
    if [ -d /run/systemd/system ]; then
        for package; do "$${root[@]}" systemctl disable --quiet "$$package" 2>/dev/null || true; done
    fi
}
endef

venv: .venv/installed

.venv/installed: pyproject.toml
	@$(APT)
	good='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
	python=$(PYTHON)
	if [ ! -x .venv/bin/python ] && ! $$python -c "$$good" 2>/dev/null; then
	    python=/usr/bin/python3
	    $$python -c "$$good" 2>/dev/null || install_packages python3 python3-venv
	    $$python -c "$$good" || { echo "mixd: needs Python 3.11 or newer, with venv" >&2; exit 1; }
	fi
	if [ ! -x .venv/bin/python ]; then
	    echo "mixd: making .venv with $$($$python --version)"
	    $$python -m venv .venv
	fi
	echo "mixd: installing Python packages into .venv"
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

# Debian's packages for `run` and for `test`, when their programs are missing.
prosody:
	@$(APT)
	export PATH="$$PATH:/usr/sbin"
	missing=()
	command -v prosody >/dev/null || missing+=(prosody)
	[ $${#missing[@]} = 0 ] || install_packages "$${missing[@]}"

hosts: prosody
	@$(APT)
	export PATH="$$PATH:/usr/sbin"
	missing=()
	command -v ejabberdctl >/dev/null || missing+=(ejabberd)
	/usr/bin/python3 -I -c 'import nbxmpp' 2>/dev/null || missing+=(python3-nbxmpp)
	command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
	[ $${#missing[@]} = 0 ] || install_packages "$${missing[@]}"

run: venv prosody
	@exec .venv/bin/python -m mix.service.devhost var/dev

check: venv
	.venv/bin/ruff check .
	.venv/bin/mypy --strict $(CODE)

test: hosts check
	.venv/bin/python -m pytest $(PYTEST_ARGS)

bench: venv hosts
	.venv/bin/python -m benchmarks

# docs/conformance.md, from the requirements, the markers of the tests, and the reasons in left_out.toml
docs: venv
	.venv/bin/python -m tests.conformance --write docs/conformance.md

clean:
	rm -rf .venv var dist build .hypothesis htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
