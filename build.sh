#!/usr/bin/env bash
# The only entry: builds, tests, checks, measures and packages everything. `./build.sh help` lists the commands.
# Whatever is missing is installed once, by name, and said in one line. Nothing else is fetched while building.
set -euo pipefail
cd "$(dirname "$0")"

TARGETS=(chrome firefox)
WASM=wasm32-unknown-unknown
CACHE=.cache
NATIVE_TARGET=${CARGO_TARGET_DIR:-target}
# A directory of its own: the wasm toolchain may be another rustc than the native one.
WASM_TARGET=$NATIVE_TARGET/wasm
BIN=node_modules/.bin
# Counted in thousands. A heavy dependency shows up here (see docs/decisions).
MAX_WASM_BYTES=700000
MAX_WASM_GZIP_BYTES=360000
# The features that rustc turns on for wasm32 anyway, by name: --all-features would add some that no browser has.
WASM_OPT_FLAGS=(-Os --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals
  --enable-reference-types --enable-multivalue --strip-debug --strip-producers)

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
stop() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
can_apt() { [[ $(id -u) == 0 ]] && has apt-get; }

usage() {
  cat <<'TEXT'
./build.sh             build dist/chrome, dist/firefox (unpacked extensions) and dist/www (the audit page)
./build.sh run [MAIL…] build, then open the extension in a browser, with these mails
./build.sh test        every test: Rust, JavaScript, both browsers
./build.sh check       format, lints, docs, types, add-on linter, our own rules
./build.sh bench       speed of the engine, of the audit and of the extension in both browsers, each beside a floor
./build.sh package     dist/briefgeheim-VERSION-{chrome,firefox,source}.zip, the same bytes every time
./build.sh help        this text

Needs Rust (https://rustup.rs) and Node 20 or newer. Installs the rest itself.
TEXT
}

# --- What is needed ---------------------------------------------------------------------------------------------------

apt_install() {
  apt-get install -y --no-install-recommends "$@" >"$CACHE/apt.log" 2>&1 ||
    { apt-get update >>"$CACHE/apt.log" 2>&1 && apt-get install -y --no-install-recommends "$@" >>"$CACHE/apt.log" 2>&1; }
}

ensure_basics() {
  mkdir -p "$CACHE"
  has cargo || stop 'Rust is missing: install it from https://rustup.rs'
  has node && has npm || stop 'Node 20 or newer with npm is missing'
  (($(node -p 'process.versions.node.split(".")[0]') >= 20)) || stop "Node 20 or newer is needed; this is $(node --version)"
}

ensure_npm() {
  local lock
  lock=$(sha256sum package-lock.json)
  [[ -d node_modules && $(cat "$CACHE/npm.stamp" 2>/dev/null) == "$lock" ]] && return
  say 'installing the npm packages of package-lock.json'
  npm ci --ignore-scripts --loglevel=error
  echo "$lock" >"$CACHE/npm.stamp"
}

locked_version() { awk -v name="$1" '$0 == "name = \"" name "\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock; }

ensure_wasm_bindgen() {
  local wanted found
  wanted=$(locked_version wasm-bindgen)
  WASM_BINDGEN=$CACHE/tools/bin/wasm-bindgen
  found=$("$WASM_BINDGEN" --version 2>/dev/null || true)
  if [[ $found != "wasm-bindgen $wanted" ]]; then
    say "installing wasm-bindgen-cli $wanted (once, some minutes)"
    CARGO_TARGET_DIR=$CACHE/tools/target cargo install --quiet wasm-bindgen-cli --version "=$wanted" --root "$CACHE/tools" --force
    rm -rf "$CACHE/tools/target"
    found=$("$WASM_BINDGEN" --version)
  fi
  [[ $found == "wasm-bindgen $wanted" ]] || stop "Cargo.lock has wasm-bindgen $wanted, the command is \"$found\": they must be the same"
}

has_wasm_std() { [[ -d $(rustc --print sysroot)/lib/rustlib/$WASM/lib ]]; }
has_debian_wasm() { [[ -x /usr/bin/cargo && -x /usr/bin/rustc && -f /usr/lib/rustlib/src/rust/library/Cargo.lock ]] && has wasm-ld-22; }

# The normal way is rustup's. Where rustup cannot download, Debian has a newer Rust and the source of its standard library.
ensure_wasm_toolchain() {
  if has_wasm_std; then WASM_BY=rustup; return; fi
  if has_debian_wasm; then WASM_BY=debian; return; fi
  if has rustup; then
    say "installing the Rust standard library for $WASM"
    if rustup target add "$WASM" && has_wasm_std; then WASM_BY=rustup; return; fi
  fi
  can_apt || stop "no Rust standard library for $WASM: run \"rustup target add $WASM\""
  say "rustup cannot: installing Debian's rustc-web cargo-web rust-web-src lld-22"
  apt_install rustc-web cargo-web rust-web-src lld-22 || stop "apt-get failed, see $CACHE/apt.log"
  has_debian_wasm || stop "Debian's packages did not bring a Rust that can build for $WASM"
  WASM_BY=debian
}

find_first() {
  local name
  for name in "$@"; do command -v "$name" && return; done
  return 1
}

# Sets CHROMIUM and FIREFOX where there is one; tools/test.mjs says what it skips when there is none.
ensure_browsers() {
  mkdir -p "$CACHE"
  local chromium=(chromium chromium-browser) firefox=(firefox-esr firefox)
  local missing=()
  CHROMIUM=${CHROMIUM:-$(find_first "${chromium[@]}")} || missing+=(chromium)
  FIREFOX=${FIREFOX:-$(find_first "${firefox[@]}")} || missing+=(firefox-esr)
  if ((${#missing[@]})) && can_apt; then
    say "installing ${missing[*]}"
    apt_install "${missing[@]}" || say "apt-get failed, see $CACHE/apt.log"
    CHROMIUM=${CHROMIUM:-$(find_first "${chromium[@]}")} || true
    FIREFOX=${FIREFOX:-$(find_first "${firefox[@]}")} || true
  fi
  export CHROMIUM FIREFOX
}

# --- Build ------------------------------------------------------------------------------------------------------------

# cargo for wasm: `wasm_cargo build …`. No path of this machine gets into the module.
wasm_cargo() {
  local command=$1 sysroot crates home=${CARGO_HOME:-$HOME/.cargo}
  shift
  sysroot=$([[ $WASM_BY == debian ]] && /usr/bin/rustc --print sysroot || rustc --print sysroot)
  local remap=("$PWD=." "$home=cargo" "$sysroot/lib/rustlib/src/rust=rust" '/usr/src=rust')
  # The folder's name has a hash of where the crates came from. Of several that match, rustc takes the last.
  for crates in "$home"/registry/src/*; do remap+=("$crates=crates"); done
  local arguments=(--lib --target "$WASM" --target-dir "$WASM_TARGET" --profile release-wasm --no-default-features "$@")
  # The encoded form takes paths with spaces.
  local IFS=$'\x1f'
  local -x CARGO_ENCODED_RUSTFLAGS="${remap[*]/#/--remap-path-prefix=}"
  if [[ $WASM_BY == debian ]]; then
    RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22 \
      /usr/bin/cargo "$command" -Z build-std=std,panic_abort "${arguments[@]}"
  else
    cargo "$command" "${arguments[@]}"
  fi
}

wasm_inputs() {
  { rustc --version; find src rules Cargo.toml Cargo.lock build.rs build.sh -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum
}

# wasm NAME [cargo arguments]: compiles, binds and optimises into .cache/wasm/NAME, each only when what goes in has changed.
# Cargo alone would compile every time: both modules have the same file name and push each other out.
wasm() {
  local out=$CACHE/wasm/$1 compiled=$WASM_TARGET/$WASM/release-wasm/briefgeheim.wasm key inputs
  inputs=$(wasm_inputs)
  [[ $(cat "$out/inputs" 2>/dev/null) == "$inputs" ]] && return
  say "wasm for $1"
  wasm_cargo build "${@:2}"
  key="$(sha256sum <"$compiled") $("$WASM_BINDGEN" --version) $("$BIN/wasm-opt" --version) ${WASM_OPT_FLAGS[*]}"
  if [[ $(cat "$out/key" 2>/dev/null) != "$key" ]]; then
    rm -rf "$out"
    "$WASM_BINDGEN" --target web --out-dir "$out" --out-name briefgeheim "$compiled"
    "$BIN/wasm-opt" "${WASM_OPT_FLAGS[@]}" "$out/briefgeheim_bg.wasm" -o "$out/optimised.wasm"
    mv "$out/optimised.wasm" "$out/briefgeheim_bg.wasm"
    # An optimiser has broken modules before: only what answers a question is good.
    node tools/try-engine.mjs "$out"
    echo "$key" >"$out/key"
  fi
  echo "$inputs" >"$out/inputs"
}

gate_size() {
  local file=$CACHE/wasm/extension/briefgeheim_bg.wasm raw zipped
  raw=$(wc -c <"$file")
  zipped=$(gzip -9nc "$file" | wc -c)
  say "engine: $raw bytes of $MAX_WASM_BYTES, $zipped of $MAX_WASM_GZIP_BYTES gzipped"
  ((raw <= MAX_WASM_BYTES && zipped <= MAX_WASM_GZIP_BYTES)) || stop 'the engine is above its size gate'
}

build() {
  ensure_basics
  ensure_npm
  ensure_wasm_toolchain
  ensure_wasm_bindgen
  say 'native tool'
  cargo build --release --bin briefgeheim
  wasm extension
  gate_size
  wasm www --features audit
  say 'dist'
  local target
  for target in "${TARGETS[@]}"; do
    mkdir -p "dist/$target/rules"
    "$NATIVE_TARGET/release/briefgeheim" rules lower --target "$target" --out "dist/$target/rules"
  done
  node tools/assemble.mjs "$CACHE/wasm"
}

# --- Commands ---------------------------------------------------------------------------------------------------------

run_all_tests() {
  build
  ensure_browsers
  say 'tests'
  node tools/test.mjs
}

lint_wasm() {
  if [[ $WASM_BY == rustup ]] && cargo clippy --version >/dev/null 2>&1; then
    wasm_cargo clippy "$@" -- -D warnings
  else
    echo 'This toolchain has no clippy for wasm32: cargo check instead.'
    wasm_cargo check "$@"
  fi
}

FAILED=()
# step WHAT COMMAND…: goes on after a failure, so that one run shows every problem.
step() {
  say "$1"
  "${@:2}" || FAILED+=("$1")
}

check() {
  ensure_basics
  ensure_npm
  ensure_wasm_toolchain
  # A process of its own: inside `step` bash would go on after the first failure within a function.
  step 'build' ./build.sh build
  step 'format' cargo fmt --check
  step 'rule files' cargo run --quiet --release --bin briefgeheim -- rules fmt --check
  step 'clippy' cargo clippy --all-targets -- -D warnings
  step 'wasm lints, extension' lint_wasm
  step 'wasm lints, www' lint_wasm --features audit
  step 'docs' env RUSTDOCFLAGS='-D warnings' cargo doc --no-deps
  step 'types' "$BIN/tsc" --noEmit
  step 'add-on linter' "$BIN/addons-linter" --boring dist/firefox
  step 'our own rules' node tools/check.mjs
  ((${#FAILED[@]} == 0)) || stop "failed: $(printf '%s; ' "${FAILED[@]}")"
  say 'all checks passed'
}

bench() {
  build
  say 'engine'
  cargo bench --quiet --bench judge --bench adblock
  say "audit of a generated mailbox (BENCH_MB=${BENCH_MB:-200})"
  cargo bench --quiet --bench audit
  ensure_browsers
  if [[ -f tests/browser/bench.mjs ]]; then
    say 'browsers'
    node tests/browser/bench.mjs
  else
    echo 'tests/browser/bench.mjs is missing: no figures from the browsers.'
  fi
}

run() {
  build
  ensure_browsers
  [[ -f tools/run/run.mjs ]] || stop 'tools/run/run.mjs is missing'
  node tools/run/run.mjs "$@"
}

package() {
  build
  say 'packages'
  node tools/package.mjs
}

case ${1:-build} in
  build | check | bench | package) "${1:-build}" ;;
  test) run_all_tests ;;
  run) run "${@:2}" ;;
  help | -h | --help) usage ;;
  *) usage >&2; exit 2 ;;
esac
