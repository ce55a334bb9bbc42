//! The sandbox as a process of its own: killed at any moment, and fed files larger than its memory.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tabship_sandbox::Sandbox;

/// Names the data folder to a copy of this test binary that is to be a server.
const DATA: &str = "TABSHIP_SANDBOX_TEST_DATA";

/// Not a test by itself: what [`Server::start`] starts, in a process of its own.
#[test]
fn serve() {
    let Some(data) = std::env::var_os(DATA) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::builder().data(data).start().await.unwrap();
        writeln!(std::io::stdout(), "listening on {}", sandbox.url()).unwrap();
        sandbox.wait().await;
    });
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "serve", "--nocapture"])
        .env(DATA, data);
    command
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Self {
        let mut child = command(data).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("listening on http://")?.1.to_owned()))
            .unwrap();
        Self { child, address }
    }

    /// As `kill -9`: no handler runs.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn resident_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(
            line.trim()
                .strip_suffix(" kB")?
                .trim()
                .parse::<u64>()
                .ok()?
                * 1024,
        )
    }

    /// Sends a request whose body is written by `body`; gives the status and the answer's head and reader.
    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &str,
        length: u64,
        body: impl FnOnce(&mut TcpStream),
    ) -> (u16, BufReader<TcpStream>) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: application/json\r\n{headers}Content-Length: {length}\r\n\r\n"
        )
        .unwrap();
        body(&mut stream);
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
        (status, reader)
    }

    fn text(&self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let write = |stream: &mut TcpStream| stream.write_all(body.as_bytes()).unwrap();
        let (status, mut reader) = self.send(method, path, headers, body.len() as u64, write);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        (status, text)
    }

    /// Token and site LUID of a session on `dev`.
    fn sign_in(&self) -> (String, String) {
        let body =
            r#"{"credentials":{"name":"admin","password":"admin","site":{"contentUrl":"dev"}}}"#;
        let (status, text) = self.text(
            "POST",
            "/api/3.29/auth/signin",
            "Content-Type: application/json\r\n",
            body,
        );
        assert_eq!(status, 200, "{text}");
        let reply: serde_json::Value = serde_json::from_str(&text).unwrap();
        let credentials = &reply["credentials"];
        (
            credentials["token"].as_str().unwrap().to_owned(),
            credentials["site"]["id"].as_str().unwrap().to_owned(),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| {
            if entry.path().is_dir() {
                files(&entry.path())
            } else {
                1
            }
        })
        .sum()
}

const BOUNDARY: &str = "b0undary";

