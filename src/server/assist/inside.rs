//! Requests of a server to itself: the same routes, tokens and faults, without a socket.

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

use super::stand_in::{Progress, Taken};
use crate::assist::{Live, Prompt, REFRESH_EARLY, Reply, SCOPES};
use crate::remote::client::{
    Credentials, Method, PollRules, RemoteSettings, Request, Response, RetryPolicy, Session, TokenStyle, Transport,
    TransportError,
};
use crate::server::Endpoint;
use crate::server::app::App;
use crate::server::endpoint::TOKEN_PATHS;
use crate::server::{Client, Credentials as Known};

/// Carries requests to a router.
#[derive(Clone, Debug)]
pub(super) struct Inside(pub Router);

/// Marks a request that came this way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FromInside;

impl Transport for Inside {
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
        http.extensions_mut().insert(FromInside);
        let response = match self.0.clone().call(http).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (head, body) = response.into_parts();
        // A fault may end the body early.
        let body = body.collect().await.map_err(|error| TransportError::Lost(error.to_string()))?.to_bytes();
        Ok(Response { status: head.status.as_u16(), headers: head.headers, body })
    }
}

/// The stand-ins of a server, asked by their own functions: what their routes would say where no fault can strike them and
/// the server's own token has the scopes. It costs a fraction of a request.
#[derive(Clone, Debug)]
pub(super) struct Direct(Arc<App>);

impl Direct {
    /// The way past the routes, if it makes no difference.
    pub(super) fn new(app: &Arc<App>) -> Option<Self> {
        let may = match &app.options.credentials {
            Known::Any => true,
            Known::Clients(clients) => clients.iter().any(|client| has_scopes(&client)),
        };
        let struck = [Endpoint::Token, Endpoint::Prompts, Endpoint::Transcripts]
            .into_iter()
            .any(|endpoint| app.faults.may_strike(endpoint));
        (may && !struck).then(|| Self(app.clone()))
    }

    /// What the prompt service says to a prompt that was checked.
    pub(super) fn take(&self, prompt: &Prompt) -> Reply<()> {
        match self.0.stand_in.take(prompt) {
            Taken::New => Reply::Direct { status: 201, value: () },
            Taken::Known => Reply::Direct { status: 200, value: () },
            Taken::Conflict => refused(409),
        }
    }

    /// What the transcript service says.
    pub(super) fn transcript(&self, id: &str) -> Reply<String> {
        match self.0.stand_in.transcript(id) {
            Progress::Unknown => refused(404),
            Progress::Processing => refused(202),
            Progress::Completed => Reply::Direct { status: 200, value: ["tr_", id].concat() },
        }
    }
}

/// An answer whose status says everything.
fn refused<T>(status: u16) -> Reply<T> {
    Reply::Wire(Response { status, headers: HeaderMap::new(), body: Bytes::new() })
}

fn has_scopes(client: &&Client) -> bool {
    SCOPES.iter().all(|name| client.scopes.iter().any(|scope| scope.name() == *name))
}

/// The address that requests inside are written for; nobody looks it up.
const BASE: &str = "http://callpath.invalid/";

/// The settings of a session with the server itself. The credentials are those of a client that may send prompts, if the
/// server knows its clients; they never leave the process.
pub(super) fn settings(known: &Known) -> RemoteSettings {
    let client = match known {
        Known::Any => None,
        Known::Clients(clients) => clients.iter().find(has_scopes).or(clients.first()),
    };
    // Without a client nobody gets a token, and prompts fail with that reason.
    let (client_id, secret) = client.map_or(("callpath", "callpath"), |client| (&client.id, &client.secret));
    let credentials = Credentials {
        token_url: url(TOKEN_PATHS[0]),
        style: TokenStyle::Form,
        client_id: client_id.to_owned(),
        client_secret: SecretString::from(secret),
        scopes: SCOPES.map(str::to_owned).to_vec(),
    };
    let (short, long) = (Duration::from_millis(25), Duration::from_secs(10));
    RemoteSettings {
        name: "own".to_owned(),
        base: url("/"),
        credentials: Some(credentials),
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
pub(super) fn live(session: Session<Inside>) -> Live<Inside> {
    Live::new(session).expect("the base is a constant that has room for paths")
}

fn url(path: &str) -> Url {
    let base: Url = BASE.parse().expect("a constant that is a URL");
    base.join(path).expect("a constant that is a path")
}
