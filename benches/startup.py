#!/usr/bin/env python3
"""Start-up: what every step of a pipeline pays first."""

import lib

binary, bin_ = lib.tabship(), lib.peers("tableauserverclient==0.42", "tabcmd==2.0.21")
tools = [
    ("tabship --version", [binary, "--version"], {}),
    ("curl --version", [lib.need("curl", "curl"), "--version"], {}),
    ("python -c 'import tableauserverclient'", [bin_ / "python", "-c", "import tableauserverclient"], {}),
    ("tabcmd --version", [bin_ / "tabcmd", "--version"], {}),
]
lib.table("Start-up", lib.compare(tools, rounds=15), "tabship --version")