fn part(name: &str, filename: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: name=\"{name}\"{filename}\r\n\r\n")
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path());
    let (token, site) = server.sign_in();
    let headers = format!(
        "X-Tableau-Auth: {token}\r\nContent-Type: multipart/mixed; boundary={BOUNDARY}\r\n"
    );
    let auth = format!("X-Tableau-Auth: {token}\r\n");
    let mut acknowledged = Vec::new();
    for round in 0..4 {
        for number in 0..5 {
            let name = format!("W{round}{number}");
            let body = format!(
                "{}<tsRequest><workbook name='{name}'/></tsRequest>\r\n{}<workbook version='18.1'><!-- {name} --><worksheets>\
                 <worksheet name='S'/></worksheets></workbook>\r\n--{BOUNDARY}--",
                part("request_payload", ""),
                part("tableau_workbook", "; filename=\"a.twb\"")
            );
            let (status, text) = server.text(
                "POST",
                &format!("/api/3.29/sites/{site}/workbooks"),
                &headers,
                &body,
            );
            assert_eq!(status, 201, "{text}");
            let reply: serde_json::Value = serde_json::from_str(&text).unwrap();
            acknowledged.push((name, reply["workbook"]["id"].as_str().unwrap().to_owned()));
        }
        // A request that is cut in the middle by the kill: nothing of it may stay.
        let mut half = TcpStream::connect(&server.address).unwrap();
        let start = part("tableau_workbook", "; filename=\"a.twb\"");
        write!(half, "POST /api/3.29/sites/{site}/workbooks HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 1000000\r\n\r\n{start}")
            .unwrap();
        half.write_all(&vec![b'x'; 300_000]).unwrap();
        server.kill();
        server = Server::start(data.path());
        for (name, id) in &acknowledged {
            let (status, text) = server.text(
                "GET",
                &format!("/api/3.29/sites/{site}/workbooks/{id}/content"),
                &auth,
                "",
            );
            assert_eq!(
                status, 200,
                "{name}: the session and the workbook are still there"
            );
            assert!(text.contains(name.as_str()), "{name}: {text}");
        }
    }
    assert_eq!(
        files(&data.path().join("blobs")),
        acknowledged.len(),
        "a blob for each, and nothing left over"
    );
    let (_, id) = &acknowledged[0];
    assert_eq!(
        server
            .text(
                "DELETE",
                &format!("/api/3.29/sites/{site}/workbooks/{id}"),
                &auth,
                ""
            )
            .0,
        204
    );
    let (status, text) = server.text("POST", "/sandbox/collect", "", "");
    assert_eq!((status, text.as_str()), (200, r#"{"removed":1}"#));
}

#[test]
fn a_second_sandbox_on_the_same_folder_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let _server = Server::start(data.path());
    let output = command(data.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(
        String::from_utf8_lossy(&output.stderr).contains("Database"),
        "{output:?}"
    );
}

/// A zip with a stored workbook and then a stored member of `padding` bytes, without holding it: its head, and
/// its tail after the padding. The member's checksum is not its own; nothing reads it.
fn package(padding: u64) -> (Vec<u8>, Vec<u8>) {
    let document =
        b"<workbook version='18.1'><worksheets><worksheet name='S'/></worksheets></workbook>";
    let entry = |name: &str, crc: u32, offset: u64, size: u64| {
        let wide = size >= u64::from(u32::MAX);
        let small = if wide {
            u32::MAX
        } else {
            u32::try_from(size).unwrap()
        };
        let mut local = Vec::new();
        let mut central = Vec::new();
        let version: u16 = if wide { 45 } else { 20 };
        let mut extra = Vec::new();
        if wide {
            extra.extend_from_slice(&1_u16.to_le_bytes());
            extra.extend_from_slice(&16_u16.to_le_bytes());
            extra.extend_from_slice(&size.to_le_bytes());
            extra.extend_from_slice(&size.to_le_bytes());
        }
        let mut common = Vec::new();
        common.extend_from_slice(&version.to_le_bytes());
        common.extend_from_slice(&[0; 8]); // flags, method, time, date
        common.extend_from_slice(&crc.to_le_bytes());
        common.extend_from_slice(&small.to_le_bytes());
        common.extend_from_slice(&small.to_le_bytes());
        common.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend_from_slice(&u16::try_from(extra.len()).unwrap().to_le_bytes());
        local.extend_from_slice(b"PK\x03\x04");
        local.extend_from_slice(&common);
        local.extend_from_slice(name.as_bytes());
        local.extend_from_slice(&extra);
        central.extend_from_slice(b"PK\x01\x02");
        central.extend_from_slice(&version.to_le_bytes());
        central.extend_from_slice(&common);
        central.extend_from_slice(&[0; 10]); // comment, disk, attributes
        central.extend_from_slice(&u32::try_from(offset).unwrap().to_le_bytes());
        central.extend_from_slice(name.as_bytes());
        central.extend_from_slice(&extra);
        (local, central)
    };
    let (local, central_document) = entry("a.twb", crc32(document), 0, document.len() as u64);
    let mut head = local;
    head.extend_from_slice(document);
    let (local, central_padding) = entry("Data/x.bin", 0, head.len() as u64, padding);
    head.extend_from_slice(&local);
    let directory = head.len() as u64 + padding;
    let mut tail = [central_document, central_padding].concat();
    let size = tail.len() as u64;
    let end = directory + size;
    tail.extend_from_slice(b"PK\x06\x06");
    tail.extend_from_slice(&44_u64.to_le_bytes());
    tail.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [2, 2, size, directory] {
        tail.extend_from_slice(&number.to_le_bytes());
    }
    tail.extend_from_slice(b"PK\x06\x07\0\0\0\0");
    tail.extend_from_slice(&end.to_le_bytes());
    tail.extend_from_slice(&1_u32.to_le_bytes());
    tail.extend_from_slice(b"PK\x05\x06\0\0\0\0\x02\0\x02\0");
    tail.extend_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    tail.extend_from_slice(&u32::MAX.to_le_bytes());
    tail.extend_from_slice(&[0, 0]);
    (head, tail)
}

fn crc32(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in data {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

const CHUNK: u64 = 32 << 20;
const MEMORY: u64 = 64 << 20;

/// Publishes a package of `size` bytes by upload and reads it back; its memory stays below [`MEMORY`].
fn publish_and_download(size: u64) {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let (token, place) = server.sign_in();
    let auth = format!("X-Tableau-Auth: {token}\r\n");
    let headers = format!("{auth}Content-Type: multipart/mixed; boundary={BOUNDARY}\r\n");
    let (_, text) = server.text(
        "POST",
        &format!("/api/3.29/sites/{place}/fileUploads"),
        &auth,
        "",
    );
    let opened: serde_json::Value = serde_json::from_str(&text).unwrap();
    let upload = opened["fileUpload"]["uploadSessionId"].as_str().unwrap();
    let (head, tail) = package(size);
    // Each chunk of its own byte, so that none is stored once for two.
    let filling = |at: u64| vec![u8::try_from(at / CHUNK % 251).unwrap(); 1 << 20];
    let append = |bytes: u64, write: &mut dyn FnMut(&mut TcpStream)| {
        let start = format!(
            "{}\r\n{}",
            part("request_payload", ""),
            part("tableau_file", "; filename=\"file\"")
        );
        let end = format!("\r\n--{BOUNDARY}--");
        let length = start.len() as u64 + bytes + end.len() as u64;
        let path = format!("/api/3.29/sites/{place}/fileUploads/{upload}");
        let (status, _) = server.send("PUT", &path, &headers, length, |stream| {
            stream.write_all(start.as_bytes()).unwrap();
            write(stream);
            stream.write_all(end.as_bytes()).unwrap();
        });
        assert_eq!(status, 200);
    };
    append(head.len() as u64, &mut |stream| {
        stream.write_all(&head).unwrap();
    });
    let mut left = size;
    while left > 0 {
        let bytes = left.min(CHUNK);
        let filled = filling(size - left);
        append(bytes, &mut |stream| {
            let mut rest = bytes;
            while rest > 0 {
                let count = rest.min(filled.len() as u64);
                stream
                    .write_all(&filled[..usize::try_from(count).unwrap()])
                    .unwrap();
                rest -= count;
            }
        });
        left -= bytes;
    }
    append(tail.len() as u64, &mut |stream| {
        stream.write_all(&tail).unwrap();
    });
    let body = format!(
        "{}<tsRequest><workbook name='Big'/></tsRequest>\r\n--{BOUNDARY}--",
        part("request_payload", "")
    );
    let path =
        format!("/api/3.29/sites/{place}/workbooks?uploadSessionId={upload}&workbookType=twbx");
    let (status, text) = server.text("POST", &path, &headers, &body);
    assert_eq!(status, 201, "{text}");
    let published: serde_json::Value = serde_json::from_str(&text).unwrap();
    let id = published["workbook"]["id"].as_str().unwrap();
    let (status, mut reader) = server.send(
        "GET",
        &format!("/api/3.29/sites/{place}/workbooks/{id}/content"),
        &auth,
        0,
        |_| {},
    );
    assert_eq!(status, 200);
    let mut got = vec![0; head.len()];
    reader.read_exact(&mut got).unwrap();
    assert_eq!(got, head);
    let mut buffer = vec![0; 1 << 20];
    let mut left = size;
    while left > 0 {
        let count = usize::try_from(left.min(buffer.len() as u64)).unwrap();
        reader.read_exact(&mut buffer[..count]).unwrap();
        assert!(
            buffer[..count] == filling(size - left)[..count],
            "at byte {}",
            size - left
        );
        left -= count as u64;
    }
    let mut got = Vec::new();
    reader.read_to_end(&mut got).unwrap();
    assert_eq!(got, tail);
    if let Some(resident) = server.resident_bytes() {
        assert!(resident < MEMORY, "{} MiB resident", resident >> 20);
    }
}

#[test]
fn memory_does_not_grow_with_the_file() {
    publish_and_download(200 << 20);
}

#[test]
#[ignore = "writes 4 GiB; run with --ignored"]
fn four_gibibytes_fit_in_sixty_four_mebibytes() {
    publish_and_download((4 << 30) + 12_345);
}

#[test]
fn huge_headers_are_refused_and_the_site_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let many = "X-Many: y\r\n".repeat(200);
    let long = format!("X-Long: {}\r\n", "y".repeat(2 << 20));
    for headers in [many, long] {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let head = format!("GET /api/3.29/serverinfo HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        // It may hang up before it has read all.
        let _ = stream.write_all(head.as_bytes());
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
            "{answer}"
        );
    }
    let (status, _) = server.text("GET", "/api/3.29/serverinfo", "", "");
    assert_eq!(status, 200);
}

#[test]
fn a_body_may_come_in_pieces_of_unsaid_length() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let (token, site) = server.sign_in();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let body = "<tsRequest><project name='Piecemeal'/></tsRequest>";
    write!(
        stream,
        "POST /api/3.29/sites/{site}/projects HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-tableau-auth: {token}\r\n\
         transfer-encoding: chunked\r\n\r\n"
    )
    .unwrap();
    for piece in body.as_bytes().chunks(7) {
        write!(stream, "{:x}\r\n", piece.len()).unwrap();
        stream.write_all(piece).unwrap();
        stream.write_all(b"\r\n").unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(answer.contains("name=\"Piecemeal\""), "{answer}");
}
