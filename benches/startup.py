#!/usr/bin/env python3
"""Start-up: what every step of a pipeline pays first."""

import lib

binary, tsc, tabcmd = lib.tabship(), lib.peer("tableauserverclient==0.42"), lib.peer("tabcmd==2.0.21")
tools = [
    ("tabship --version", [binary, "--version"], {}),
    ("curl --version", [lib.need("curl", "curl"), "--version"], {}),
    ("python -c 'import tableauserverclient'", [tsc / "python", "-c", "import tableauserverclient"], {}),
    ("tabcmd --version", [tabcmd / "tabcmd", "--version"], {}),
]
lib.table("Start-up", lib.compare(tools, rounds=15), "tabship --version")
