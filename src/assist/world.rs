//! What the way of a prompt needs of the world around it: a clock and two services.

use std::time::Duration;

use super::prompt::Prompt;
use crate::remote::client::Response;

/// What a service says.
#[derive(Clone, Debug)]
pub(crate) enum Reply<T> {
    /// As it came over the wire.
    Wire(Response),
    /// A success of a service in this process, which has nothing to write and to read.
    Direct {
        /// The status that it would have on the wire.
        status: u16,
        /// What it would say there.
        value: T,
    },
}

/// A world that prompts are sent in: over a network in real time, or scripted in virtual time.
pub(crate) trait World: Sync {
    /// The present time, from any fixed start; it never goes back.
    fn now(&self) -> Duration;

    /// Waits.
    fn sleep(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// Sends a prompt once, with a token that is good as far as the client knows: one that is refused is replaced once below this.
    fn send(&self, prompt: &Prompt, within: Duration) -> impl Future<Output = Result<Reply<()>, NoAnswer>> + Send;

    /// Asks once for the transcript of an interaction; a direct reply is its id.
    fn transcript(
        &self,
        interaction_id: &str,
        within: Duration,
    ) -> impl Future<Output = Result<Reply<String>, NoAnswer>> + Send;
}

/// Why there is no answer, as a sentence without credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoAnswer {
    /// The sentence.
    pub message: String,
    /// Whether trying again cannot help: the credentials are refused.
    pub is_final: bool,
}
