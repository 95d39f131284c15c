#!/usr/bin/env bash
# Sets spinegui up below this repository, in .venv, and then does what was asked:
#   packaging/setup.sh demo [ARGUMENTS]   run the demo
#   packaging/setup.sh test [ARGUMENTS]   run every check and the tests
#   packaging/setup.sh                    set up only
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

# Runs a command as root where that needs no question; fails where it would.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; elif sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

# Installs Debian packages that are missing, or says what to do.
system_packages() {
  local missing=() name
  if [ "$(uname -s)" != Linux ]; then return; fi
  if ! command -v apt-get >/dev/null; then
    say "Not a Debian or Ubuntu system: if “spinegui doctor” misses libraries, install what your"
    say "distribution calls these: $*"
    return
  fi
  for name in "$@"; do
    # Newer releases renamed some packages: libglib2.0-0t64.
    case "$(dpkg-query -W -f '${Status}\n' "$name" "${name}t64" 2>/dev/null || true)" in
      *"install ok installed"*) ;;
      *) missing+=("$name") ;;
    esac
  done
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  say "Installing system packages: ${missing[*]}"
  if as_root env DEBIAN_FRONTEND=noninteractive sh -c \
    'apt-get install -y --no-install-recommends "$@" || { apt-get update && apt-get install -y --no-install-recommends "$@"; }' \
    apt "${missing[@]}" >&2; then
    return
  fi
  say "They could not be installed from here. Please run, then start this again if it fails:"
  say "  sudo apt-get update && sudo apt-get install -y ${missing[*]}"
}

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Prints a Python from 3.11 up.
find_python() {
  local name
  for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null && is_new_enough "$name"; then command -v "$name"; return; fi
  done
  return 1
}

make_environment() {
  local python
  if [ -x .venv/bin/python ] && is_new_enough .venv/bin/python; then return; fi
  if ! python=$(find_python); then
    system_packages python3.11 python3.11-venv
    python=$(find_python) || {
      say "spinegui needs Python 3.11 or newer. Install it (https://www.python.org/downloads/),"
      say "or name one: PYTHON=/path/to/python3.11 $0 $*"
      exit 1
    }
  fi
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    system_packages "$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')"
  fi
  rm -rf .venv
  "$python" -m venv .venv || {
    say "No virtual environment could be made with $python. Install its venv module."
    exit 1
  }
}

pip_install() { .venv/bin/python -m pip install --quiet --disable-pip-version-check "$@"; }

# Installs this repository; to test it, also the tools, and PyTorch and TensorFlow, which only training
# the networks needs. SPINEGUI_FRAMEWORKS=no leaves those two out: their tests are then skipped.
install_program() {
  say "Installing spinegui and what it needs into .venv …"
  # Dependency groups are understood from pip 25.1 on.
  pip_install --upgrade 'pip>=25.1'
  if [ "$1" != test ]; then
    pip_install --editable '.[formats]'
  elif [ "${SPINEGUI_FRAMEWORKS:-yes}" = no ]; then
    pip_install --editable '.[formats]' --group dev
  else
    say "PyTorch and TensorFlow come with it: 1 GB to download, on Linux 4 GB unless pip finds a CPU build."
    pip_install --editable '.[formats,classifier]' --group dev -r resources/requirements/detector.txt
    pip_install --no-deps -r resources/requirements/detector-no-deps.txt
  fi
}

run_tests() {
  local bin=.venv/bin
  "$bin/ruff" check .
  "$bin/ruff" format --check .
  "$bin/typos"
  "$bin/mypy"
  "$bin/lint-imports"
  "$bin/python" -m pytest -n "${SPINEGUI_TEST_PROCESSES:-2}" -m "not benchmark" "$@"
}

task=${1:-}
[ "$#" -gt 0 ] && shift
case "$task" in '' | demo | test) ;; *)
  say "Usage: $0 [demo | test] [ARGUMENTS]"
  exit 2
  ;;
esac
# shellcheck disable=SC2046  # one package a line
system_packages $(cat resources/qt_libraries.txt)
make_environment "$task"
install_program "$task"
case "$task" in
  demo) exec .venv/bin/spinegui demo "$@" ;;
  test) run_tests "$@" ;;
  *) say "Done. Start it with: .venv/bin/spinegui" ;;
esac
