//! Starting and stopping a sandbox.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::app::{App, Options};
use crate::blobs::Blobs;
use crate::error::ApiError;
use crate::faults::{Fault, Faults, Struck};
use crate::pace::Pace;
use crate::request_log::{RequestLog, RequestRecord};
use crate::seed::{self, Seed, SeedSite, SeedToken, SeedUser};
use crate::store::Store;
use crate::version::ApiVersion;
use crate::{Style, jobs, server, webhook};

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    #[error("cannot listen on {address}")]
    Listen {
        address: SocketAddr,
        source: std::io::Error,
    },
    #[error("cannot use the data folder {}", folder.display())]
    Folder {
        folder: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot open the database in {} (does another sandbox use it?)", folder.display())]
    Database {
        folder: PathBuf,
        source: rusqlite::Error,
    },
    #[error("cannot write the request log {}", path.display())]
    RequestLog {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("`{0}` is not an API version such as 3.29")]
    ApiVersion(String),
    #[error("cannot seed the site: {0}")]
    Seed(String),
}

/// How a sandbox is to be. See [`Sandbox::builder`].
#[derive(Debug, Clone)]
#[must_use]
pub struct Builder {
    data: Option<PathBuf>,
    seed: Seed,
    listen: SocketAddr,
    api_version: String,
    bandwidth: Option<u64>,
    faults: Vec<Fault>,
    log_requests: Option<PathBuf>,
    options: Options,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            data: None,
            seed: Seed::default(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_version: "3.29".to_owned(),
            bandwidth: None,
            faults: Vec::new(),
            log_requests: None,
            options: Options {
                style: Style::Server,
                api_version: ApiVersion::new(3, 29),
                product_version: "2026.2.0".to_owned(),
                latency: Duration::ZERO,
                control: true,
                index_lag: Duration::ZERO,
                job_queue: Duration::from_millis(20),
                job_run: Duration::from_millis(30),
                jobs_kept: Duration::from_secs(24 * 60 * 60),
                session_idle: Duration::from_secs(240 * 60),
                recycle_bin: false,
                max_part_bytes: 64 << 20,
                max_chunks: 10_000,
            },
        }
    }
}

impl Builder {
    /// Keeps state in `folder`, across runs. Without it a temporary folder goes with the sandbox.
    pub fn data(mut self, folder: impl Into<PathBuf>) -> Self {
        self.data = Some(folder.into());
        self
    }

    /// What there is at the start, in place of the default seed, and how the server behaves.
    pub fn seed(mut self, seed: Seed) -> Self {
        fn set<T: Copy>(option: &mut T, value: Option<T>) {
            *option = value.unwrap_or(*option);
        }
        let server = &seed.server;
        if let Some(style) = server.style {
            self = self.style(style);
        }
        let options = &mut self.options;
        set(&mut options.recycle_bin, server.recycle_bin);
        set(&mut options.index_lag, server.index_lag);
        set(&mut options.job_queue, server.job_queue);
        set(&mut options.job_run, server.job_run);
        set(&mut options.jobs_kept, server.jobs_kept);
        set(&mut options.session_idle, server.session_idle);
        set(&mut options.max_part_bytes, server.max_part_bytes);
        self.seed = seed;
        self
    }

    /// Adds sites, given as content URL and name.
    pub fn sites<U: Into<String>, N: Into<String>>(
        mut self,
        sites: impl IntoIterator<Item = (U, N)>,
    ) -> Self {
        let site = |(url, name): (U, N)| SeedSite {
            content_url: url.into(),
            name: name.into(),
        };
        self.seed.sites.extend(sites.into_iter().map(site));
        self
    }

    /// Adds a personal access token of the user `admin`. A token has one live session at a time, so parallel
    /// clients need one each.
    pub fn token(mut self, name: impl Into<String>, secret: impl Into<String>) -> Self {
        self.seed.tokens.push(SeedToken {
            name: name.into(),
            secret: secret.into(),
            user: "admin".to_owned(),
        });
        self
    }

    /// Adds a user without a password, with a seat on every site.
    pub fn user(mut self, name: impl Into<String>, site_role: impl Into<String>) -> Self {
        self.seed.users.push(SeedUser {
            name: name.into(),
            password: None,
            site_role: site_role.into(),
            email: String::new(),
            full_name: String::new(),
            sites: Vec::new(),
        });
        self
    }

    /// By default a free port of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// The newest API version that it knows, such as `3.29`; older ones work too.
    pub fn api_version(mut self, version: impl Into<String>) -> Self {
        self.api_version = version.into();
        self
    }

    pub fn product_version(mut self, version: impl Into<String>) -> Self {
        self.options.product_version = version.into();
        self
    }

