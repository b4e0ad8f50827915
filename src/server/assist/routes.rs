//! Routes of agent assist.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::paths::{ACCEPTANCE, INTERACTIONS, METRICS, PROMPTS, SIMULATE};
use super::service::AssistService;
use super::{prompts, simulate};
use crate::server::app::App;
use crate::server::middleware;
use crate::server::response::method_not_allowed;

/// Adds the routes of the stand-ins and of the prompt records.
pub(in crate::server) fn stand_in_routes(router: Router<Arc<App>>) -> Router<Arc<App>> {
    router
        .route(PROMPTS, post(prompts::submit))
        .route(&format!("{PROMPTS}/{{id}}"), get(prompts::record))
        .route(&format!("{PROMPTS}/{{id}}/acknowledgement"), post(prompts::acknowledge))
        .route(&format!("{INTERACTIONS}/{{id}}/transcripts"), get(prompts::transcript))
        .route(ACCEPTANCE, get(prompts::acceptance))
}

/// The routes that need the pipeline of prompts.
pub(in crate::server) fn service_routes(service: &Arc<AssistService>) -> Router {
    Router::new()
        .route(SIMULATE, post(simulate::simulate))
        .route(METRICS, get(simulate::metrics))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(service.app.clone(), middleware::handle))
        .with_state(service.clone())
}
