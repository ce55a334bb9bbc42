#!/usr/bin/env python3
"""Validates Tableau workbooks against Tableau's own XML Schema for .twb documents.

    validate.py SCHEMA.xsd WORKBOOK.twb[x]...

Prints one line a violation, `FILE:LINE: message`, and ends with 0 (all valid), 1 (violations) or
2 (cannot run). lxml is taken from the running interpreter or installed into target/xsd-venv.

The published schema has gaps, and only these are made up for:

* it imports the namespaces `user` and `xml` without saying where they are: stubs stand in;
* it knows no `_.fcp.FEATURE.VALUE...NAME` names: they are resolved as a reader does that has every
  feature, so that `.true...` variants lose their prefix and `.false...` variants are dropped;
* it requires `explain-data` as a child of the workbook, which no product writes: that one
  complaint is left out.
"""

import fcntl
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VENV = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "xsd-venv"

PREFIX = re.compile(r"^_\.fcp\.[A-Za-z0-9_]+\.(true|false)\.\.\.(.+)$")

# Declares what the schema refers to in a namespace, and allows any value.
STUB_OF = {
    "attribute": '<xs:attribute name="{}" type="xs:string"/>',
    "attributeGroup": '<xs:attributeGroup name="{}"><xs:anyAttribute namespace="##targetNamespace" processContents="skip"/></xs:attributeGroup>',
}
STUBS = {
    "http://www.tableausoftware.com/xml/user": "user.xsd",
    "http://www.w3.org/XML/1998/namespace": "xml.xsd",
}


def import_lxml():
    """Returns lxml.etree; installs lxml into a virtual environment of ours when it is missing."""
    try:
        from lxml import etree

        return etree
    except ImportError:
        pass
    python = VENV / "bin" / "python"
    if pathlib.Path(sys.executable).absolute() == python.absolute():
        sys.exit("validate.py: lxml is not importable even in " + str(VENV))
    try:
        VENV.parent.mkdir(parents=True, exist_ok=True)
        with open(VENV.with_suffix(".lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
            ready = python.exists() and not subprocess.call([python, "-c", "import lxml"], stderr=subprocess.DEVNULL)
            if not ready:
                subprocess.check_call([sys.executable, "-m", "venv", VENV], stdout=sys.stderr)
                subprocess.check_call([python, "-m", "pip", "install", "-q", "lxml>=5,<7"], stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"validate.py: cannot set up lxml in {VENV}: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    os.execv(python, [str(python), *sys.argv])


def plain(name):
    """The name that a reader with every feature sees; None for a variant that it ignores."""
    while match := PREFIX.match(name):
        if match.group(1) == "false":
            return None
        name = match.group(2)
    return name


def normalise(element):
    """Resolves feature names in place, in the element's attributes and below it."""
    for name, value in list(element.attrib.items()):
        resolved = plain(name)
        if resolved != name:
            del element.attrib[name]
            if resolved is not None:
                element.set(resolved, value)
    for child in list(element.iterchildren("*")):
        resolved = plain(child.tag)
        if resolved is None:
            element.remove(child)
        else:
            child.tag = resolved
            normalise(child)


def load_schema(etree, path):
    """Compiles the schema with stubs for the two namespaces that it imports from nowhere."""
    document = etree.parse(str(path))
    xs = "{http://www.w3.org/2001/XMLSchema}"
    references = re.findall(r'<xs:(attribute|attributeGroup) [^>]*ref="(user|xml):([A-Za-z0-9_-]+)"', path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        for element in document.getroot().iterchildren(xs + "import"):
            namespace = element.get("namespace")
            stub = pathlib.Path(folder) / STUBS[namespace]
            prefix = "xml" if namespace.endswith("/namespace") else "user"
            declarations = "".join(STUB_OF[kind].format(name) for kind, p, name in sorted(set(references)) if p == prefix)
            stub.write_text(
                f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}">{declarations}</xs:schema>',
                encoding="utf-8",
            )
            element.set("schemaLocation", stub.as_uri())
        return etree.XMLSchema(document)


def read_workbook(path):
    """The bytes of a bare workbook, or of the one inside a package."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as package:
        inner = [n for n in package.namelist() if "/" not in n and n.lower().endswith(".twb")]
        if len(inner) != 1:
            raise ValueError(f"{len(inner)} workbooks at the root of the package, not 1")
        return package.read(inner[0])


def is_known_gap(message):
    """True for the schema's demand for `explain-data`, which is a fault of the schema."""
    return "Element 'workbook': Missing child element(s)." in message and "explain-data" in message


def violations(etree, schema, path):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(read_workbook(path), parser)
    normalise(root)
    if schema.validate(root.getroottree()):
        return []
    return [f"{path}:{e.line}: {e.message}" for e in schema.error_log if not is_known_gap(e.message)]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__.strip().splitlines()[2].strip(), file=sys.stderr)
        return 2
    etree = import_lxml()
    schema = load_schema(etree, pathlib.Path(arguments[0]))
    found = []
    for name in arguments[1:]:
        try:
            found += violations(etree, schema, pathlib.Path(name))
        except (OSError, ValueError, etree.XMLSyntaxError) as error:
            found.append(f"{name}: {error}")
    print("\n".join(found) if found else f"{len(arguments) - 1} workbooks valid against {arguments[0]}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
