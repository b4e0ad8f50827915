//! The services behind the pipeline: a prompt service, a transcript service and a clock.

use std::time::Duration;

use super::prompt::Prompt;
use crate::remote::client::Response;

/// A reply of a service.
#[derive(Clone, Debug)]
pub(crate) enum Reply<T> {
    /// A response over the wire.
    Wire(Response),
    /// A success of a service in this process, which needs no serialisation.
    Direct {
        /// The status that it would have on the wire.
        status: u16,
        /// The value that its body would have.
        value: T,
    },
}

/// The services that the pipeline uses, remote or simulated, with the clock of their time.
pub(crate) trait PromptService: Sync {
    /// The time since a fixed start; it never goes back.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Sends a prompt once. The implementation replaces a refused token once by itself.
    fn send(&self, prompt: &Prompt, within: Duration) -> impl Future<Output = Result<Reply<()>, NoResponse>> + Send;

    /// Requests the transcript of an interaction once; the value of a direct reply is its id.
    fn transcript(
        &self,
        interaction_id: &str,
        within: Duration,
    ) -> impl Future<Output = Result<Reply<String>, NoResponse>> + Send;
}

/// Why there is no response, as a sentence without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoResponse {
    /// The sentence.
    pub message: String,
    /// Whether a retry cannot help, because the credentials are refused.
    pub is_final: bool,
}
