# SPDX-License-Identifier: Apache-2.0
"""The lab: guests under QEMU in which scenarios of tests/lab are played. See docs/lab.md."""
