//! The service that sends prompts: the pipeline of `assist`, with the server's state and its
//! background tasks.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use tokio::time::timeout;

use super::background::{BackgroundTasks, DetachOnDrop, TaskGuard};
use super::loopback::{DirectStandIns, RouterTransport, internal_services, session_settings};
use super::options::Upstream;
use super::search_queue::{Drainer, SearchQueue};
use crate::assist::{
    Admission, Delivered, NoResponse, Phase, Pipeline, Prompt, PromptService, Record, RemoteService, Reply, Search,
    TranscriptState,
};
use crate::remote::client::{HttpTransport, Session};
use crate::server::app::App;

/// Time for cancelled deliveries and searches to be recorded.
const RECORD_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum number of characters of the interaction's id in a prompt's id.
const MAX_INTERACTION_CHARS: usize = 100;

/// Sends prompts and searches for their transcripts.
#[derive(Debug)]
pub(in crate::server) struct AssistService {
    pub app: Arc<App>,
    pipeline: Pipeline,
    backend: Backend,
    tasks: Arc<BackgroundTasks>,
    searches: Arc<SearchQueue<(Search, TaskGuard)>>,
    /// The number in the prompt id that was issued last.
    last_id: AtomicU64,
    /// Searches that the shutdown cut off.
    pending: AtomicUsize,
}

/// The prompt service and the transcript service behind the pipeline.
#[derive(Debug)]
enum Backend {
    /// The stand-ins, called as functions, with the clock of a session.
    Direct(DirectStandIns, Box<RemoteService<RouterTransport>>),
    /// The stand-ins, over the server's routes.
    StandIns(Box<RemoteService<RouterTransport>>),
    Target(Box<RemoteService<HttpTransport>>),
}

/// What a server left unfinished.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShutdownReport {
    /// Prompts that were shown and whose transcript searches were cut off; their records say
    /// `pending`.
    pub pending: usize,
    /// Prompts whose deliveries were cut off; their records say `failed`.
    pub cut: usize,
    /// Why lines are missing in the prompt log.
    pub log: Option<String>,
}

impl AssistService {
    /// Creates the service. `api` has the routes of the stand-ins, for a server that is its own
    /// upstream.
    pub(in crate::server) fn new(app: &Arc<App>, pipeline: Pipeline, upstream: Upstream, api: &Router) -> Arc<Self> {
        let backend = match upstream {
            Upstream::Target(target) => Backend::Target(target),
            Upstream::StandIns => {
                let settings = session_settings(&app.options.credentials);
                let session = Session::seeded(settings, RouterTransport(api.clone()), app.options.seed);
                let services = Box::new(internal_services(session));
                match DirectStandIns::new(app) {
                    Some(direct) => Backend::Direct(direct, services),
                    None => Backend::StandIns(services),
                }
            }
        };
        Arc::new(Self {
            app: app.clone(),
            pipeline,
            backend,
            tasks: Arc::default(),
            searches: Arc::default(),
            last_id: AtomicU64::new(0),
            pending: AtomicUsize::new(0),
        })
    }

    /// The number of prompts whose transcripts are pending.
    pub(super) fn awaited_transcripts(&self) -> usize {
        self.pipeline.pending_searches()
    }

    /// Sends a prompt. A refused prompt is over at once. The delivery of any other continues if the
    /// caller drops the future, and the search for its transcript follows in the background.
    pub(super) fn send(self: &Arc<Self>, prompt: Prompt) -> impl Future<Output = Arc<Record>> + Send + use<> {
        let admitted = match self.pipeline.admit(prompt, self.backend.now()) {
            Admission::Admitted(admitted) => admitted,
            Admission::Refused(mut record) => {
                record.explain();
                return DetachOnDrop::ready(self.finish(record, Duration::ZERO));
            }
        };
        let service = self.clone();
        let task = self.tasks.begin();
        DetachOnDrop::new(async move {
            let Delivered { record, search, took } = service.pipeline.send(&service.backend, admitted, None).await;
            let record = service.finish(record, took);
            // The search inherits the guard: a shutdown must not find the service idle in between.
            if let Some(drainer) = search.and_then(|search| service.searches.push((search, task))) {
                service.begin_searches(drainer, true);
            }
            record
        })
    }

