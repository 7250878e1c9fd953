#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does the report page work in a browser? Opens the golden pages, and one that the binary writes
# itself once it can, in headless Chromium: the verdict is there in both languages, nothing is
# asked of the network, nothing is complained about on the console, it prints to PDF. (Chromium's
# own screenshot and DOM commands are scripts, so scripting cannot be switched off for them; that
# the page has none is checked on its text, and its own policy forbids them.)
set -euo pipefail

if ! command -v chromium >/dev/null; then
  echo "SKIPPED: no chromium here, so nobody has looked at the report page in a browser" >&2
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

# browse PAGE ARGUMENT… : a fresh profile each time, and a log of every request that is made.
browse() {
  local page=$1
  shift
  timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$(mktemp -d "$work/profile.XXXXXX")" --enable-logging=stderr \
    --log-net-log="$work/net.json" "$@" "file://$page" 2>"$work/log"
}

# check_page PAGE LANGUAGE VERDICT
check_page() {
  local page=$1 language=$2 verdict=$3
  echo "looking at ${page##*/}"
  browse "$page" --dump-dom >"$work/dom.html" || fail "$page: the browser did not finish"
  grep -qF "<strong>$verdict</strong></h1>" "$work/dom.html" || fail "$page: no verdict '$verdict'"
  grep -qF "<html lang=\"$language\">" "$work/dom.html" || fail "$page: lang is not $language"
  if grep -qE 'CONSOLE|Content Security Policy' "$work/log"; then
    fail "$page: the console complains: $(grep -E 'CONSOLE|Content Security Policy' "$work/log" | head -n 3)"
  fi
  if grep -qiE '<(script|link|img|iframe|object|embed|form)[ >]' "$page"; then
    fail "$page: has an element that could load or run something"
  fi
  # The address of a name that findings show must never be asked for.
  if grep -oE '"url":"(https?|wss?)://[^"]*' "$work/net.json" |
    grep -E '192\.0\.2\.|198\.51\.100\.|203\.0\.113\.'; then
    fail "$page: a request went to an address that the report only names"
  fi
  browse "$page" --no-pdf-header-footer --print-to-pdf="$work/page.pdf" >/dev/null ||
    fail "$page: printing did not finish"
  head -c 5 "$work/page.pdf" 2>/dev/null | grep -q '^%PDF-' || fail "$page: no PDF"
  rm -f "$work/page.pdf"
}

samples=$PWD/src/render/samples
check_page "$samples/compromised.en.html" en COMPROMISED
check_page "$samples/compromised.ja.html" ja 侵害されている

# Any verdict will do for this machine: what it is, the page must say.
own_report() {
  local language=$1 status=0
  "$GENBA_BINARY" triage --lang "$language" --report "$work/own.$language.html" >/dev/null \
    2>"$work/own.log" || status=$?
  [ "$status" -le 1 ] && [ -s "$work/own.$language.html" ]
}
if [ -x "${GENBA_BINARY:-}" ] && "$GENBA_BINARY" triage --help 2>/dev/null | grep -q -- '--report'; then
  for language in en ja; do
    if own_report "$language"; then
      verdict=$(sed -nE 's#.*<strong>(.*)</strong></h1>.*#\1#p' "$work/own.$language.html" | head -n 1)
      [ -n "$verdict" ] || fail "the binary's own page has no verdict"
      check_page "$work/own.$language.html" "$language" "$verdict"
    else
      fail "triage --report wrote no page: $(tail -n 3 "$work/own.log")"
    fi
  done
else
  echo "this build has no 'triage --report' yet: only the golden pages were looked at" >&2
fi

[ "$failures" = 0 ] || exit 1
echo "the report page holds in a browser"
