#!/usr/bin/env python3
"""`check` with all rules of one workbook of 250 kB, 5 MB and 50 MB, beside tools that only parse it."""

import lib

binary, bin_ = lib.tabship(), lib.peer("tableaudocumentapi==0.11", "lxml")
xmllint = lib.need("xmllint", "libxml2-utils")
rules = lib.WORK / "all-rules.yml"
rules.write_text("version: 1\nrules: { extends: strict }\n")

for size, word, rounds in ((250_000, "250 kB", 25), (5_000_000, "5 MB", 15), (50_000_000, "50 MB", 15)):
    file = lib.workbook(size)
    tools = [
        ("tabship check, all rules", [binary, "check", "-f", rules, "--fail-on", "never", "--format", "json", file], {"cwd": lib.WORK}),
        ("xmllint --noout --stream", [xmllint, "--noout", "--stream", "--huge", file], {}),
        ("xmllint --noout", [xmllint, "--noout", "--huge", file], {}),
        ("lxml", [bin_ / "python", "-c", "import sys; from lxml import etree; etree.parse(sys.argv[1], etree.XMLParser(huge_tree=True))", file], {}),
        ("tableaudocumentapi", [bin_ / "python", "-c", "import sys; from tableaudocumentapi import Workbook; Workbook(sys.argv[1])", file], {}),
    ]
    # What a tool may hold of a file, and some for what it is itself.
    ready = 64 * lib.MIB + 5 * size
    results = lib.compare(tools[:-1], rounds, lambda _: lib.touch(ready))
    # It takes minutes for the largest, where a second time would say nothing new.
    results |= lib.compare(tools[-1:], 1 if size > 5_000_000 else 5)
    lib.table(f"One workbook of {word}", results, tools[0][0])
