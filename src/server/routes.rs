//! Routes requests to their handlers.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::app::App;
use super::assist::{self, AssistService, StandIn};
use super::endpoint::{DEFINITIONS, SIMULATOR, TOKEN_PATHS};
use super::middleware;
use super::options::ServerOptions;
use super::response::{json, json_bytes, method_not_allowed, no_route};
use super::{definitions, simulations, token};
use crate::assist::{Ledger, Pipeline};
use crate::remote::contract::Health;

/// The server's routes without a socket, for tests.
#[cfg(test)]
pub(crate) fn router(options: ServerOptions) -> Router {
    build(options).0
}

/// Builds the routes, and the service that sends prompts behind some of them.
pub(super) fn build(mut options: ServerOptions) -> (Router, Arc<AssistService>) {
    let assist = std::mem::take(&mut options.assist);
    let seed = options.seed;
    let stand_in = StandIn::new(assist.transcripts, seed, assist.max_records);
    let ledger = Ledger::new(assist.max_records, assist.log);
    let app = Arc::new(App::new(options, stand_in, ledger));
    let api = api_routes(app.clone());
    let pipeline = Pipeline::new(assist.settings, assist.agents, seed);
    let service = AssistService::new(&app, pipeline, assist.upstream, &api);
    (api.merge(assist::service_routes(&service)), service)
}

fn api_routes(app: Arc<App>) -> Router {
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
    let router = assist::stand_in_routes(router).fallback(no_route).method_not_allowed_fallback(method_not_allowed);
    with_middleware(router, app)
}

/// Adds the middleware that handles every request.
pub(super) fn with_middleware(router: Router<Arc<App>>, app: Arc<App>) -> Router {
    router.layer(from_fn_with_state(app.clone(), middleware::handle)).with_state(app)
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
    json_bytes(StatusCode::OK, Bytes::clone(&app.openapi))
}
