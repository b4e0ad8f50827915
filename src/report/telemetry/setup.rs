//! What the environment asks for.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::{EnvResourceDetector, ResourceDetector};
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use tokio::runtime::{Handle, Runtime};
use url::Url;

use super::client::{TraceClient, Trouble};
use super::ids::RunIds;
use super::report::TraceReport;
use crate::remote::client::{Environment, HttpTransport};

/// So much of an answer is read.
const LONGEST: usize = 1 << 20;
/// Spans that wait to be sent, where `OTEL_BSP_MAX_QUEUE_SIZE` does not say it.
const QUEUE: usize = 8_192;
/// One request, where `OTEL_EXPORTER_OTLP_TIMEOUT` does not say it.
const TIMEOUT_MS: u64 = 10_000;

/// Why traces cannot be sent: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("traces cannot be sent: {0}")]
pub(crate) struct TelemetryError(String);

/// The traces of a run that is under way.
#[derive(Debug)]
pub(crate) struct Traces {
    trouble: Trouble,
    /// Lives as long as requests are sent.
    _runtime: Arc<Background>,
}

/// A runtime that is not waited for at its end: the system may look up a host's name for minutes.
#[derive(Debug)]
pub(crate) struct Background(Option<Runtime>);

impl Background {
    fn start() -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self(Some(runtime)))
    }

    /// To begin tasks there; none at its end.
    pub(crate) fn handle(&self) -> Option<&Handle> {
        self.0.as_ref().map(Runtime::handle)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Traces {
    /// Why spans did not arrive, after the run.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The reporter that sends traces where the environment names a collector: by `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or
/// `OTEL_EXPORTER_OTLP_ENDPOINT`, unless `OTEL_SDK_DISABLED` is `true` or `OTEL_TRACES_EXPORTER` is `none`.
///
/// # Errors
/// When the variables cannot be understood, or TLS cannot be set up.
pub(crate) fn start(environment: &Environment<'_>) -> Result<Option<(TraceReport, Traces)>, TelemetryError> {
    let is = |name: &str, value: &str| environment.get(name).is_some_and(|text| text.eq_ignore_ascii_case(value));
    let named = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];
    let endpoint = named.iter().find_map(|name| Some((name, environment.get(name)?)));
    let Some((variable, endpoint)) = endpoint else { return Ok(None) };
    if is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none") {
        return Ok(None);
    }
    let url: Url = endpoint.parse().map_err(|error| TelemetryError(format!("{variable} is not a URL ({error})")))?;
    let protocols = ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"];
    if let Some(protocol) =
        protocols.iter().find_map(|name| environment.get(name)).filter(|name| name != "http/protobuf")
    {
        return Err(TelemetryError(format!("the protocol '{protocol}' is not offered, only 'http/protobuf'")));
    }
    let timeouts = ["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"];
    let timeout = timeouts.iter().find_map(|name| environment.get(name)).and_then(|text| text.parse().ok());
    let timeout = Duration::from_millis(timeout.unwrap_or(TIMEOUT_MS));
    let authorities = ["OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE"];
    let authorities = authorities.iter().find_map(|name| environment.get(name)).map(PathBuf::from);
    let runtime = Arc::new(Background::start().map_err(|error| TelemetryError(error.to_string()))?);
    let transport = {
        let _inside = runtime.handle().map(Handle::enter);
        HttpTransport::to([&url], authorities.as_deref(), timeout, LONGEST)
    };
    let transport = transport.map_err(|error| TelemetryError(error.to_string()))?;
    let place = url.host_str().unwrap_or_default();
    let place = url.port().map_or_else(|| place.to_owned(), |port| format!("{place}:{port}"));
    let trouble = Trouble::default();
    let client = TraceClient::new(transport, runtime.clone(), timeout, place, trouble.clone());
    // Address, headers and compression are read by the exporter itself.
    let exporter = SpanExporter::builder().with_http().with_http_client(client).build();
    let exporter = exporter.map_err(|error| TelemetryError(error.to_string()))?;
    let ids = RunIds::default();
    let (provider, queue) = provider(exporter, ids.clone(), environment);
    let tracer = provider.tracer("callpath");
    Ok(Some((TraceReport::new(provider, tracer, ids, queue, trouble.clone()), Traces { trouble, _runtime: runtime })))
}

fn provider(exporter: SpanExporter, ids: RunIds, environment: &Environment<'_>) -> (SdkTracerProvider, usize) {
    let said = environment.get("OTEL_BSP_MAX_QUEUE_SIZE").and_then(|text| text.parse().ok());
    let queue = said.unwrap_or(QUEUE).max(1);
    let batches = BatchConfigBuilder::default().with_max_queue_size(queue).build();
    let processor = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
    let own = [KeyValue::new("service.name", "callpath"), KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))];
    let said: [Box<dyn ResourceDetector>; 1] = [Box::new(EnvResourceDetector::new())];
    // What comes later wins.
    let resource = Resource::builder_empty().with_attributes(own).with_detectors(&said);
    let name = environment.get("OTEL_SERVICE_NAME").map(|name| KeyValue::new("service.name", name));
    let resource = resource.with_attributes(name).build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_id_generator(ids)
        .with_resource(resource)
        .build();
    (provider, queue)
}
