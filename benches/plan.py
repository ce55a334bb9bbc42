#!/usr/bin/env python3
"""A plan over items that have not changed: how do requests and time grow with their number?"""

import json

import lib

binary = lib.tabship()
file = lib.workbook(1, "tiny")
log = lib.WORK / "requests.jsonl"

print("| items | requests | at most 10 + N/100 | time | time at 50 ms a request | peak |\n|---:|---:|---:|---:|---:|---:|")
for number in (100, 1000, 10_000):
    row = {}
    with lib.sandbox(binary, "--log-requests", log) as url:
        folder = lib.repository({f"Bench {n}.twb": file for n in range(number)}, url)
        lib.once([binary, "deploy", "-t", "dev", "-C", folder, "--jobs", "8"], env=lib.ENVIRONMENT)
        log.write_text("")
        run = lib.once([binary, "plan", "-t", "dev", "-C", folder, "--format", "json"], env=lib.ENVIRONMENT)
        items = json.loads(run.output)["items"]
        assert len(items) == number and all(i["action"] == "unchanged" for i in items)
        requests = sum(1 for line in log.read_text().splitlines() if line.strip())
        row = (requests, run.seconds, run.peak)
        slow = row[1] + requests * 0.05
    print(f"| {number:,} | {row[0]} | {10 + number // 100} | {lib.duration(row[1])} | at most {lib.duration(slow)} | {row[2] / lib.MIB:.0f} MiB |", flush=True)
