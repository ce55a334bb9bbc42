//! A platform as far as comments go, and a repository whose pipeline talks to it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::api::scripted::{Act, Arrival, Server, answer};
use crate::harness::{Run, Tabship, project};

pub(crate) const TOKEN: &str = "hunter2-comment-token";

/// What a platform's API does with a request, given the comments that there are.
pub(crate) trait Api: Send + Sync + 'static {
    fn is_write(&self, arrival: &Arrival) -> bool;
    fn answer(&self, arrival: &Arrival, comments: &mut Vec<Comment>) -> Act;
    /// Variables that a pipeline of its pull request 7 has, for an API at this address.
    fn environment(&self, address: &str) -> Vec<(String, String)>;
    /// The header of the token, as `name: value`.
    fn header(&self) -> (&'static str, String);
}

#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) ours: bool,
    pub(crate) body: String,
}

type Surprise = fn() -> Act;

#[derive(Default)]
struct State {
    comments: Vec<Comment>,
    next_writes: VecDeque<Surprise>,
    next_reads: VecDeque<Surprise>,
}

pub(crate) struct Standin {
    server: Server,
    api: Arc<dyn Api>,
    state: Arc<Mutex<State>>,
}

impl Standin {
    pub(crate) async fn start(api: impl Api) -> Self {
        let api: Arc<dyn Api> = Arc::new(api);
        let state = Arc::new(Mutex::new(State::default()));
        let (known, held) = (api.clone(), state.clone());
        let server = Server::bare(move |arrival| {
            let (name, value) = known.header();
            if arrival.header(name) != Some(value.as_str()) {
                return answer(401, r#"{"message":"Bad credentials"}"#);
            }
            let mut state = held.lock().unwrap();
            let write = known.is_write(arrival);
            let surprise = if write {
                state.next_writes.pop_front()
            } else {
                state.next_reads.pop_front()
            };
            match surprise.map(|s| s()) {
                // The answer is lost, but the request was carried out.
                Some(Act::Hangup) => {
                    known.answer(arrival, &mut state.comments);
                    Act::Hangup
                }
                Some(act) => act,
                None => known.answer(arrival, &mut state.comments),
            }
        })
        .await;
        Self { server, api, state }
    }

    pub(crate) fn somebody_writes(&self, body: &str) {
        let comments = &mut self.state.lock().unwrap().comments;
        let id = comments.len() as u64 + 1;
        comments.push(Comment {
            id,
            ours: false,
            body: body.to_owned(),
        });
    }

    pub(crate) fn next_write(&self, surprise: Surprise) {
        self.state.lock().unwrap().next_writes.push_back(surprise);
    }

    pub(crate) fn next_read(&self, surprise: Surprise) {
        self.state.lock().unwrap().next_reads.push_back(surprise);
    }

    pub(crate) fn ours(&self) -> Vec<String> {
        let comments = &self.state.lock().unwrap().comments;
        let ours = comments.iter().filter(|c| c.ours);
        ours.map(|c| c.body.clone()).collect()
    }

    #[track_caller]
    pub(crate) fn only_comment_of_ours(&self) -> String {
        let ours = self.ours();
        assert_eq!(ours.len(), 1, "{ours:?}");
        ours.into_iter().next().unwrap()
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.server.arrivals()
    }

    #[track_caller]
    pub(crate) fn saw_the_token_and_nothing_of_it_in(&self, texts: &[&str]) {
        assert!(texts.iter().all(|t| !t.contains(TOKEN)));
        let arrivals = self.arrivals();
        assert!(!arrivals.is_empty());
        for arrival in arrivals {
            assert!(!arrival.target.contains(TOKEN), "{}", arrival.target);
            assert!(!String::from_utf8_lossy(&arrival.body).contains(TOKEN));
        }
    }
}

/// Fills a recorded form.
pub(crate) fn recorded(name: &str) -> Value {
    let path = project("fixtures/wire/pull-request").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The page of `all` that the query of the request asks for.
pub(crate) fn page(arrival: &Arrival, all: Vec<Value>) -> Act {
    let query = |name: &str| -> usize {
        let url = url::Url::parse(&format!("http://x{}", arrival.target)).unwrap();
        let found = url.query_pairs().find(|(n, _)| n == name);
        found.map_or(1, |(_, value)| value.parse().unwrap())
    };
    let per_page = query("per_page");
    assert!(per_page <= 100, "platforms give at most 100");
    let items: Vec<Value> = all
        .into_iter()
        .skip((query("page") - 1) * per_page)
        .take(per_page)
        .collect();
    answer(200, Value::from(items).to_string())
}

pub(crate) fn json(arrival: &Arrival) -> Value {
    serde_json::from_slice(&arrival.body).unwrap()
}

pub(crate) struct Repository {
    pub(crate) tabship: Tabship,
}

const FILE: &str = "workbooks/operations/Order Backlog.twb";

impl Repository {
    pub(crate) fn with_a_risk(standin: &Standin) -> Self {
        let mut tabship = Tabship::new();
        for (name, value) in standin
            .api
            .environment(standin.server.url.as_str().trim_end_matches('/'))
        {
            tabship.set(&name, &value);
        }
        tabship.copy(&project("examples/acme"));
        tabship.commit_all("main");
        let repository = Self { tabship };
        repository.replace("&apos;Shipped&apos;", "&apos;Closed&apos;");
        repository
    }

    fn replace(&self, from: &str, to: &str) {
        let path = self.tabship.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        std::fs::write(path, text.replace(from, to)).unwrap();
    }

    pub(crate) fn another_risk(&self) {
        self.replace(
            " hidden='true' name='Oldest Orders'",
            " name='Oldest Orders'",
        );
    }

    pub(crate) fn undo(&self) {
        let original = std::fs::read(project("examples/acme").join(FILE)).unwrap();
        std::fs::write(self.tabship.path().join(FILE), original).unwrap();
    }

    #[track_caller]
    pub(crate) fn review(&self, code: i32) -> Run {
        let run = self
            .tabship
            .run(["review", "--base", "HEAD", "--comment"])
            .code(code);
        assert!(!run.stderr.contains(TOKEN) && !run.stdout.contains(TOKEN));
        run
    }
}
