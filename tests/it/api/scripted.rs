//! A server that does what a test says, and counts what arrives.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use tabship::api::{ApiVersion, Client, Connection, Credentials, Luid, RetryPolicy, Secret, Site};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use url::Url;

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
    /// The how-manieth with this method and path, from 1.
    pub(crate) nth: usize,
}

impl Arrival {
    pub(crate) fn is(&self, method: &str, path_end: &str) -> bool {
        let path = self.target.split('?').next().unwrap();
        self.method == method && path.ends_with(path_end)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What the server does with a request that it has read.
pub(crate) enum Act {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Closes the connection without a word.
    Hangup,
    /// Answers with a length, sends half of the body and closes.
    HalfAnswer {
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Keeps the connection and says nothing.
    Silence,
}

pub(crate) fn answer(status: u16, body: impl Into<Vec<u8>>) -> Act {
    Act::Answer {
        status,
        headers: Vec::new(),
        body: body.into(),
    }
}

pub(crate) fn refusal(code: u32) -> Act {
    let status = u16::try_from(code / 1000).unwrap();
    let body = format!(r#"{{"error":{{"summary":"S","detail":"D","code":"{code}"}}}}"#);
    answer(status, body)
}

type Script = dyn Fn(&Arrival) -> Act + Send + Sync;

/// Told of the head of a request before its body is read; what it gives is done instead of reading.
type Early = fn(&Arrival) -> Option<Act>;

pub(crate) struct Server {
    pub(crate) url: Url,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    _accepting: JoinSet<()>,
}

impl Server {
    /// Answers server information and sign-in by itself, the rest by the script.
    pub(crate) async fn start(script: impl Fn(&Arrival) -> Act + Send + Sync + 'static) -> Self {
        Self::bare(move |arrival| by_itself(arrival).unwrap_or_else(|| script(arrival))).await
    }

    /// Answers server information and sign-in by itself, and appends to uploads as soon as it has
    /// seen their heads.
    pub(crate) async fn start_early(early: Early) -> Self {
        Self::early(early, |arrival| by_itself(arrival).unwrap()).await
    }

    /// Answers nothing by itself.
    pub(crate) async fn bare(script: impl Fn(&Arrival) -> Act + Send + Sync + 'static) -> Self {
        Self::early(|_| None, script).await
    }

    /// Answers nothing by itself, and some requests before their bodies are there.
    pub(crate) async fn early(
        early: Early,
        script: impl Fn(&Arrival) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let (script, seen): (Arc<Script>, _) = (Arc::new(script), arrivals.clone());
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, early, script.clone(), seen.clone()));
            }
        });
        Self {
            url,
            arrivals,
            _accepting: accepting,
        }
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }

    pub(crate) fn count(&self, method: &str, path_end: &str) -> usize {
        self.arrivals()
            .iter()
            .filter(|arrival| arrival.is(method, path_end))
            .count()
    }

    pub(crate) fn connection(&self) -> Connection {
        Connection {
            retry: RetryPolicy {
                attempts: 3,
                first: Duration::from_millis(1),
                longest: Duration::from_millis(2),
                total: Duration::from_secs(2),
            },
            timeout: Duration::from_secs(5),
            ..Connection::new(self.url.clone())
        }
    }

    pub(crate) async fn site(&self) -> Site {
        let client = Client::connect(self.connection()).await.unwrap();
        client.sign_in(&token(), "dev").await.unwrap()
    }
}

pub(crate) fn server_info(version: &str) -> Act {
    answer(
        200,
        format!(
            r#"{{"serverInfo":{{"productVersion":{{"value":"2026.2.0","build":"1"}},"restApiVersion":"{version}"}}}}"#
        ),
    )
}

fn by_itself(arrival: &Arrival) -> Option<Act> {
    if arrival.is("GET", "/serverinfo") {
        Some(server_info("3.29"))
    } else if arrival.is("POST", "/auth/signin") {
        Some(signed_in(arrival.nth))
    } else {
        None
    }
}

/// A session whose token is `token-{nth}`.
pub(crate) fn signed_in(nth: usize) -> Act {
    let (site, user) = (luid(0xaa), luid(1));
    answer(
        200,
        format!(
            r#"{{"credentials":{{"site":{{"id":"{site}","contentUrl":"dev"}},"user":{{"id":"{user}"}},"token":"token-{nth}"}}}}"#
        ),
    )
}

pub(crate) fn token() -> Credentials {
    Credentials::Token {
        name: "ci".into(),
        secret: Secret::new("hunter2"),
    }
}

pub(crate) fn luid(last: u8) -> Luid {
    format!("00000000-0000-4000-8000-0000000000{last:02x}")
        .parse()
        .unwrap()
}

pub(crate) const NEWEST: ApiVersion = ApiVersion::NEWEST;

async fn serve(
    mut stream: TcpStream,
    early: Early,
    script: Arc<Script>,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
) {
    while let Some(mut arrival) = read_head(&mut stream).await {
        if let Some(act) = early(&arrival) {
            return act_early(stream, act).await;
        }
        if read_body(&mut stream, &mut arrival).await.is_none() {
            return;
        }
        let act = {
            let mut seen = arrivals.lock().unwrap();
            let path = |target: &str| target.split('?').next().map(str::to_owned);
            let same = seen.iter().filter(|earlier| {
                earlier.method == arrival.method && path(&earlier.target) == path(&arrival.target)
            });
            arrival.nth = same.count() + 1;
            seen.push(arrival.clone());
            script(&arrival)
        };
        let sent = match act {
            Act::Hangup => return,
            Act::Silence => std::future::pending().await,
            Act::Answer {
                status,
                headers,
                body,
            } => {
                let head = head(status, &headers, body.len());
                stream.write_all(&[head.as_bytes(), &body].concat()).await
            }
            Act::HalfAnswer { headers, body } => {
                let head = head(200, &headers, body.len());
                let half = &body[..body.len() / 2];
                let _ = stream.write_all(&[head.as_bytes(), half].concat()).await;
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
}

fn head(status: u16, headers: &[(&str, String)], len: usize) -> String {
    let mut head = format!("HTTP/1.1 {status} X\r\nContent-Length: {len}\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head + "\r\n"
}

async fn read_head(stream: &mut TcpStream) -> Option<Arrival> {
    let mut buffer = Vec::new();
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let body = buffer.split_off(end);
    Some(Arrival {
        method,
        target,
        headers,
        body,
        nth: 0,
    })
}

async fn read_body(stream: &mut TcpStream, arrival: &mut Arrival) -> Option<()> {
    let len: usize = arrival
        .header("content-length")
        .map_or(0, |len| len.parse().unwrap());
    while arrival.body.len() < len {
        if stream.read_buf(&mut arrival.body).await.ok()? == 0 {
            return None;
        }
    }
    Some(())
}

/// As gateways do it: answers, closes its side, and throws away what still comes.
async fn act_early(mut stream: TcpStream, act: Act) {
    let Act::Answer {
        status,
        headers,
        body,
    } = act
    else {
        return std::future::pending().await;
    };
    let head = head(status, &headers, body.len());
    let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
    let _ = stream.shutdown().await;
    let mut thrown_away = vec![0; 1 << 16];
    while stream.read(&mut thrown_away).await.is_ok_and(|len| len > 0) {}
}