    fn finish(&self, record: impl Into<Arc<Record>>, took: Duration) -> Arc<Record> {
        let record = self.app.ledger.finish(record);
        self.app.metrics.count_delivery(&record, took);
        record
    }

    /// Begins the searches of the queue in a task. The first search that has to wait keeps the
    /// task, and another task begins the rest.
    fn begin_searches(self: Arc<Self>, drainer: Drainer<(Search, TaskGuard)>, yield_first: bool) {
        tokio::spawn(async move {
            if yield_first {
                // Deliveries that are ready run first, and their searches then begin together.
                tokio::task::yield_now().await;
            }
            while let Some((search, task)) = drainer.next() {
                let mut search = pin!(self.search(search, task));
                if poll_fn(|context| Poll::Ready(search.as_mut().poll(context))).await.is_pending() {
                    self.clone().begin_searches(drainer, false);
                    return search.await;
                }
            }
        });
    }

    async fn search(&self, search: Search, _task: TaskGuard) {
        let shown = search.prompt_id.clone();
        let transcript = self.pipeline.correlate(&self.backend, search).await;
        if transcript.state == TranscriptState::Pending {
            self.pending.fetch_add(1, Ordering::Relaxed);
        }
        self.app.metrics.count_search(&transcript);
        self.app.ledger.join(&shown, transcript);
    }

    /// A new prompt id, composed as in the tutorial of the interaction's id and the time in ns. It
    /// is unique in this process.
    pub(super) fn prompt_id(&self, interaction_id: &str) -> Arc<str> {
        // A clock before 1970 or after 2554 counts as 1970: the ids are consecutive numbers then.
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let now = now.and_then(|now| u64::try_from(now.as_nanos()).ok()).unwrap_or(0);
        let next = |last: u64| now.max(last.saturating_add(1));
        let update = self.last_id.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(next(last)));
        let number = update.map_or_else(next, next);
        let end = interaction_id.char_indices().nth(MAX_INTERACTION_CHARS).map_or(interaction_id.len(), |(end, _)| end);
        format!("prompt_{}_{number}", &interaction_id[..end]).into()
    }

    /// Waits for deliveries and searches, at most `grace`, and cancels the rest. All of them are
    /// recorded afterwards.
    pub(in crate::server) async fn stop(&self, grace: Duration) -> ShutdownReport {
        if timeout(grace, self.tasks.idle()).await.is_err() {
            self.pipeline.advance_to(Phase::Closed);
            if timeout(RECORD_TIMEOUT, self.tasks.idle()).await.is_err() {
                tracing::error!(target: "callpath::server", "some prompts were not recorded in time");
            }
        }
        let log = self.app.ledger.flush().err().map(|error| error.to_string());
        ShutdownReport { pending: self.pending.load(Ordering::Relaxed), cut: self.pipeline.cancelled(), log }
    }
}

impl PromptService for Backend {
    fn now(&self) -> Duration {
        match self {
            Self::Direct(_, services) | Self::StandIns(services) => services.now(),
            Self::Target(target) => target.now(),
        }
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    // Boxed: the state of a whole request would make the future of every prompt many times larger.
    async fn send(&self, prompt: &Prompt, within: Duration) -> Result<Reply<()>, NoResponse> {
        match self {
            Self::Direct(stand_ins, _) => Ok(stand_ins.submit(prompt)),
            Self::StandIns(services) => Box::pin(services.send(prompt, within)).await,
            Self::Target(target) => Box::pin(target.send(prompt, within)).await,
        }
    }

    async fn transcript(&self, interaction_id: &str, within: Duration) -> Result<Reply<String>, NoResponse> {
        match self {
            Self::Direct(stand_ins, _) => Ok(stand_ins.transcript(interaction_id)),
            Self::StandIns(services) => Box::pin(services.transcript(interaction_id, within)).await,
            Self::Target(target) => Box::pin(target.transcript(interaction_id, within)).await,
        }
    }
}
