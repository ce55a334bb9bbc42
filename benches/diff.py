#!/usr/bin/env python3
"""`diff` of two large workbooks that differ in a formula and a caption, beside `diff -u`."""

import lib

binary = lib.tabship()
for size, word in ((1_000_000, "1 MB"), (5_000_000, "5 MB"), (50_000_000, "50 MB")):
    before = lib.workbook(size)
    after = lib.WORK / f"after-{size}.twb"
    text = before.read_bytes()
    assert b"SUM([profit])" in text
    after.write_bytes(text.replace(b"SUM([profit])", b"SUM([profit]) * 1", 1))
    tools = [
        ("tabship diff", [binary, "diff", before, after], {"cwd": lib.WORK}),
        ("diff -u", ["diff", "-u", before, after], {"accept": (1,)}),
    ]
    lib.table(f"Two workbooks of {word}", lib.compare(tools, 5), tools[0][0])
