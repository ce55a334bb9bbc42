#!/usr/bin/env python3
"""200 small workbooks to a site that takes 0, 50 and 200 ms for each request."""

import lib

binary, bin_ = lib.tabship(), lib.peer("tableauserverclient==0.42")
file = lib.workbook(40_000, "small")
files = {f"Bench {n}.twb": file for n in range(200)}

for latency in (0, 50, 200):
    def fresh(command):
        """Each run begins with an empty site: a second publish would be an update."""
        with lib.sandbox(binary, "--latency", f"{latency}ms") as url:
            folder = lib.repository(files, url)
            return lib.once(command(url, folder), env=lib.ENVIRONMENT)

    tools = {
        "tabship deploy": lambda url, folder: [binary, "deploy", "-t", "dev", "-C", folder],
        "tabship deploy --jobs 4": lambda url, folder: [binary, "deploy", "-t", "dev", "-C", folder, "--jobs", "4"],
        "tableauserverclient": lambda url, folder: [bin_ / "python", lib.ROOT / "benches/tsc_publish.py", url, *[file] * 200],
    }
    rounds = 3 if latency == 0 else 1
    results = {}
    for name, command in tools.items():
        runs = sorted((fresh(command) for _ in range(rounds)), key=lambda r: r.seconds)
        results[name] = (runs[len(runs) // 2].seconds, max(r.peak for r in runs))
    lib.table(f"200 small workbooks, {latency} ms a request", results, "tabship deploy")
