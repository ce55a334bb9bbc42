"""Publishes a file by curl alone: curl_publish.py URL FILE. Memory is this script's; curl itself needs 11 MiB."""

import os
import re
import subprocess
import sys
import tempfile

url, file = sys.argv[1:]
base, CHUNK = f"{url}/api/3.29", 50 << 20


def curl(*arguments, **options):
    return subprocess.run(["curl", "-sS", "--fail-with-body", *arguments], check=True, capture_output=True, **options).stdout.decode()


signed = curl("-H", "Content-Type: text/xml", "-d", '<tsRequest><credentials personalAccessTokenName="sandbox" '
              'personalAccessTokenSecret="sandbox-secret"><site contentUrl=""/></credentials></tsRequest>', f"{base}/auth/signin")
token, site = re.search(r'token="([^"]+)"', signed)[1], re.search(r'<site [^>]*id="([^"]+)"', signed)[1]
auth, site = ["-H", f"X-Tableau-Auth: {token}"], f"{base}/sites/{site}"
project = re.search(r'<project [^>]*id="([^"]+)"', curl(*auth, f"{site}/projects"))[1]
upload = re.search(r'uploadSessionId="([^"]+)"', curl(*auth, "-X", "POST", f"{site}/fileUploads"))[1]
head = b'--b\r\nContent-Disposition: name="request_payload"\r\nContent-Type: text/xml\r\n\r\n\r\n' \
    b'--b\r\nContent-Disposition: name="tableau_file"; filename="f"\r\nContent-Type: application/octet-stream\r\n\r\n'
size = os.path.getsize(file)
for at in range(0, size, CHUNK):
    length = min(CHUNK, size - at)
    # The shell streams head, range and tail into curl, so nothing is held or copied by this script.
    with tempfile.NamedTemporaryFile() as begin:
        begin.write(head)
        begin.flush()
        pipe = f"(cat {begin.name}; tail -c +{at + 1} '{file}' | head -c {length}; printf '\\r\\n--b--\\r\\n') | " \
            f"curl -sS --fail-with-body -o /dev/null -T - -X PUT -H 'X-Tableau-Auth: {token}' -H 'Expect:' " \
            f"-H 'Content-Type: multipart/mixed; boundary=b' '{site}/fileUploads/{upload}'"
        subprocess.run(pipe, shell=True, check=True)
body = b'--b\r\nContent-Disposition: name="request_payload"\r\nContent-Type: text/xml\r\n\r\n<tsRequest><workbook name="By curl">' \
    b'<project id="' + project.encode() + b'"/></workbook></tsRequest>\r\n--b--\r\n'
curl(*auth, "-H", "Content-Type: multipart/mixed; boundary=b", "--data-binary", "@-",
     f"{site}/workbooks?uploadSessionId={upload}&workbookType=twbx&overwrite=true", input=body)
