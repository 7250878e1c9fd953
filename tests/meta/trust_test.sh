#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The trust gate of the built binary: one static file, small enough, and none of our own objects
# wants a function that would run, load or believe what the host controls. (Libraries contain some
# of these and never reach them; the trace in tests/whole judges the running binary.)
# presets: release
set -euo pipefail
binary=${GENBA_BINARY:?} build=${GENBA_BUILD_DIR:?}
most_bytes=$((32 * 1024 * 1024))
failed=0
fail() {
  echo "trust: $*"
  failed=1
}

[ -x "$binary" ] || { fail "$binary was not built"; exit 1; }

segments=$(readelf -lW "$binary")
dynamic=$(readelf -dW "$binary")
header=$(readelf -hW "$binary")
grep -q 'Type: *DYN' <<<"$header" || fail "not position independent"
grep -q 'INTERP' <<<"$segments" && fail "has an interpreter: it would run the host's loader"
grep -q '(NEEDED)' <<<"$dynamic" && fail "needs a library of the host: $(grep NEEDED <<<"$dynamic")"
grep -qE '\((RPATH|RUNPATH)\)' <<<"$dynamic" && fail "has a library search path"
grep -q 'TEXTREL' <<<"$dynamic" && fail "has text relocations"
grep -q 'GNU_RELRO' <<<"$segments" || fail "has no RELRO"
grep -qE 'FLAGS.*NOW' <<<"$dynamic" || fail "is not fully RELRO (no BIND_NOW)"
grep -E 'GNU_STACK' <<<"$segments" | grep -q 'RWE' && fail "has an executable stack"

stripped=$(mktemp)
trap 'rm -f "$stripped"' EXIT
strip -o "$stripped" "$binary"
bytes=$(stat -c %s "$stripped")
[ "$bytes" -le "$most_bytes" ] || fail "is $bytes bytes stripped, more than $most_bytes"

banned='(getpw.*|getgr(nam|gid|ent|ouplist).*|getspnam.*|getaddrinfo|getnameinfo|gethostby.*|dlopen|dlmopen|iconv_open|EVP_.*|localtime(_r)?|mktime|tzset|setlocale|system|popen|wordexp|posix_spawnp?|f?exec(l|le|lp|v|ve|veat|vp|vpe))'
mapfile -t libraries < <(find "$build" -maxdepth 1 -name 'libgenba_*.a' ! -name '*test_support*' | sort)
[ ${#libraries[@]} -gt 0 ] || fail "no libraries of ours in $build: the gate has gone blind"
mapfile -t objects < <(find "$build/CMakeFiles/genba.dir" -name '*.o' | sort)
[ ${#objects[@]} -gt 0 ] || fail "no main object of ours in $build: the gate has gone blind"
undefined=$(nm -A -u "${libraries[@]}" "${objects[@]}" 2>/dev/null)
[ -n "$undefined" ] || fail "nm shows nothing: the gate has gone blind"
found=$(grep -E " U $banned(@.*)?\$" <<<"$undefined" || true)
[ -z "$found" ] || fail "our objects want what the trust promise bans:"$'\n'"$found"

[ "$failed" = 0 ] && echo "trust: static-pie, $bytes bytes stripped, ${#libraries[@]} libraries looked at"
exit "$failed"
