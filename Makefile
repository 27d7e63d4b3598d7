# make run              a Prosody, two accounts and mixd on this machine, to try it with any client
# make test             everything that says whether mixd is right: ruff, mypy --strict, every test
# make test-converse    people at Converse.js, in a headless Chromium, in rooms beside a MIX client
# All install what they need, each thing only when it is missing, and say so.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
PYTEST_ARGS ?= -n auto
CONVERSE = 14.0.0
CONVERSE_SHA512 = 2c5520d37d230da955e3bbc8fefc953ea60f65f2585c56ee6eaf2fd1c1437b6cd735e786124dd4a74163fd64f34fab7ee9da3e700213a32ef77808fb44d0e3d9
CODE = $(wildcard pubsubnodes mix muccompat tests benchmarks)

.PHONY: help venv run test test-converse check bench docs clean hosts prosody

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

# Converse.js as it comes from npm, unpacked beside the caches, and a Chromium for it.
test-converse: venv prosody
	@$(APT)
	export PATH="$$PATH:/usr/sbin"
	tarball=converse.js-$(CONVERSE).tgz
	missing=()
	[ -x /usr/bin/chromium ] || missing+=(chromium)
	ldconfig -p | grep -F libatomic.so.1 >/dev/null || missing+=(libatomic1)  # Playwright's own Node.js wants it
	[ -e var/converse/$$tarball ] || command -v npm >/dev/null || missing+=(npm)
	[ $${#missing[@]} = 0 ] || install_packages "$${missing[@]}"
	if [ ! -e var/converse/$$tarball ]; then
	    echo "mixd: fetching $$tarball from npm"
	    rm -rf var/converse
	    mkdir -p var/converse/new
	    npm pack --silent --pack-destination var/converse/new converse.js@$(CONVERSE) >/dev/null
	    echo "$(CONVERSE_SHA512)  var/converse/new/$$tarball" | sha512sum --check --quiet
	    tar -xzf var/converse/new/$$tarball -C var/converse
	    mv var/converse/new/$$tarball var/converse/
	fi
	.venv/bin/python -m pytest -m browser tests/hosts/test_converse.py

bench: venv hosts
	.venv/bin/python -m benchmarks

# docs/conformance.md, from the requirements, the markers of the tests, and the reasons in left_out.toml
docs: venv
	.venv/bin/python -m tests.conformance --write docs/conformance.md

clean:
	rm -rf .venv var dist build .hypothesis htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
