#!/usr/bin/env python3
"""`check` of 1,000 workbooks in one run, beside tableaudocumentapi opening the same ones in one process.

The workbooks are the real ones of ../shared/corpus when they are there, else the example's; copies make up the number.
"""

import os
import shutil

import lib

binary, bin_ = lib.tabship(), lib.peer("tableaudocumentapi==0.11")
real = lib.ROOT.parent / "shared/corpus/files"
found = sorted(real.glob("*.twb*")) if real.is_dir() else sorted((lib.ROOT / "examples/acme").rglob("*.twb*"))
folder = lib.WORK / "thousand"
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir()
for number in range(1000):
    source = found[number % len(found)]
    shutil.copy(source, folder / f"{number}{source.suffix}")

OPEN = """
import glob, sys
from tableaudocumentapi import Workbook
failed = 0
for path in sorted(glob.glob(sys.argv[1] + '/*')):
    try:
        Workbook(path)
    except Exception:
        failed += 1
print(failed, 'could not be opened')
"""
tools = [
    ("tabship check, recommended", [binary, "check", "--fail-on", "never", "--format", "json", folder], {"cwd": lib.WORK}),
    ("tableaudocumentapi", [bin_ / "python", "-c", OPEN, folder], {}),
]
results = lib.compare(tools, 3)
size = sum(os.path.getsize(p) for p in folder.iterdir())
lib.table(f"1,000 workbooks, {size / lib.MIB:.0f} MiB, from {len(found)} different ones", results, tools[0][0])
