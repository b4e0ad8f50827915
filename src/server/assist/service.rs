//! The pipeline of prompts at work in a server.

use std::fmt::Write;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::time::timeout;

use super::inside::{self, Direct, Inside};
use super::options::Upstream;
use super::paths::{METRICS, SIMULATE};
use super::searches::{Searches, Turn};
use super::work::{Lasting, Task, Work};
use super::{prompts, simulate};
use crate::assist::{
    Admission, Delivered, Live, NoAnswer, Phase, Pipeline, Prompt, Record, Reply, Search, TranscriptState, World,
};
use crate::remote::client::{HttpTransport, Session};
use crate::server::app::App;
use crate::server::front::front;
use crate::server::routes::not_allowed;

/// How long what is cut off may take to be recorded.
const RECORDED: Duration = Duration::from_secs(1);

/// The pipeline, and what it needs of the server.
#[derive(Debug)]
pub(crate) struct Service {
    pub app: Arc<App>,
    pub pipeline: Pipeline,
    world: Services,
    work: Arc<Work>,
    searches: Arc<Searches<(Search, Task)>>,
    last_id: AtomicU64,
    /// Searches that were cut off.
    pending: AtomicUsize,
}

/// The two services behind the pipeline.
#[derive(Debug)]
enum Services {
    Direct(Direct, Box<Live<Inside>>),
    Own(Box<Live<Inside>>),
    Target(Box<Live<HttpTransport>>),
}

/// How a server ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stopped {
    /// Prompts that were shown and whose transcripts were still looked for; their records say `pending`.
    pub pending: usize,
    /// Prompts whose deliveries were cut off; their records say `failed`.
    pub cut: usize,
    /// Why lines are missing in the prompt log.
    pub log: Option<String>,
}

/// The routes of the pipeline. `stand_ins` are those of the rest of the server, for one that is its own upstream.
pub(crate) fn routes(
    app: &Arc<App>,
    pipeline: Pipeline,
    upstream: Upstream,
    stand_ins: &Router,
) -> (Router, Arc<Service>) {
    let world = match upstream {
        Upstream::Target(target) => Services::Target(target),
        Upstream::Own => {
            let settings = inside::settings(&app.options.credentials);
            let session = Session::seeded(settings, Inside(stand_ins.clone()), app.options.seed);
            let own = Box::new(inside::live(session));
            match Direct::new(app) {
                Some(direct) => Services::Direct(direct, own),
                None => Services::Own(own),
            }
        }
    };
    let service = Arc::new(Service {
        app: app.clone(),
        pipeline,
        world,
        work: Arc::default(),
        searches: Arc::default(),
        last_id: AtomicU64::new(0),
        pending: AtomicUsize::new(0),
    });
    let router = Router::new()
        .route(SIMULATE, post(simulate::simulate))
        .route(METRICS, get(prompts::metrics))
        .method_not_allowed_fallback(not_allowed)
        .layer(from_fn_with_state(app.clone(), front))
        .with_state(service.clone());
    (router, service)
}

impl Service {
    /// Takes a prompt its whole way, which one that is refused has behind it. The other's goes on when the caller goes away,
    /// and its transcript is looked for afterwards.
    pub(crate) fn send(self: &Arc<Self>, prompt: Prompt) -> impl Future<Output = Arc<Record>> + Send + use<> {
        let admitted = match self.pipeline.admit(prompt, self.world.now()) {
            Admission::Admitted(admitted) => admitted,
            Admission::Refused(mut record) => {
                record.explain();
                return Lasting::over(self.finish(record, Duration::ZERO));
            }
        };
        let service = self.clone();
        let task = self.work.begin();
        Lasting::new(async move {
            let Delivered { record, search, took } = service.pipeline.send(&service.world, admitted, None).await;
            let record = service.finish(record, took);
            // It is the same task to those who wait for it: work is never idle in between.
            if let Some(turn) = search.and_then(|search| service.searches.add((search, task))) {
                service.begin_searches(turn, true);
            }
            record
        })
    }

    fn finish(&self, record: impl Into<Arc<Record>>, took: Duration) -> Arc<Record> {
        let record = self.app.ledger.finish(record);
        self.app.metrics.delivered(&record, took);
        record
    }

    /// Begins searches until there are none. A search that has to wait keeps the task; another one begins the rest.
    fn begin_searches(self: Arc<Self>, turn: Turn<(Search, Task)>, after_others: bool) {
        tokio::spawn(async move {
            if after_others {
                // The deliveries that are ready to go on come first, and their searches are begun together.
                tokio::task::yield_now().await;
            }
            while let Some((search, task)) = turn.next() {
                let mut search = pin!(self.search(search, task));
                if poll_fn(|context| Poll::Ready(search.as_mut().poll(context))).await.is_pending() {
                    self.clone().begin_searches(turn, false);
                    return search.await;
                }
            }
        });
    }

    async fn search(&self, search: Search, _task: Task) {
        let shown = search.prompt_id.clone();
        let transcript = self.pipeline.correlate(&self.world, search).await;
        if transcript.state == TranscriptState::Pending {
            self.pending.fetch_add(1, Ordering::Relaxed);
        }
        self.app.metrics.searched(&transcript);
        self.app.ledger.join(&shown, transcript);
    }

    /// A prompt's id, as the tutorial makes it: of the interaction and the time in ns, but never the same twice.
    pub(crate) fn prompt_id(&self, interaction_id: &str) -> Arc<str> {
        const KEPT: usize = 100;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let later = |last: u64| Some(now.max(last.saturating_add(1)));
        let last = self.last_id.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        let number = now.max(last.unwrap_or_default().saturating_add(1));
        let end = interaction_id.char_indices().nth(KEPT).map_or(interaction_id.len(), |(end, _)| end);
        let mut id = String::with_capacity(end + "prompt__".len() + 20);
        id.push_str("prompt_");
        id.push_str(&interaction_id[..end]);
        // A text takes whatever is written.
        let _ = write!(id, "_{number}");
        id.into()
    }

    /// Waits for deliveries and transcripts, no longer than `grace`, and cuts off the rest. Everything is recorded then.
    pub(crate) async fn stop(&self, grace: Duration) -> Stopped {
        if timeout(grace, self.work.idle()).await.is_err() {
            self.pipeline.end(Phase::Closed);
            // What is cut off has only to be written down.
            let _ = timeout(RECORDED, self.work.idle()).await;
        }
        let log = self.app.ledger.flush().err().map(|error| error.to_string());
        Stopped { pending: self.pending.load(Ordering::Relaxed), cut: self.pipeline.cut(), log }
    }
}

impl World for Services {
    fn now(&self) -> Duration {
        match self {
            Self::Direct(_, own) | Self::Own(own) => own.now(),
            Self::Target(target) => target.now(),
        }
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    // A whole request's state is in a box of its own: it would make every prompt's future many times as large.
    async fn send(&self, prompt: &Prompt, within: Duration) -> Result<Reply<()>, NoAnswer> {
        match self {
            Self::Direct(direct, _) => Ok(direct.take(prompt)),
            Self::Own(own) => Box::pin(own.send(prompt, within)).await,
            Self::Target(target) => Box::pin(target.send(prompt, within)).await,
        }
    }

    async fn transcript(&self, interaction_id: &str, within: Duration) -> Result<Reply<String>, NoAnswer> {
        match self {
            Self::Direct(direct, _) => Ok(direct.transcript(interaction_id)),
            Self::Own(own) => Box::pin(own.transcript(interaction_id, within)).await,
            Self::Target(target) => Box::pin(target.transcript(interaction_id, within)).await,
        }
    }
}