    /// A wait before every request.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.options.latency = latency;
        self
    }

    /// Bytes per second of request and response bodies, over all connections.
    pub fn bandwidth(mut self, bytes_per_second: u64) -> Self {
        self.bandwidth = Some(bytes_per_second);
        self
    }

    /// Adds a fault rule.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Appends one JSON object a request to a file.
    pub fn log_requests(mut self, file: impl Into<PathBuf>) -> Self {
        self.log_requests = Some(file.into());
        self
    }

    /// Whether the control calls under `/sandbox/` are on (by default they are).
    pub fn control(mut self, on: bool) -> Self {
        self.options.control = on;
        self
    }

    pub fn style(mut self, style: Style) -> Self {
        self.options.style = style;
        self.options.recycle_bin = style == Style::Cloud;
        self
    }

    /// Whether deleted items go to a recycle bin, where they keep their content URLs (by default on Cloud only).
    pub fn recycle_bin(mut self, on: bool) -> Self {
        self.options.recycle_bin = on;
        self
    }

    /// How long something new stays out of filtered lists, as behind a search index that lags.
    pub fn index_lag(mut self, lag: Duration) -> Self {
        self.options.index_lag = lag;
        self
    }

    /// How long a job waits in the queue, and how long it then runs.
    pub fn job_time(mut self, queue: Duration, run: Duration) -> Self {
        (self.options.job_queue, self.options.job_run) = (queue, run);
        self
    }

    /// How long jobs that are over can still be queried (by default a day).
    pub fn jobs_kept(mut self, time: Duration) -> Self {
        self.options.jobs_kept = time;
        self
    }

    /// How long a session may be idle before it is dead.
    pub fn session_idle(mut self, idle: Duration) -> Self {
        self.options.session_idle = idle;
        self
    }

    /// The largest file part of one request, in bytes (by default 64 MiB).
    pub fn max_part_bytes(mut self, bytes: u64) -> Self {
        self.options.max_part_bytes = bytes;
        self
    }

    /// Opens the data folder, listens, and serves until [`Sandbox::stop`] or drop.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let address = self.listen;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| StartError::Listen { address, source })?;
        let bound = listener
            .local_addr()
            .map_err(|source| StartError::Listen { address, source })?;
        let (app, temporary) = self.open()?;
        let url = format!("http://{bound}");
        // Nobody else has set it: the app is new.
        let _ = app.url.set(url.clone());
        let tasks = vec![
            tokio::spawn(jobs::run(Arc::clone(&app))),
            tokio::spawn(webhook::run(Arc::clone(&app))),
            tokio::spawn(server::serve(Arc::clone(&app), listener)),
        ];
        Ok(Sandbox {
            app,
            url,
            tasks,
            _temporary: temporary,
        })
    }

    /// Everything but the socket.
    pub(crate) fn open(self) -> Result<(Arc<App>, Option<tempfile::TempDir>), StartError> {
        let api_version = self
            .api_version
            .parse()
            .map_err(|()| StartError::ApiVersion(self.api_version.clone()))?;
        let (folder, temporary) = match self.data {
            Some(folder) => (folder, None),
            None => {
                let temporary = tempfile::Builder::new()
                    .prefix("tabship-sandbox-")
                    .tempdir()
                    .map_err(|source| StartError::Folder {
                        folder: std::env::temp_dir(),
                        source,
                    })?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        let unusable = |source| StartError::Folder {
            folder: folder.clone(),
            source,
        };
        std::fs::create_dir_all(&folder).map_err(unusable)?;
        let blobs = Blobs::open(&folder.join("blobs")).map_err(unusable)?;
        let store =
            Store::open(&folder.join("sandbox.db")).map_err(|source| StartError::Database {
                folder: folder.clone(),
                source,
            })?;
        let log = RequestLog::open(self.log_requests.as_deref()).map_err(|source| {
            StartError::RequestLog {
                path: self.log_requests.clone().unwrap_or_default(),
                source,
            }
        })?;
        let app = App {
            store,
            blobs,
            options: Options {
                api_version,
                ..self.options
            },
            faults: Faults::default(),
            log,
            pace: Pace::new(self.bandwidth),
            job_added: Notify::new(),
            delivery_added: Notify::new(),
            stop: watch::Sender::new(false),
            url: OnceLock::new(),
        };
        app.faults.set(self.faults);
        let seeded = app
            .store
            .transact(|tx| seed::apply(tx, &self.seed))
            .and_then(|()| crate::housekeeping::tidy(&app));
        seeded.map_err(|error: ApiError| StartError::Seed(error.detail))?;
        Ok((Arc::new(app), temporary))
    }
}

/// A running sandbox. It stops when dropped.
#[derive(Debug)]
pub struct Sandbox {
    app: Arc<App>,
    url: String,
    tasks: Vec<JoinHandle<()>>,
    _temporary: Option<tempfile::TempDir>,
}

impl Sandbox {
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What has been asked so far (the last hundred thousand requests).
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.app.log.all()
    }

    pub fn clear_requests(&self) {
        self.app.log.clear();
    }

    /// Replaces the fault rules; their counts start anew.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        self.app.faults.set(faults);
    }

    /// For each of the rules, the first request that it struck: known as soon as that came, and where it gets no answer, too.
    pub fn struck(&self) -> Vec<Option<Struck>> {
        self.app.faults.struck()
    }

    /// Stops: takes no more connections, lets open requests finish for a moment.
    pub async fn stop(mut self) {
        self.app.stop.send_replace(true);
        for task in std::mem::take(&mut self.tasks) {
            let _ = task.await;
        }
    }

    /// Serves for as long as nobody stops it.
    pub async fn wait(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            let _ = task.await;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.app.stop.send_replace(true);
        for task in &self.tasks {
            task.abort();
        }
    }
}
