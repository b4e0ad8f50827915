//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::app::App;
use super::assist::{self, Service, StandIn};
use super::endpoint::{DEFINITIONS, SIMULATOR, TOKEN_PATHS};
use super::front::front;
use super::options::ServerOptions;
use super::reply::{Refusal, json, ready};
use super::{definitions, simulations, token};
use crate::assist::{Ledger, Pipeline};
use crate::remote::contract::{Health, code};

/// The server's routes without a socket, for tests and other servers.
#[cfg(test)]
pub(crate) fn router(options: ServerOptions) -> Router {
    build(options).0
}

/// The routes, and the pipeline of prompts behind some of them.
pub(super) fn build(mut options: ServerOptions) -> (Router, Arc<Service>) {
    let assist = std::mem::take(&mut options.assist);
    let seed = options.seed;
    let stand_in = StandIn::new(assist.transcripts, seed, assist.most);
    let ledger = Ledger::new(assist.most, assist.log);
    let app = Arc::new(App::new(options, stand_in, ledger));
    let services = routes(app.clone());
    let pipeline = Pipeline::new(assist.settings, assist.agents, seed);
    let (pipeline, service) = assist::routes(&app, pipeline, assist.upstream, &services);
    (services.merge(pipeline), service)
}

fn routes(app: Arc<App>) -> Router {
    let [short, long] = TOKEN_PATHS;
    let router = Router::new()
        .route(short, post(token::token))
        .route(long, post(token::token))
        .route(SIMULATOR, post(simulations::submit))
        .route(&format!("{SIMULATOR}/{{id}}"), get(simulations::status))
        .route(DEFINITIONS, get(definitions::list))
        .route(&format!("{DEFINITIONS}/{{id}}"), get(definitions::one))
        .route("/health", get(health))
        .route("/openapi.json", get(openapi));
    let router = assist::stand_ins(router).fallback(nothing).method_not_allowed_fallback(not_allowed);
    fronted(router, app)
}

/// The routes behind what every request passes.
pub(super) fn fronted(router: Router<Arc<App>>, app: Arc<App>) -> Router {
    router.layer(from_fn_with_state(app.clone(), front)).with_state(app)
}

async fn health(State(app): State<Arc<App>>) -> Response<Body> {
    let (status, word) = match app.is_draining() {
        false => (StatusCode::OK, "ok"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
    };
    let health = Health {
        status: word.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        flows: app.options.flows.len(),
        simulations: app.store.count(),
        awaited: app.store.awaited(),
    };
    json(status, &health)
}

async fn openapi(State(app): State<Arc<App>>) -> Response<Body> {
    ready(StatusCode::OK, Bytes::clone(&app.openapi))
}

async fn nothing(request: Request) -> Refusal {
    Refusal::not_found(format!("there is nothing at '{}'", request.uri().path().escape_default()))
}

// The router adds the header `Allow`.
pub(super) async fn not_allowed(request: Request) -> Refusal {
    let message = format!("{} is not allowed here; the header 'Allow' says what is", request.method());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, code::METHOD_NOT_ALLOWED, message)
}
