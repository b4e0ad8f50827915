//! The trace's id is the run's.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use opentelemetry::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};

/// Gives every span of a run the run's id as its trace; span ids are drawn.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunIds {
    run: Arc<OnceLock<TraceId>>,
    random: RandomIdGenerator,
    /// The id of the next span, where its children were made before it.
    reserved: Arc<Mutex<Option<SpanId>>>,
}

impl RunIds {
    /// Takes the run's id, a UUID; what is none leaves the trace with an id that is drawn.
    pub(crate) fn set(&self, run_id: &str) {
        if let Ok(id) = TraceId::from_hex(&run_id.replace('-', "")) {
            // A second run has its own generator.
            let _ = self.run.set(id);
        }
    }

    /// Gives the next span this id instead of a drawn one.
    pub(crate) fn set_next_span_id(&self, id: SpanId) {
        *self.reserved.lock().unwrap_or_else(PoisonError::into_inner) = Some(id);
    }
}

impl IdGenerator for RunIds {
    fn new_trace_id(&self) -> TraceId {
        self.run.get().copied().unwrap_or_else(|| self.random.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        let reserved = self.reserved.lock().unwrap_or_else(PoisonError::into_inner).take();
        reserved.unwrap_or_else(|| self.random.new_span_id())
    }
}
