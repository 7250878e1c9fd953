#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# presets: release
# The tests of the lab itself (tests/support/lab); scenarios are played by `./dev vm`.
set -euo pipefail
export PYTHONPATH=tests/support PYTHONDONTWRITEBYTECODE=1
exec python3 -m unittest -q lab.lab_test
