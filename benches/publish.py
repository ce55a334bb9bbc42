#!/usr/bin/env python3
"""Publishing one package of 64 MB and 1 GiB (with --large 4 GiB too) to the embedded sandbox.

The floor is curl: the same bytes in the same requests of 50 MiB, sent by curl to the same sandbox and committed. The peers
are tableauserverclient and tabcmd. Each tool's process includes its start-up and sign-in.
"""

import os
import sys

import lib

binary, tsc, tabcmd = lib.tabship(), lib.peer("tableauserverclient==0.42"), lib.peer("tabcmd==2.0.21")
sizes = [(63 * lib.MIB, "63 MiB (one request)", 5), (1 << 30, "1 GiB", 3)]
if "--large" in sys.argv:
    sizes.append((4 << 30, "4 GiB", 1))

for size, word, rounds in sizes:
    file = lib.package(size)
    with lib.sandbox(binary) as url:
        folder = lib.repository({"bench.twbx": file}, url)
        deploy = [binary, "deploy", "-t", "dev", "-C", folder, "--republish"]
        by_tabcmd = [tabcmd / "tabcmd", "publish", file, "--name", "By tabcmd", "--overwrite", "--project", "default",
                  "--server", url, "--token-name", "sandbox", "--token-value", "sandbox-secret", "--site", ""]
        tools = [
            ("tabship deploy", deploy, {"env": lib.ENVIRONMENT}),
            ("curl", [sys.executable, lib.ROOT / "benches/curl_publish.py", url, file], {}),
            ("tableauserverclient", [tsc / "python", lib.ROOT / "benches/tsc_publish.py", url, file], {}),
            ("tabcmd", by_tabcmd, {"env": {**os.environ, "HOME": str(lib.WORK)}}),
        ]
        lib.table(f"Publish a package of {word}", lib.compare(tools, rounds), tools[0][0])
