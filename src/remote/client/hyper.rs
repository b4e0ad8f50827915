//! Requests over real connections: a pool of kept-alive ones, HTTP/2 where a TLS server offers it.

use std::error::Error;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tower_service::Service;
use url::Url;

use super::settings::RemoteSettings;
use super::tls::{self, TlsError};
use super::transport::{Answer, Call, Method, Transport, TransportError};
use crate::remote::contract::PREFER;

/// How long a connection may take to be made.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an unused connection is kept. Shorter than what servers and load balancers usually allow (60 s and more), so
/// that a connection seldom closes just as it is used.
const IDLE: Duration = Duration::from_secs(30);

static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
static PREFERENCES: HeaderName = HeaderName::from_static(PREFER);

/// The transport of a remote target. It is made once: it holds the connections.
#[derive(Clone, Debug)]
pub struct HyperTransport {
    client: Client<HttpsConnector<Connector>, Full<Bytes>>,
    timeout: Duration,
    longest: usize,
}

impl HyperTransport {
    /// The transport for a target's settings. It must be made and used inside a tokio runtime.
    pub fn new(settings: &RemoteSettings) -> Result<Self, TlsError> {
        let token = settings.credentials.as_ref().map(|credentials| &credentials.token_url);
        let urls = [Some(&settings.base), token].into_iter().flatten();
        Self::to(urls, settings.ca_file.as_deref(), settings.request_timeout, settings.max_answer_bytes)
    }

    /// A transport to these addresses: `ca_file` is trusted besides the system's authorities, one try lasts `timeout` at most,
    /// and `longest` bytes of an answer are read.
    pub fn to<'a>(
        urls: impl IntoIterator<Item = &'a Url>,
        ca_file: Option<&Path>,
        timeout: Duration,
        longest: usize,
    ) -> Result<Self, TlsError> {
        let secure = urls.into_iter().any(|url| url.scheme() == "https");
        let tls = tls::client_config(secure, ca_file)?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(Connector::new(Matcher::from_env()));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self { client, timeout, longest })
    }

    /// Sends a request as it is and reads its answer, without a time limit.
    pub async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, TransportError> {
        let response = self.client.request(request).await.map_err(|error| {
            if let Some(refusal) = tls::refused_certificate(&error) {
                return TransportError::Untrusted(refusal);
            }
            let text = causes(&error);
            if error.is_connect() { TransportError::Connect(text) } else { TransportError::Lost(text) }
        })?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, self.longest).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                TransportError::TooLong(self.longest)
            } else {
                TransportError::Lost(causes(&*error))
            }
        })?;
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
    }
}

impl Transport for HyperTransport {
    async fn send(&self, call: &Call) -> Result<Answer, TransportError> {
        let request = request(call)?;
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(result) => result,
            Err(_) => Err(TransportError::Slow(self.timeout)),
        }
    }
}

fn request(call: &Call) -> Result<Request<Full<Bytes>>, TransportError> {
    let method = match call.method {
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
    };
    let mut request = Request::new(Full::default());
    *request.method_mut() = method;
    *request.uri_mut() =
        Uri::try_from(call.url.as_str()).map_err(|error| TransportError::Invalid(error.to_string()))?;
    // Room for these and for `Host`, which the connection adds.
    *request.headers_mut() = HeaderMap::with_capacity(8);
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("callpath/", env!("CARGO_PKG_VERSION"))));
    if let Some(value) = &call.authorization {
        headers.insert(AUTHORIZATION, value.clone());
    }
    if let Some(value) = &call.idempotency_key {
        headers.insert(&IDEMPOTENCY_KEY, value.clone());
    }
    let prefer = call.prefer.to_string();
    // Digits and words of ours are good for every header.
    if !prefer.is_empty()
        && let Ok(value) = HeaderValue::try_from(prefer)
    {
        headers.insert(&PREFERENCES, value);
    }
    if let Some(body) = &call.body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
        *request.body_mut() = Full::new(body.bytes.clone());
    }
    Ok(request)
}

/// An error with its causes, each said once.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

/// Makes connections: straight, or through the proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` name. What
/// lies on this machine is never asked of a proxy.
#[derive(Clone, Debug)]
struct Connector {
    direct: HttpConnector,
    proxies: Arc<Matcher>,
}

impl Connector {
    fn new(proxies: Matcher) -> Self {
        let mut direct = HttpConnector::new();
        direct.set_nodelay(true);
        direct.enforce_http(false);
        direct.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Self { direct, proxies: Arc::new(proxies) }
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.direct.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let proxy = if is_loopback(&target) { None } else { self.proxies.intercept(&target) };
        let Some(proxy) = proxy else {
            let connecting = self.direct.call(target);
            return Box::pin(async move { connecting.await.map_err(Into::into) });
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.direct.clone());
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let connecting = tunnel.call(target);
        Box::pin(
            async move { connecting.await.map_err(|error| format!("the proxy of the environment: {error}").into()) },
        )
    }
}

fn is_loopback(uri: &Uri) -> bool {
    let Some(host) = uri.host() else { return false };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
