#!/usr/bin/env python3
"""`check` with all rules of one workbook of 250 kB, 5 MB and 50 MB, beside tools that only parse it."""

import lib

binary, bin_ = lib.tabship(), lib.peer("tableaudocumentapi==0.11", "lxml")
xmllint = lib.need("xmllint", "libxml2-utils")
rules = lib.WORK / "all-rules.yml"
rules.write_text("version: 1\nrules: { extends: strict }\n")

for size, word, rounds in ((250_000, "250 kB", 15), (5_000_000, "5 MB", 7), (50_000_000, "50 MB", 7)):
    file = lib.workbook(size)
    tools = [
        ("tabship check, all rules", [binary, "check", "-f", rules, "--fail-on", "never", "--format", "json", file], {"cwd": lib.WORK}),
        ("xmllint --noout --stream", [xmllint, "--noout", "--stream", "--huge", file], {}),
        ("xmllint --noout", [xmllint, "--noout", "--huge", file], {}),
        ("lxml", [bin_ / "python", "-c", "import sys; from lxml import etree; etree.parse(sys.argv[1], etree.XMLParser(huge_tree=True))", file], {}),
        ("tableaudocumentapi", [bin_ / "python", "-c", "import sys; from tableaudocumentapi import Workbook; Workbook(sys.argv[1])", file], {}),
    ]
    results = lib.compare(tools[:-1], rounds)
    # It takes minutes for the largest, where a second time would say nothing new.
    results |= lib.compare(tools[-1:], 1 if size > 5_000_000 else rounds)
    lib.table(f"One workbook of {word}", results, tools[0][0])
