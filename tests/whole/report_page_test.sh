#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Does the report page work in a browser? Opens the golden pages, and those that the binary writes
# itself, in headless Chromium with JavaScript switched off by the profile: the verdict is there in
# both languages, nothing is asked of the network, nothing is complained about on the console, light
# and dark look different, it prints to PDF. The pictures are left in screenshots/ of the build for
# people to look at.
set -euo pipefail

if ! command -v chromium >/dev/null; then
  echo "SKIPPED: no chromium here, so nobody has looked at the report page in a browser" >&2
  exit 77
fi
if ! fc-list :lang=ja 2>/dev/null | grep -q .; then
  echo "SKIPPED: no Japanese font here (fonts-noto-cjk), so nobody has looked at the report page" >&2
  exit 77
fi
pictures=${GENBA_BUILD_DIR:-build}/screenshots
mkdir -p "$pictures"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

# browse PAGE ARGUMENT… : a fresh profile each time, without JavaScript, and a log of every request
# that is made.
browse() {
  local page=$1 profile
  shift
  profile=$(mktemp -d "$work/profile.XXXXXX")
  mkdir "$profile/Default"
  echo '{"profile": {"default_content_setting_values": {"javascript": 2}}}' \
    >"$profile/Default/Preferences"
  timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
    --disable-background-networking --disable-component-update --disable-sync \
    --user-data-dir="$profile" --enable-logging=stderr \
    --log-net-log="$work/net.json" "$@" "file://$page" 2>"$work/log"
}

# take_picture PAGE SCHEME PICTURE: as a screen shows it that prefers light or dark.
take_picture() {
  local scheme=1
  [ "$2" = light ] || scheme=0
  rm -f "$3"
  browse "$1" --blink-settings="preferredColorScheme=$scheme" --window-size=1100,1600 \
    --hide-scrollbars --screenshot="$3" >/dev/null || fail "$1: no picture in $2"
  [ "$(stat -c %s "$3" 2>/dev/null || echo 0)" -gt 20000 ] || fail "$1: the picture in $2 is empty"
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
  local picture=$pictures/$(basename "$page" .html)
  take_picture "$page" light "$picture.light.png"
  take_picture "$page" dark "$picture.dark.png"
  if cmp -s "$picture.light.png" "$picture.dark.png"; then
    fail "$page: light and dark look the same"
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
# Is JavaScript off? Otherwise this test would say less than it claims.
echo '<p id="p">off</p><script>document.getElementById("p").textContent = "on"</script>' \
  >"$work/script.html"
browse "$work/script.html" --dump-dom | grep -q '<p id="p">off</p>' ||
  fail "this browser runs scripts though its profile forbids them"

for language in en ja; do
  if own_report "$language"; then
    verdict=$(sed -nE 's#.*<strong>(.*)</strong></h1>.*#\1#p' "$work/own.$language.html" | head -n 1)
    [ -n "$verdict" ] || fail "the binary's own page has no verdict"
    check_page "$work/own.$language.html" "$language" "$verdict"
  else
    fail "triage --report wrote no page: $(tail -n 3 "$work/own.log")"
  fi
done

[ "$failures" = 0 ] || exit 1
echo "the report page holds in a browser"
