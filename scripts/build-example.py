#!/usr/bin/env python3
"""Packs the sources in examples/acme-src into the packages of examples/acme.

    build-example.py            writes the packages
    build-example.py --check    says which packages differ from their sources, and fails then

A folder of acme-src whose name ends like a Tableau package (`Sales.tdsx/`) becomes that package.
The same sources give the same bytes wherever Python has the same zlib: times are fixed, members are
in a fixed order with the main document first, and nothing of this machine goes in.
"""

import io
import pathlib
import sys
import zipfile

EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "examples"
SOURCES = EXAMPLES / "acme-src"
PACKAGES = EXAMPLES / "acme"

SUFFIXES = {".twbx", ".tdsx", ".tfl", ".tflx"}
# When the example was last saved, so to speak. Zip times are even seconds.
SAVED = (2024, 9, 12, 6, 0, 12)


def sources():
    """Folders that stand for a package, in order."""
    return sorted(p for p in SOURCES.rglob("*") if p.is_dir() and p.suffix in SUFFIXES)


def members(folder):
    """(name, bytes) of each member: what stands at the root first, as Tableau writes it."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    named = sorted((p.relative_to(folder).as_posix(), p) for p in files)
    return [(name, path.read_bytes()) for name, path in sorted(named, key=lambda n: n[0].count("/"))]


def pack(folder):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, data in members(folder):
            entry = zipfile.ZipInfo(name, SAVED)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, data, compresslevel=6)
    return buffer.getvalue()


def package_of(folder):
    return PACKAGES / folder.relative_to(SOURCES)


def holds(path, folder):
    """True when the package has exactly the members of the folder, in their order."""
    if not path.is_file():
        return False
    with zipfile.ZipFile(path) as package:
        return [(name, package.read(name)) for name in package.namelist()] == members(folder)


def main(arguments):
    if arguments not in ([], ["--check"]):
        print("usage: build-example.py [--check]", file=sys.stderr)
        return 2
    folders = sources()
    if arguments:
        stale = [package_of(f) for f in folders if not holds(package_of(f), f)]
        for path in stale:
            print(f"{path.relative_to(EXAMPLES.parent)} differs from its sources: run scripts/build-example.py")
        return 1 if stale else 0
    for folder in folders:
        path = package_of(folder)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pack(folder))
        print(f"{path.relative_to(EXAMPLES.parent)}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
