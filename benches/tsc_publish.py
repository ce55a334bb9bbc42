"""Publishes files by tableauserverclient, one after another: tsc_publish.py URL FILE..."""

import sys

import tableauserverclient as tsc

url, *files = sys.argv[1:]
server = tsc.Server(url, use_server_version=True)
with server.auth.sign_in(tsc.PersonalAccessTokenAuth("sandbox", "sandbox-secret", "")):
    project = next(p for p in tsc.Pager(server.projects) if p.name == "default" or p.name == "Default")
    for number, file in enumerate(files):
        item = tsc.WorkbookItem(project.id, name=f"Bench {number}")
        server.workbooks.publish(item, file, tsc.Server.PublishMode.Overwrite)
