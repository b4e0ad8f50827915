//! Who answers a request.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response};
use axum::response::IntoResponse;
use tower_service::Service;

use super::app::App;
use super::endpoint::{Endpoint, SIMULATOR};
use super::front::pass;
use super::{id, simulations};

/// The routes, with a short way to the two endpoints of simulations. They are asked far more often than all others, and
/// finding its way through the router and its layers costs a request half as much as the simulation.
#[derive(Clone, Debug)]
pub(super) struct Face {
    app: Arc<App>,
    router: Router,
}

impl Face {
    /// Of a router that answers everything, simulations too.
    pub fn new(app: Arc<App>, router: Router) -> Self {
        Self { app, router }
    }

    /// The answer that the router would give.
    pub async fn answer(&self, request: Request) -> Response<Body> {
        let app = &*self.app;
        let endpoint = Endpoint::of(request.method(), request.uri().path());
        match endpoint {
            Endpoint::Submit => {
                let submit = async |request| simulations::submit(app, request).await.into_response();
                pass(app, endpoint, request, submit).await
            }
            Endpoint::Status if request.method() == Method::GET && simulation(&request).is_some() => {
                let status = async |request: Request| {
                    let id = simulation(&request).unwrap_or_default();
                    simulations::status(app, id, request.headers()).await.into_response()
                };
                pass(app, endpoint, request, status).await
            }
            _ => match self.router.clone().call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        }
    }
}

/// The id of the simulation that a request is about, where its path is written as the server writes it.
fn simulation(request: &Request) -> Option<&str> {
    let rest = request.uri().path().strip_prefix(SIMULATOR)?.strip_prefix('/')?;
    id::read(rest).map(|_| rest)
}

impl Service<Request> for Face {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let face = self.clone();
        Box::pin(async move { Ok(face.answer(request).await) })
    }
}
