//! The pipeline of prompts at work in a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::time::{Instant, timeout};

use super::inside::{self, Direct, Inside};
use super::options::Upstream;
use super::paths::{METRICS, SIMULATE};
use super::work::{Lasting, Task, Work};
use super::{prompts, simulate};
use crate::assist::{Live, NoAnswer, Phase, Pipeline, Prompt, Record, Search, TranscriptState, World};
use crate::client::{Answer, HyperTransport, Session};
use crate::server::app::App;
use crate::server::front::front;
use crate::server::routes::not_allowed;

/// How long what is cut off may take to be recorded.
const RECORDED: Duration = Duration::from_secs(1);

/// The pipeline, and what it needs of the server.
#[derive(Debug)]
pub struct Service {
    pub app: Arc<App>,
    pub pipeline: Pipeline,
    world: Services,
    work: Arc<Work>,
    last_id: AtomicU64,
    /// Searches that were cut off.
    pending: AtomicUsize,
}

/// The two services behind the pipeline.
#[derive(Debug)]
enum Services {
    Direct(Direct, Box<Live<Inside>>),
    Own(Box<Live<Inside>>),
    Target(Box<Live<HyperTransport>>),
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
pub fn routes(app: &Arc<App>, pipeline: Pipeline, upstream: Upstream, stand_ins: &Router) -> (Router, Arc<Service>) {
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
    /// Takes a prompt its whole way. It goes on when the caller goes away, and the transcript is looked for afterwards.
    pub fn send(self: &Arc<Self>, prompt: Prompt) -> impl Future<Output = Arc<Record>> + Send + use<> {
        let service = self.clone();
        let task = self.work.begin();
        Lasting::new(async move {
            let begun = Instant::now();
            let (record, search) = service.pipeline.deliver(&service.world, prompt, None).await;
            service.app.metrics.delivered(&record, begun.elapsed());
            let record = service.app.ledger.finish(record);
            if let Some(search) = search {
                // It is the same task to those who wait for it: work is never idle in between.
                tokio::spawn(service.clone().search(search, task));
            }
            record
        })
    }

    async fn search(self: Arc<Self>, search: Search, _task: Task) {
        let shown = search.prompt_id.clone();
        let transcript = self.pipeline.correlate(&self.world, search).await;
        if transcript.state == TranscriptState::Pending {
            self.pending.fetch_add(1, Ordering::Relaxed);
        }
        self.app.metrics.searched(&transcript);
        self.app.ledger.join(&shown, transcript);
    }

    /// A prompt's id, as the tutorial makes it: of the interaction and the time in ns, but never the same twice.
    pub fn prompt_id(&self, interaction_id: &str) -> String {
        const KEPT: usize = 100;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let later = |last: u64| Some(now.max(last.saturating_add(1)));
        let last = self.last_id.fetch_update(Ordering::Relaxed, Ordering::Relaxed, later);
        let number = now.max(last.unwrap_or_default().saturating_add(1));
        let interaction: String = interaction_id.chars().take(KEPT).collect();
        format!("prompt_{interaction}_{number}")
    }

    /// Waits for deliveries and transcripts, no longer than `grace`, and cuts off the rest. Everything is recorded then.
    pub async fn stop(&self, grace: Duration) -> Stopped {
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
    async fn send(&self, prompt: &Prompt, within: Duration) -> Result<Answer, NoAnswer> {
        match self {
            Self::Direct(direct, _) => Ok(direct.take(prompt)),
            Self::Own(own) => Box::pin(own.send(prompt, within)).await,
            Self::Target(target) => Box::pin(target.send(prompt, within)).await,
        }
    }

    async fn transcript(&self, interaction_id: &str, within: Duration) -> Result<Answer, NoAnswer> {
        match self {
            Self::Direct(direct, _) => Ok(direct.transcript(interaction_id)),
            Self::Own(own) => Box::pin(own.transcript(interaction_id, within)).await,
            Self::Target(target) => Box::pin(target.transcript(interaction_id, within)).await,
        }
    }
}
