"""tableauserverclient's main path: sign in, create a project, publish, list, download byte for byte.

usage: tsc_basics.py URL WORKBOOK.twbx
"""

import os
import sys
import tempfile

import tableauserverclient as TSC


def main(url, path):
    server = TSC.Server(url, use_server_version=True)
    auth = TSC.PersonalAccessTokenAuth("sandbox", "sandbox-secret", site_id="dev")
    with server.auth.sign_in(auth):
        project = server.projects.create(TSC.ProjectItem(name="Interop TSC"))
        item = TSC.WorkbookItem(name="Published by TSC", project_id=project.id)
        item = server.workbooks.publish(item, path, TSC.Server.PublishMode.CreateNew)
        assert item.content_url == "PublishedbyTSC", item.content_url
        names = [workbook.name for workbook in TSC.Pager(server.workbooks)]
        assert names == ["Published by TSC"], names
        with tempfile.TemporaryDirectory() as folder:
            got = server.workbooks.download(item.id, filepath=os.path.join(folder, "back"))
            with open(got, "rb") as back, open(path, "rb") as sent:
                assert back.read() == sent.read(), "the download differs from what was published"
        server.workbooks.populate_views(item)
        assert item.views, "no views"
    print("ok")


main(*sys.argv[1:])
