#!/usr/bin/env python3
"""Fills fuzz/corpus/ from our own fixtures and the example, so that a run begins where files are real."""

import hashlib
import html
import io
import re
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "fuzz" / "corpus"
BODY = b"--b\r\nContent-Disposition: name=\"request_payload\"\r\nContent-Type: text/xml\r\n\r\n<tsRequest/>\r\n" \
    b"--b\r\nContent-Disposition: name=\"tableau_workbook\"; filename=\"a.twb\"\r\n\r\n<workbook/>\r\n--b--\r\n"


def seed(target, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def documents():
    for pattern in ("fixtures/**/*", "examples/**/*"):
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and path.suffix in (".twb", ".tds"):
                yield path.read_bytes()


def packages():
    for path in sorted((ROOT / "examples" / "acme").rglob("*")):
        if path.suffix in (".twbx", ".tdsx", ".tfl", ".tflx"):
            yield path.read_bytes()
    for name in ("a.twb", "Data/b.csv"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as package:
            package.writestr("a.twb", "<workbook version='18.1'/>")
            package.writestr(name + "x", "1")
        yield buffer.getvalue()


def main():
    for data in documents():
        seed("document", data)
        seed("package", data)
        for formula in re.findall(rb"formula='([^']*)'", data):
            seed("formula", html.unescape(formula.decode()).encode())
    for data in packages():
        seed("package", data)
    for path in [*ROOT.glob("examples/**/tabship.yml"), *ROOT.glob("fixtures/**/*.yml")]:
        seed("manifest", path.read_bytes())
    for step in b"\x01\x07\xff":
        seed("multipart", bytes([step]) + BODY)
    for target in ("plan", "journal"):
        for path in sorted((ROOT / "fuzz" / "seeds" / target).iterdir()):
            seed(target, path.read_bytes())


main()
