#!/usr/bin/env python3
"""Publishing one package of 64 MB and 1 GiB (with --large 4 GiB too) to the embedded sandbox.

The floor is curl: the same bytes in requests of tabship's size, ready on disk, sent by curl to the same sandbox and
committed. The peers are tableauserverclient and tabcmd. Each tool's process includes its start-up and sign-in.

The sandbox writes bytes that it has not had before, and knows the others by their hash. So there are two tables: each tool's
first publish, to a sandbox of its own that must write all; and publishes of what the sandbox has, in which little but the
tools and the way of the bytes is measured.

    publish.py [--large] [--only MIB] [--once]
"""

import os
import shutil
import statistics
import sys

import curl_publish
import lib

# What tabship sends in one request of a file that needs several.
CHUNK = 32 << 20

binary, tsc, tabcmd = lib.tabship(), lib.peer("tableauserverclient==0.42"), lib.peer("tabcmd==2.0.21")
sizes = [(63 * lib.MIB, "63 MiB (one request)", 5), (1 << 30, "1 GiB", 5)]
if "--large" in sys.argv:
    sizes.append((4 << 30, "4 GiB", 1))
if "--only" in sys.argv:
    only = int(sys.argv[sys.argv.index("--only") + 1]) * lib.MIB
    sizes = [size for size in sizes if size[0] == only]
if "--once" in sys.argv:
    sizes = [(size, word, 1) for size, word, _ in sizes]


def commands(url, file, bodies):
    """Each tool's name, command and options, for the sandbox at `url`."""
    folder = lib.repository({"bench.twbx": file}, url)
    by_tabcmd = [tabcmd / "tabcmd", "publish", file, "--name", "By tabcmd", "--overwrite", "--project", "Default",
              "--server", url, "--token-name", "sandbox", "--token-value", "sandbox-secret", "--site", ""]
    return [
        ("tabship deploy", [binary, "deploy", "-t", "dev", "-C", folder, "--republish"], {"env": lib.ENVIRONMENT}),
        ("curl", [sys.executable, lib.ROOT / "benches/curl_publish.py", url, bodies], {}),
        ("tableauserverclient", [tsc / "python", lib.ROOT / "benches/tsc_publish.py", url, file], {}),
        ("tabcmd", by_tabcmd, {"env": {**os.environ, "HOME": str(lib.WORK)}, "cwd": lib.WORK}),
    ]


def first(file, bodies, rounds):
    """Each tool's publish to a sandbox that has nothing.

    Before each, as much as it will write is written and let go again: otherwise the tool that comes first pays for pages
    that the system had given back, and the others find them ready.
    """
    times = {}
    for _ in range(rounds):
        for number in range(len(commands("", file, bodies))):
            shutil.copyfile(file, lib.WORK / "pages")
            (lib.WORK / "pages").unlink()
            with lib.sandbox(binary) as url:
                for name, run in lib.compare([commands(url, file, bodies)[number]], 1).items():
                    times.setdefault(name, []).append(run)
    return {name: (statistics.median(s for s, _ in runs), max(p for _, p in runs)) for name, runs in times.items()}


for size, word, rounds in sizes:
    file = lib.package(size)
    whole = size < 2 * CHUNK
    bodies = curl_publish.cut(file, size + lib.MIB if whole else CHUNK, lib.WORK / "bodies")
    lib.table(f"Publish a package of {word}, the first time", first(file, bodies, min(rounds, 3)), "tabship deploy")
    with lib.sandbox(binary) as url:
        tools = commands(url, file, bodies)
        lib.compare(tools, 1)
        lib.table(f"Publish a package of {word} again", lib.compare(tools, rounds), "tabship deploy")
    shutil.rmtree(bodies)
