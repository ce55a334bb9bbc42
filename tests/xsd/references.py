#!/usr/bin/env python3
"""Checks that the names inside Tableau documents lead somewhere. A second pair of eyes: it shares
no code and no model with tabship.

    references.py FILE...        (.twb, .tds, .twbx, .tdsx)

Prints one line a fault, `FILE: what`, and ends with 0 (none) or 1.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter

PREFIX = re.compile(r"^_\.fcp\.([A-Za-z0-9_]+)\.(true|false)\.\.\.(.+)$")
REFERENCE = re.compile(r"\[((?:[^\]]|\]\])+)\](?:\.\[((?:[^\]]|\]\])+)\])?")
FORMULA_NOISE = re.compile(r"//[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", re.DOTALL)
UUID = re.compile(r"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
BUILT_IN = {":Measure Names", "Multiple Values"}


def read(path):
    """The inner document's bytes, and the names of the package's members (none for a bare file)."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes(), set()
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        (inner,) = [n for n in names if "/" not in n and n.endswith((".twb", ".tds"))]
        return package.read(inner), set(names)


def resolve(element, features):
    """Takes the `.true` variants, drops the `.false` ones, notes every feature that is named."""
    for name in list(element.attrib):
        value, plain = element.attrib[name], name
        while plain and (match := PREFIX.match(plain)):
            features.add(match.group(1))
            plain = match.group(3) if match.group(2) == "true" else None
        if plain != name:
            del element.attrib[name]
            if plain:
                element.attrib[plain] = value
    for child in list(element):
        keep = True
        while match := PREFIX.match(child.tag):
            features.add(match.group(1))
            child.tag = match.group(3)
            keep = keep and match.group(2) == "true"
        resolve(child, features)
        if not keep:
            element.remove(child)


