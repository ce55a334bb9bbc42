"""Publishes a file by curl alone: curl_publish.py URL FOLDER.

The folder has the file cut into the multipart bodies of its chunks, made beforehand by `cut`: what is measured is curl sending
them, one after another over one connection, and the commit. Memory is this script's; curl itself needs 11 MiB.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HEAD = b'--b\r\nContent-Disposition: name="request_payload"\r\nContent-Type: text/xml\r\n\r\n\r\n' \
    b'--b\r\nContent-Disposition: name="tableau_file"; filename="f"\r\nContent-Type: application/octet-stream\r\n\r\n'
TAIL = b"\r\n--b--\r\n"
MULTIPART = ["-H", "Content-Type: multipart/mixed; boundary=b", "-H", "Expect:"]


def cut(file, chunk, folder):
    """Writes each chunk as the body of its request; the folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    size = os.path.getsize(file)
    with open(file, "rb") as source:
        for number, at in enumerate(range(0, size, chunk)):
            with open(folder / f"{number:04}", "wb") as body:
                body.write(HEAD)
                # In small pieces: what this process holds would count as the peak of those that it starts.
                for start in range(at, min(at + chunk, size), 1 << 20):
                    body.write(source.read(min(1 << 20, at + chunk - start)))
                body.write(TAIL)
    return folder


def curl(*arguments, **options):
    return subprocess.run(["curl", "-sS", "--fail-with-body", *arguments], check=True, capture_output=True, **options).stdout.decode()


def publish(url, folder):
    base = f"{url}/api/3.29"
    signed = curl("-H", "Content-Type: text/xml", "-d", '<tsRequest><credentials personalAccessTokenName="sandbox" '
                  'personalAccessTokenSecret="sandbox-secret"><site contentUrl=""/></credentials></tsRequest>', f"{base}/auth/signin")
    token, site = re.search(r'token="([^"]+)"', signed)[1], re.search(r'<site [^>]*id="([^"]+)"', signed)[1]
    auth, site = ["-H", f"X-Tableau-Auth: {token}"], f"{base}/sites/{site}"
    project = re.search(r'<project [^>]*id="([^"]+)"', curl(*auth, f"{site}/projects"))[1]
    upload = re.search(r'uploadSessionId="([^"]+)"', curl(*auth, "-X", "POST", f"{site}/fileUploads"))[1]
    sent = [part for body in sorted(folder.iterdir()) for part in ("-T", str(body), "-o", "/dev/null", f"{site}/fileUploads/{upload}")]
    curl(*auth, *MULTIPART, "-X", "PUT", *sent)
    commit = b'--b\r\nContent-Disposition: name="request_payload"\r\nContent-Type: text/xml\r\n\r\n<tsRequest><workbook name="By curl">' \
        b'<project id="' + project.encode() + b'"/></workbook></tsRequest>\r\n--b--\r\n'
    curl(*auth, *MULTIPART, "--data-binary", "@-", f"{site}/workbooks?uploadSessionId={upload}&workbookType=twbx&overwrite=true",
         input=commit)


if __name__ == "__main__":
    publish(sys.argv[1], Path(sys.argv[2]))
