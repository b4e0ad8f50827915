//! The exporter's requests over this program's own client.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Bytes;
use hyper::{Request, Response};
use opentelemetry_http::{HttpClient, HttpError};

use super::setup::Background;
use crate::remote::client::HttpTransport;

/// Why the last request failed, where it did.
pub(crate) type Trouble = Arc<Mutex<Option<String>>>;

/// Sends on a runtime of its own: the exporter waits on a thread that has none.
pub(crate) struct TraceClient {
    transport: HttpTransport,
    runtime: Arc<Background>,
    timeout: Duration,
    place: String,
    trouble: Trouble,
}

impl TraceClient {
    /// `place` is what messages call the collector.
    pub(crate) fn new(
        transport: HttpTransport,
        runtime: Arc<Background>,
        timeout: Duration,
        place: String,
        trouble: Trouble,
    ) -> Self {
        Self { transport, runtime, timeout, place, trouble }
    }
}

impl fmt::Debug for TraceClient {
    /// Without the requests' headers, which may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceClient").field("place", &self.place).finish_non_exhaustive()
    }
}

impl HttpClient for TraceClient {
    fn send_bytes<'a, 'f>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'a: 'f,
        Self: 'f,
    {
        let transport = self.transport.clone();
        let timeout = self.timeout;
        let sending = async move {
            let request = request.try_into().map_err(|error: reqwest::Error| error.without_url().to_string())?;
            match tokio::time::timeout(timeout, transport.exchange(request)).await {
                Ok(answer) => answer.map_err(|error| error.to_string()),
                Err(_) => Err(format!("no complete answer came within {timeout:?}")),
            }
        };
        let sending = self.runtime.handle().map(|runtime| runtime.spawn(sending));
        Box::pin(async move {
            let answer = match sending {
                Some(sending) => sending.await.map_err(|error| error.to_string()).and_then(|answer| answer),
                None => Err("its connections have ended".to_owned()),
            };
            let trouble = match &answer {
                Ok(answer) if answer.status >= 400 => Some(format!("{} answered {}", self.place, answer.status)),
                Ok(_) => None,
                Err(problem) => Some(format!("{} gives no answer: {problem}", self.place)),
            };
            *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
            let answer = answer?;
            let mut response = Response::new(answer.body);
            *response.status_mut() = hyper::StatusCode::from_u16(answer.status)?;
            *response.headers_mut() = answer.headers;
            Ok(response)
        })
    }
}