class Surface:
    """How Tableau writes XML, checked on the text."""

    TAG = re.compile(r"<[A-Za-z_][^\s>/]*((?:\s+[^\s=]+='[^']*')*)\s*(/?)>")

    @classmethod
    def faults(cls, data):
        text = data.decode("utf-8")
        if text.startswith("\ufeff"):
            yield "starts with a byte order mark"
        if not text.startswith("<?xml version='1.0' encoding='utf-8' ?>"):
            yield "does not start with Tableau's XML declaration"
        if text.count("\n") != text.count("\r\n"):
            yield "line ends are not all CRLF"
        text = re.sub(r"<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL)
        for number, line in enumerate(text.splitlines(), 1):
            if not line.startswith("<!--") and re.match(r"\s*<[^!?/]", line) and not cls.TAG.match(line.strip()):
                yield f"line {number}: a tag with attributes that are not single-quoted: {line.strip()[:80]}"
            if (len(line) - len(line.lstrip(" "))) % 2:
                yield f"line {number}: indented by an odd number of spaces"
            for match in cls.TAG.finditer(line):
                names = re.findall(r"([^\s=]+)='", match.group(1))
                plain = [n for n in names if not n.startswith("xmlns:")]
                if plain != sorted(plain):
                    yield f"line {number}: attributes are not sorted: {plain}"
                if match.group(2) and not match.group(0).endswith(" />"):
                    yield f"line {number}: an empty element without ` />`"


class Document:
    def __init__(self, data, members):
        self.members = members
        self.features = set()
        self.root = ElementTree.fromstring(data)
        self.declared = {PREFIX.sub(r"\1", e.tag) for e in self.root.find("document-format-change-manifest")}
        resolve(self.root, self.features)
        sources = [self.root] if self.root.tag == "datasource" else self.root.findall("datasources/datasource")
        self.sources = {s.get("name", ""): s for s in sources}
        self.worksheets = {w.get("name"): w for w in self.root.findall("worksheets/worksheet")}
        self.dashboards = {d.get("name"): d for d in self.root.findall("dashboards/dashboard")}

    def faults(self):
        for feature in sorted(self.features - self.declared):
            yield f"the feature {feature} is used and not declared"
        for name, source in self.sources.items():
            yield from self.source_faults(name, source)
        for name, sheet in {**self.worksheets, **self.dashboards}.items():
            yield from (f"{name}: {fault}" for fault in self.sheet_faults(sheet))
        for name, dashboard in self.dashboards.items():
            yield from (f"{name}: {fault}" for fault in self.zone_faults(dashboard))
        if self.root.tag == "workbook":
            yield from self.window_faults()
            yield from self.action_faults()
        yield from self.member_faults()

    def fields(self, source):
        """Everything that a formula in this data source may name."""
        names = {c.get("name")[1:-1] for c in source.findall("column")}
        names |= {r.text[1:-1] for r in source.iter("local-name")}
        names |= {m.get("key")[1:-1] for m in source.iter("map") if m.get("key")}
        return names | {g.get("name")[1:-1] for g in source.findall("group")}

    def source_faults(self, name, source):
        fields = self.fields(source)
        for calculation in source.findall("column/calculation"):
            for first, second in REFERENCE.findall(FORMULA_NOISE.sub(" ", calculation.get("formula"))):
                known = self.fields(self.sources[first]) if second and first in self.sources else fields
                if (second or first) not in known:
                    yield f"{name}: a formula names [{first}]" + (f".[{second}]" if second else "")
        connections = {c.get("name") for c in source.iter("named-connection")}
        for relation in source.iter("relation"):
            if relation.get("connection") and relation.get("connection") not in connections:
                yield f"{name}: a relation names the connection {relation.get('connection')}"
            for first, second in re.findall(r"<\[([^\]]+)\]\.\[([^\]]+)\]>", relation.text or ""):
                if first != "Parameters" or second not in self.fields(self.sources["Parameters"]):
                    yield f"{name}: custom SQL names [{first}].[{second}]"
        objects = {o.get("id") for o in source.findall("object-graph/objects/object")}
        named = {e.text[1:-1] for e in source.iter("object-id")}
        named |= {p.get("object-id") for tag in ("first-end-point", "second-end-point") for p in source.iter(tag)}
        for missing in sorted(named - objects):
            yield f"{name}: no object {missing}"
        for path in source.findall("drill-paths/drill-path/field"):
            if path.text[1:-1] not in fields:
                yield f"{name}: a hierarchy names {path.text}"
        for side in source.findall("object-graph/relationships/relationship/expression/expression"):
            if side.get("op")[1:-1] not in fields:
                yield f"{name}: a relationship names {side.get('op')}"
        for level in source.findall("group//groupfilter"):
            if level.get("level") and level.get("level")[1:-1] not in fields:
                yield f"{name}: a group names {level.get('level')}"

    def sheet_faults(self, sheet):
        known = set()
        listed = {d.get("name") for d in sheet.iter("datasource")}
        for block in sheet.iter("datasource-dependencies"):
            name = block.get("datasource")
            if name not in self.sources or name not in listed:
                yield f"depends on the data source {name}, which is not there or not listed"
                continue
            columns = {c.get("name"): c for c in block.findall("column")}
            known |= {(name, c[1:-1]) for c in columns}
            for instance in block.findall("column-instance"):
                known.add((name, instance.get("name")[1:-1]))
                if instance.get("column") not in columns:
                    yield f"{instance.get('name')} is of {instance.get('column')}, which is not copied"
            originals = {c.get("name"): c for c in self.sources[name].findall("column")}
            for key, copy in columns.items():
                original = originals.get(key)
                if original is None:
                    yield f"copies {key}, which {name} does not have"
                elif copy.attrib != original.attrib or formula(copy) != formula(original):
                    yield f"the copy of {key} differs from the data source's"
            used = {i.get("column") for i in block.findall("column-instance")}
            reached = {f"[{second or first}]" for c in columns.values() for first, second in REFERENCE.findall(FORMULA_NOISE.sub(" ", formula(c) or ""))}
            for key in sorted(set(columns) - used - reached):
                if name != "Parameters":
                    yield f"copies {key} for nothing"
        for text in self.shelf_texts(sheet):
            for first, second in REFERENCE.findall(text):
                if second and second not in BUILT_IN and (first, second) not in known:
                    yield f"[{first}].[{second}] is not declared"

    @staticmethod
    def shelf_texts(sheet):
        for element in sheet.iter():
            if element.tag in ("rows", "cols", "run") or (element.tag == "column" and element.text and element.text.startswith("[")):
                yield element.text or ""
            if element.tag in ("filter", "format", "encoding", "color", "size", "text", "lod", "tooltip", "shape"):
                yield element.get("column") or element.get("field") or ""
            if element.tag == "zone" and (element.get("param") or "").startswith("["):
                yield element.get("param")

    def zone_faults(self, dashboard):
        for holder in [dashboard.find("zones"), *dashboard.findall("devicelayouts/devicelayout/zones")]:
            zones = list(holder.iter("zone"))
            for identity, count in Counter(z.get("id") for z in zones).items():
                if count > 1:
                    yield f"{count} zones have the id {identity}"
            for zone in zones:
                name = zone.get("name")
                if name is not None and name not in self.worksheets:
                    yield f"a zone shows the sheet {name!r}"
                if name is None and zone.get("type-v2") is None:
                    yield f"zone {zone.get('id')} is neither a sheet nor of a type"
                if zone.get("type-v2") == "bitmap" and zone.get("param") not in self.members:
                    yield f"the image {zone.get('param')} is not in the package"
                yield from self.place_faults(zone)

    @staticmethod
    def place_faults(zone):
        """A child lies inside its parent: a rounded pixel over is allowed."""
        for child in zone.findall("zone"):
            for at, size in (("x", "w"), ("y", "h")):
                low, high = int(zone.get(at)), int(zone.get(at)) + int(zone.get(size))
                if int(child.get(at)) < low or int(child.get(at)) + int(child.get(size)) > high + 1:
                    yield f"zone {child.get('id')} lies outside its parent {zone.get('id')}"

    def window_faults(self):
        windows = {w.get("name"): w for w in self.root.findall("windows/window")}
        sheets = {**self.worksheets, **self.dashboards}
        for name in sorted(sheets.keys() ^ windows.keys()):
            yield f"{name}: a sheet without a window, or a window without a sheet"
        for name, dashboard in self.dashboards.items():
            if name not in windows:
                continue
            shown = {z.get("name") for z in dashboard.find("zones").iter("zone") if z.get("name")}
            viewed = {v.get("name") for v in windows[name].iter("viewpoint")}
            if shown != viewed:
                yield f"{name}: shows {sorted(shown)}, its window has viewpoints of {sorted(viewed)}"
        for name, window in windows.items():
            if name not in sheets:
                continue
            known = {(d.get("datasource"), c.get("name")[1:-1]) for d in sheets[name].iter("datasource-dependencies") for c in d}
            for card in window.iter("card"):
                for first, second in REFERENCE.findall(card.get("param") or ""):
                    if (first, second) not in known:
                        yield f"{name}: a card of the window names [{first}].[{second}]"
        identities = [i.get("uuid") for i in self.root.iter("simple-id")]
        if len(identities) != len(set(identities)):
            yield "two simple-ids are the same"
        for identity in identities:
            if not UUID.fullmatch(identity):
                yield f"{identity} is not a UUID in braces"
        if len(identities) != 2 * len(sheets):
            yield "a sheet or a window has no simple-id"
        targets = {w.find("simple-id").get("uuid") for w in windows.values()}
        for button in self.root.iter("button"):
            for target in re.findall(r'goto-sheet window-id="([^"]+)"', button.get("action")):
                if target not in targets:
                    yield f"a button goes to the window {target}"

    def action_faults(self):
        sheets = {**self.worksheets, **self.dashboards}
        for action in self.root.findall("actions/action"):
            source = action.find("source")
            names = [source.get("dashboard"), source.get("worksheet")]
            names += [p.get("value") for p in action.iter("param") if p.get("name") in ("target", "exclude")]
            for name in names:
                if name is not None and name not in sheets:
                    yield f"the action {action.get('caption')!r} names {name!r}"

    def member_faults(self):
        for connection in self.root.iter("connection"):
            path = connection.get("dbname") or ""
            if connection.get("class") == "hyper" and path not in self.members:
                yield f"the extract {path} is not in the package"
        used = {z.get("param") for z in self.root.iter("zone")} | {c.get("dbname") for c in self.root.iter("connection")}
        for member in sorted(self.members):
            if "/" in member and member not in used:
                yield f"nothing uses the member {member}"


def formula(column):
    calculation = column.find("calculation")
    return None if calculation is None else calculation.get("formula")


def main(arguments):
    found = []
    for name in arguments:
        data, members = read(pathlib.Path(name))
        found += [f"{name}: {fault}" for fault in [*Surface.faults(data), *Document(data, members).faults()]]
    print("\n".join(found) if found else f"{len(arguments)} documents: every name leads somewhere")
    return 1 if found or not arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
