#!/usr/bin/env python3
"""A plan over items that have not changed: how do requests and time grow with their number?

    plan.py [NUMBER...]
"""

import json
import shutil
import sys

import lib

binary = lib.tabship()
file = lib.workbook(1, "tiny")
log = lib.WORK / "requests.jsonl"
data = lib.WORK / "sandbox-of-plans"


def plan(number, *flags):
    """A run against the state that is there; its requests are counted by the sandbox."""
    log.write_text("")
    with lib.sandbox(binary, "--log-requests", log, *flags, data=data) as url:
        folder = lib.repository({f"Bench {n}.twb": file for n in range(number)}, url)
        run = lib.once([binary, "plan", "-t", "dev", "-C", folder, "--format", "json"], env=lib.ENVIRONMENT)
    items = json.loads(run.output)["items"]
    assert len(items) == number and all(i["action"] == "unchanged" for i in items)
    return run, sum(1 for line in log.read_text().splitlines() if line.strip())


print("| items | requests | at most 10 + N/100 | time | time at 50 ms a request | peak |\n|---:|---:|---:|---:|---:|---:|")
for number in [int(n) for n in sys.argv[1:]] or (100, 1000, 10_000):
    shutil.rmtree(data, ignore_errors=True)
    with lib.sandbox(binary, data=data) as url:
        folder = lib.repository({f"Bench {n}.twb": file for n in range(number)}, url)
        lib.once([binary, "deploy", "-t", "dev", "-C", folder], env=lib.ENVIRONMENT)
    run, requests = plan(number)
    slow, _ = plan(number, "--latency", "50ms")
    cells = [f"{number:,}", requests, 10 + number // 100, lib.duration(run.seconds), lib.duration(slow.seconds), f"{run.peak / lib.MIB:.0f} MiB"]
    print(f"| {' | '.join(map(str, cells))} |", flush=True)
shutil.rmtree(data, ignore_errors=True)
