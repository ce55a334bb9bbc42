"""tableau-utilities over all that it can do with the sandbox. It speaks JSON, and the version of the API is 3.18.

Left out is what fails in the client itself: it takes a single workbook or view for what it knows of lists, sends `server_port`
when it changes a connection, looks for the workbook of a refresh in its notes, and reads the empty answer of a sign-out.

usage: tableau_utilities_all.py URL WORKBOOK.twbx DATASOURCE.tds
"""

import json
import os
import sys
import tempfile
import time

import requests
from urllib3 import encode_multipart_formdata
from urllib3.fields import RequestField

from tableau_utilities.tableau_server.static import TableauConnectionError
from tableau_utilities.tableau_server.tableau_server import TableauServer


def first_publish(server, kind, project, name, path):
    """Its own first publish writes attributes that were not set as `none`, which is no boolean; over a data source that
    is there it writes what that has."""
    payload = json.dumps({kind: {"name": name, "project": {"id": project}}})
    fields = []
    for part, data, filename, media in [("request_payload", payload, None, "application/json"),
                                        (f"tableau_{kind}", open(path, "rb").read(), os.path.basename(path),
                                         "application/octet-stream")]:
        field = RequestField(name=part, data=data, filename=filename)
        field.make_multipart(content_type=media)
        fields.append(field)
    body, media = encode_multipart_formdata(fields)
    media = media.replace("form-data", "mixed")
    reply = server.session.post(f"{server.url}/{kind}s", data=body, headers={"Content-Type": media})
    assert reply.status_code == 201, reply.text
    return reply.json()[kind]["id"]


def main(url, workbook_path, datasource_path):
    server = TableauServer(url, "dev", personal_access_token_name="sandbox",
                           personal_access_token_secret="sandbox-secret")
    server.create.project("Utilities", "from a script", "ManagedByOwner")
    project = next(p for p in server.get.projects() if p.name == "Utilities")
    assert project.content_permissions == "ManagedByOwner" and project.contents_counts_workbook_count == 0, project
    try:
        server.create.project("utilities")
        raise AssertionError("the name was taken")
    except TableauConnectionError as error:
        assert "409006" in str(error), error
    server.create.group("Readers", "Viewer")
    assert {group.name for group in server.get.groups()} == {"All Users", "Readers"}
    assert {(group.name, user.name) for group, user in server.get.user_groups()} == {("All Users", "admin")}
    assert [user.name for user in server.get.users()] == ["admin"]

    workbook = first_publish(server, "workbook", project.id, "Sales", workbook_path)
    datasource = first_publish(server, "datasource", project.id, "Orders", datasource_path)
    again = server.publish.datasource(datasource_path, datasource_id=datasource,
                                      connection={"username": "svc", "password": "secret"})
    assert (again.id, again.project_name) == (datasource, "Utilities"), again

    assert [w.id for w in server.get.workbooks()] == [workbook]
    assert [d.id for d in server.get.datasources()] == [datasource]
    assert server.get.workbook(workbook_name="Sales", workbook_project="Utilities").id == workbook
    assert server.get.datasource(datasource_id=datasource).name == "Orders"
    views = list(server.get.views())
    assert views and all(view.workbook_id == workbook and view.sheet_type for view in views), views
    assert list(server.get.workbook_connections(workbook)), "no connections"
    connection, = server.get.datasource_connections(datasource)
    assert (connection.user_name, connection.embed_password) == ("svc", True), connection
    assert server.get.project(project.id).contents_counts_workbook_count == 1

    try:
        server.refresh.datasource(datasource)
        raise AssertionError("it has no extract")
    except TableauConnectionError as error:
        assert "403180" in str(error), error
    reply = server.session.post(f"{server.url}/datasources/{datasource}/createExtract")
    assert reply.status_code == 200, reply.text
    wait = time.monotonic() + 10
    while not server.get.datasource(datasource_id=datasource).has_extracts and time.monotonic() < wait:
        time.sleep(0.05)
    job = server.refresh.datasource(datasource)
    assert (job.type, job.extract_refresh_job_datasource_id) == ("RefreshExtract", datasource), job

    with tempfile.TemporaryDirectory() as folder:
        server.download.workbook(file_dir=folder, workbook_id=workbook, include_extract=True)
        server.download.datasource(file_dir=folder, datasource_id=datasource, include_extract=True)
        back = [name for name in os.listdir(folder) if name.endswith(".twbx")]
        with open(os.path.join(folder, back[0]), "rb") as got, open(workbook_path, "rb") as sent:
            assert got.read() == sent.read()
    try:
        server.sign_out()
    except requests.exceptions.JSONDecodeError:
        pass  # It reads the empty answer of a sign-out as JSON.
    assert server.session.get(f"{server.url}/workbooks").status_code == 401


if __name__ == "__main__":
    main(*sys.argv[1:])
