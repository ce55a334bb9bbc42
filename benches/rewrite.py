#!/usr/bin/env python3
"""A package of 1 GiB whose document is rewritten while it is sent, beside the same package sent as it is, and `cp`."""

import lib

binary = lib.tabship()
file = lib.package(1 << 30)
REWRITE = "rewrite:\n  - match: { class: postgres }\n    to: { dev: { server: pg.bench.example, database: bench } }\n"

with lib.sandbox(binary) as url:
    tools = []
    for name, extra in (("deploy, rewritten", REWRITE), ("deploy, as it is", "")):
        folder = lib.repository({"bench.twbx": file}, url, extra, f"repository-{len(tools)}")
        tools.append((name, [binary, "deploy", "-t", "dev", "-C", folder, "--republish"], {"env": lib.ENVIRONMENT}))
    tools.append(("cp", ["cp", file, lib.WORK / "copy"], {}))
    # The first of each pays for pages that the system has to find: what is compared is the work.
    lib.compare(tools, 1)
    results = lib.compare(tools, 5)
lib.table("A package of 1 GiB", results, tools[0][0])
(lib.WORK / "copy").unlink()
