"""A client that speaks JSON and nothing else, in the standard library alone.

usage: json_client.py URL WORKBOOK.twbx
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request


class Client:
    def __init__(self, url):
        self.base = f"{url}/api/3.29"
        self.token = None

    def call(self, method, path, body=None, content_type="application/json"):
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("Accept", "application/json")
        if data is not None:
            request.add_header("Content-Type", content_type)
        if self.token:
            request.add_header("X-Tableau-Auth", self.token)
        try:
            with urllib.request.urlopen(request) as answer:
                text = answer.read()
                json_type = answer.headers.get("Content-Type", "").startswith("application/json")
                return answer.status, json.loads(text) if json_type else text
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def sign_in(self, site):
        credentials = {"personalAccessTokenName": "sandbox", "personalAccessTokenSecret": "sandbox-secret",
                       "site": {"contentUrl": site}}
        status, answer = self.call("POST", "/auth/signin", {"credentials": credentials})
        assert status == 200, answer
        self.token = answer["credentials"]["token"]
        self.base += "/sites/" + answer["credentials"]["site"]["id"]


def publish(client, project, path):
    payload = {"workbook": {"name": "By JSON", "showTabs": "true", "project": {"id": project}}}
    with open(path, "rb") as file:
        content = file.read()
    body = (b"--b\r\nContent-Disposition: name=\"request_payload\"\r\nContent-Type: application/json\r\n\r\n"
            + json.dumps(payload).encode()
            + b"\r\n--b\r\nContent-Disposition: name=\"tableau_workbook\"; filename=\"a.twbx\"\r\n"
            + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n--b--\r\n")
    status, answer = client.call("POST", "/workbooks", body, "multipart/mixed; boundary=b")
    assert status == 201, answer
    workbook = answer["workbook"]
    # Scalars by the schema: integers as strings, showTabs as a string, lists always arrays, empty ones {}.
    assert workbook["size"] == "1" and workbook["showTabs"] == "true", workbook
    assert isinstance(workbook["views"]["view"], list) and workbook["tags"] == {}, workbook
    status, back = client.call("GET", f"/workbooks/{workbook['id']}/content")
    assert (status, back) == (200, content)
    return workbook["id"]


def main(url, path):
    client = Client(url)
    client.sign_in("dev")
    status, answer = client.call("POST", "/projects", {"project": {"name": "JSON"}})
    assert status == 201, answer
    project = answer["project"]["id"]
    workbook = publish(client, project, path)
    status, answer = client.call("PUT", f"/workbooks/{workbook}/tags", {"tags": {"tag": [{"label": "a"}]}})
    assert answer == {"tags": {"tag": [{"label": "a"}]}}, answer
    status, answer = client.call("GET", "/workbooks?filter=" + urllib.parse.quote("tags:eq:a"))
    assert answer["pagination"] == {"pageNumber": "1", "pageSize": "100", "totalAvailable": "1"}, answer
    status, groups = client.call("GET", "/groups")
    rule = {"group": {"id": groups["groups"]["group"][0]["id"]},
            "capabilities": {"capability": [{"name": "Write", "mode": "Deny"}]}}
    status, answer = client.call("PUT", f"/workbooks/{workbook}/permissions",
                                 {"permissions": {"granteeCapabilities": [rule]}})
    assert status == 200 and isinstance(answer["permissions"]["granteeCapabilities"], list), answer
    status, answer = client.call("PUT", f"/workbooks/{workbook}", {"workbook": {"showTabs": "false"}})
    assert answer["workbook"]["showTabs"] == "false", answer
    status, answer = client.call("GET", "/workbooks/00000000-0000-0000-0000-000000000000")
    assert (status, answer["error"]["code"]) == (404, "404006"), answer
    assert client.call("DELETE", f"/projects/{project}")[0] == 204
    print("ok")


main(*sys.argv[1:])
