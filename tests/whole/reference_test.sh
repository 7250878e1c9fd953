#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Is docs/reference what this very binary says of its verbs, tables and rules? Compares each page
# with `genba help --format`; also asks for the man page and the completions, which no page keeps.
set -euo pipefail
failures=0
fail() {
  echo "FAILED: $1" >&2
  failures=$((failures + 1))
}

for page in verbs tables rules; do
  diff -u "docs/reference/$page.md" <("$GENBA_BINARY" help --format "$page") >&2 ||
    fail "docs/reference/$page.md is not what the binary says; ./dev reference writes it anew"
done

man=$("$GENBA_BINARY" help --format man)
grep -q '^\.TH' <<<"$man" || fail "the man page has no title line"
if command -v man >/dev/null; then
  warnings=$(man --warnings -l <(printf '%s\n' "$man") 2>&1 >/dev/null || true)
  [ -z "$warnings" ] || fail "man complains: $warnings"
fi
for verb in triage query help version; do
  grep -q "$verb" <<<"$man" || fail "the man page does not name '$verb'"
done

bash -n <("$GENBA_BINARY" help --format bash) || fail "bash does not read its completions"
for shell in zsh fish; do
  script=$("$GENBA_BINARY" help --format "$shell")
  [ -n "$script" ] || fail "there are no completions for $shell"
  ! command -v "$shell" >/dev/null || "$shell" -n <(printf '%s\n' "$script") ||
    fail "$shell does not read its completions"
done

[ "$failures" = 0 ] || exit 1
echo "the reference is what the binary says"
