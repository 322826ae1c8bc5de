# Sourced by ./run and ./test. `prepare run` or `prepare test` makes .venv hold exactly what requirements/ lists,
# and this project, editable. Not for anything else: what is started afterwards is the caller's business.
# Expects $root, the folder of the project. Where packages come from is the machine's own setting, never ours.

venv=$root/.venv
tools=$root/.tools
stamp=$venv/prepared

export UV_PYTHON_DOWNLOADS=never
export UV_PYTHON_PREFERENCE=system

# Two languages in the one place that runs before any catalogue can be read.
say() { printf '%s\n%s\n' "$1" "$2" >&2; }
fail() { say "$1" "$2"; exit 1; }

prepare() {
    wanted=$1
    # Test tools, once there, stay: ./run between two ./test must not take them away.
    if [ -f "$stamp/test.txt" ]; then wanted=test; fi
    if is_prepared "$wanted"; then return 0; fi

    say "Chuẩn bị môi trường trong .venv …" "Preparing the environment in .venv …"
    find_uv
    if ! is_our_venv; then make_venv; fi
    rm -f "$stamp"/*.txt "$stamp/pyproject.toml"
    "$uv" pip sync --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes "$root/requirements/$wanted.txt"
    "$uv" pip install --quiet --python "$venv/bin/python" --no-deps -b "$root/requirements/build.txt" --editable "$root"
    cp "$root/pyproject.toml" "$root/requirements/build.txt" "$root/requirements/run.txt" "$stamp/"
    if [ "$wanted" = test ]; then cp "$root/requirements/test.txt" "$stamp/"; fi
}

# Compares contents, not times: a checkout changes times, and a copied tree may keep them.
is_prepared() {
    is_our_venv &&
        same run.txt "$root/requirements/run.txt" &&
        same build.txt "$root/requirements/build.txt" &&
        same pyproject.toml "$root/pyproject.toml" &&
        { [ "$1" = run ] || same test.txt "$root/requirements/test.txt"; }
}

same() { cmp -s "$stamp/$1" "$2"; }

# A .venv that was moved or copied still points at its old place.
is_our_venv() {
    made_for=
    if [ -f "$stamp/root" ]; then read -r made_for <"$stamp/root" || true; fi
    [ "$made_for" = "$root" ] && [ -x "$venv/bin/python" ]
}

make_venv() {
    "$uv" venv --quiet --clear --python '>=3.11' "$venv" ||
        fail "Cần Python 3.11 trở lên. Trên Debian: apt-get install python3" \
            "Python 3.11 or newer is needed. On Debian: apt-get install python3"
    mkdir -p "$stamp"
    printf '%s\n' "$root" >"$stamp/root"
}

find_uv() {
    uv=$tools/bin/uv
    if can_sync "$uv"; then return 0; fi
    uv=$(command -v uv || true)
    if can_sync "$uv"; then return 0; fi
    install_uv
    uv=$tools/bin/uv
}

# It is there, it runs (a shim may not), and it is new enough to hold the build to hashes.
can_sync() { [ -n "$1" ] && [ -x "$1" ] && "$1" pip install --help 2>/dev/null | grep -q -e '-b, --build-constraint'; }

install_uv() {
    rm -rf "$tools"
    if ! has_module ensurepip && ! has_module pip; then install_venv_module; fi
    if has_module ensurepip; then
        python3 -m venv "$tools"
        set -- "$tools/bin/python" -m pip install
    else
        set -- python3 -m pip install --target "$tools"
    fi
    PIP_ROOT_USER_ACTION=ignore "$@" --quiet --disable-pip-version-check --no-deps --require-hashes -r "$root/requirements/uv.txt"
}

has_module() { python3 -c "import $1" 2>/dev/null; }

# Debian ships python3 with neither venv nor pip.
install_venv_module() {
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        fail "Thiếu venv và pip của Python. Hãy chạy một lần: sudo apt-get install python3-venv" \
            "Python's venv and pip are missing. Run this once: sudo apt-get install python3-venv"
    fi
    say "Cài gói python3-venv của Debian …" "Installing Debian's python3-venv …"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
}
