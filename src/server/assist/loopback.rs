//! Requests of the server to itself: the same routes, tokens and faults, without a socket.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, Method as HttpMethod, Request as HttpRequest};
use http_body_util::BodyExt;
use secrecy::SecretString;
use tower_service::Service;
use url::Url;

use super::stand_in::{SubmitOutcome, TranscriptProgress};
use crate::assist::{Prompt, REFRESH_EARLY, RemoteService, Reply, SCOPES};
use crate::remote::client::{
    Credentials, Method, PollRules, RemoteSettings, Request, Response, RetryPolicy, Session, TokenStyle, Transport,
    TransportError,
};
use crate::server::app::App;
use crate::server::endpoint::{Endpoint, TOKEN_PATHS};
use crate::server::options::{Client, Credentials as ServerCredentials};

/// A transport that calls a router.
#[derive(Clone, Debug)]
pub(super) struct RouterTransport(pub Router);

/// Marks a request that came through [`RouterTransport`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct InternalRequest;

impl Transport for RouterTransport {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let mut http = HttpRequest::new(Body::empty());
        *http.method_mut() = match request.method {
            Method::Get => HttpMethod::GET,
            Method::Post => HttpMethod::POST,
        };
        *http.uri_mut() = request.url.path().parse().map_err(|error| TransportError::Invalid(format!("{error}")))?;
        let headers = http.headers_mut();
        if let Some(value) = &request.authorization {
            headers.insert(AUTHORIZATION, value.clone());
        }
        if let Some(body) = &request.body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(body.content_type));
            *http.body_mut() = Body::from(body.bytes.clone());
        }
        http.extensions_mut().insert(InternalRequest);
        let Ok(response) = self.0.clone().call(http).await;
        let (head, body) = response.into_parts();
        // An injected fault may end the body early.
        let body = body.collect().await.map_err(|error| TransportError::Lost(error.to_string()))?.to_bytes();
        Ok(Response { status: head.status.as_u16(), headers: head.headers, body })
    }
}

/// The server's stand-ins, called as functions. They reply as their routes would if no fault can
/// strike those and the server's own token has the scopes, at a fraction of the cost of a request.
#[derive(Clone, Debug)]
pub(super) struct DirectStandIns(Arc<App>);

impl DirectStandIns {
    /// Returns the stand-ins if direct calls and requests have the same results.
    pub(super) fn new(app: &Arc<App>) -> Option<Self> {
        let is_allowed = match &app.options.credentials {
            ServerCredentials::Any => true,
            ServerCredentials::Clients(clients) => clients.iter().any(has_prompt_scopes),
        };
        let may_fail = [Endpoint::Token, Endpoint::Prompts, Endpoint::Transcripts]
            .into_iter()
            .any(|endpoint| app.faults.may_inject(endpoint));
        (is_allowed && !may_fail).then(|| Self(app.clone()))
    }

    /// The prompt service's reply to a valid prompt.
    pub(super) fn submit(&self, prompt: &Prompt) -> Reply<()> {
        match self.0.stand_in.submit(prompt) {
            SubmitOutcome::New => Reply::Direct { status: 201, value: () },
            SubmitOutcome::Repeated => Reply::Direct { status: 200, value: () },
            SubmitOutcome::Conflict => status_only(409),
        }
    }

    /// The transcript service's reply.
    pub(super) fn transcript(&self, id: &str) -> Reply<String> {
        match self.0.stand_in.transcript(id) {
            TranscriptProgress::Unknown => status_only(404),
            TranscriptProgress::Processing => status_only(202),
            TranscriptProgress::Completed => Reply::Direct { status: 200, value: ["tr_", id].concat() },
        }
    }
}

/// A reply whose status says everything.
fn status_only<T>(status: u16) -> Reply<T> {
    Reply::Wire(Response { status, headers: HeaderMap::new(), body: Bytes::new() })
}

fn has_prompt_scopes(client: &Client) -> bool {
    SCOPES.iter().all(|name| client.scopes.iter().any(|scope| scope.name() == *name))
}

/// The base URL of internal requests; it is never resolved.
const BASE: &str = "http://callpath.invalid/";

/// The settings of a session with the server itself. It uses the credentials of a client that may
/// send prompts, or else of the first client. A server with an empty list of clients issues no
/// tokens, and the session has no credentials then.
pub(super) fn session_settings(credentials: &ServerCredentials) -> RemoteSettings {
    let client = match credentials {
        // Such a server accepts every id and secret.
        ServerCredentials::Any => Some(("callpath", "callpath")),
        ServerCredentials::Clients(clients) => {
            let client = clients.iter().find(|client| has_prompt_scopes(client)).or(clients.first());
            client.map(|client| (client.id.as_str(), client.secret.as_str()))
        }
    };
    let credentials = client.map(|(id, secret)| Credentials {
        token_url: internal_url(TOKEN_PATHS[0]),
        style: TokenStyle::Form,
        client_id: id.to_owned(),
        client_secret: SecretString::from(secret),
        scopes: SCOPES.map(str::to_owned).to_vec(),
    });
    let (short, long) = (Duration::from_millis(25), Duration::from_secs(10));
    RemoteSettings {
        name: "own".to_owned(),
        base: internal_url("/"),
        credentials,
        simulation_options: true,
        prefer: false,
        rate: None,
        in_flight: None,
        retry: RetryPolicy { attempts: 3, base: short, cap: long, deadline: long },
        request_timeout: long,
        poll: PollRules { first: short, cap: long, timeout: long },
        refresh_early: REFRESH_EARLY,
        ca_file: None,
        max_answer_bytes: 1 << 20,
    }
}

/// The services behind a session with the server itself.
#[expect(clippy::expect_used, reason = "the base URL is a constant to which a path can be added")]
pub(super) fn internal_services(session: Session<RouterTransport>) -> RemoteService<RouterTransport> {
    RemoteService::new(session).expect("a base URL with a path")
}

#[expect(clippy::expect_used, reason = "base and paths are constants")]
fn internal_url(path: &str) -> Url {
    let base: Url = BASE.parse().expect("a URL");
    base.join(path).expect("a path")
}
