//! The flows that a target runs, as it shows them.

use super::error::{ClientError, ErrorKind};
use super::session::Session;
use super::transport::{Request, Transport};
use super::wording;
use crate::remote::contract::FlowDefinition;
use crate::source::diagnostics::quoted;

/// The definitions' path below the base URL.
const PATH: &str = "api/v2/flow/definitions";

impl<T: Transport> Session<T> {
    /// The definition of the flow of this id, in its newest version.
    ///
    /// It says nothing about whether calls can be simulated there, so that its success does not count in
    /// [`Session::answered`].
    ///
    /// # Errors
    /// The target does not know the flow, gives no definitions, or cannot be asked.
    pub async fn definition(&self, id: &str) -> Result<FlowDefinition, ClientError> {
        let unusable = || {
            let message = format!("target '{}' cannot be asked for the flow {}", self.settings().name, quoted(id));
            ClientError::new(ErrorKind::Rejected, message)
        };
        let mut url = self.settings().base.join(PATH).map_err(|_| unusable())?;
        let before = url.path().len();
        // One segment, escaped: an id cannot lead elsewhere. `.` and `..` are not pushed at all.
        url.path_segments_mut().map_err(|()| unusable())?.push(id);
        if url.path().len() <= before + 1 {
            return Err(unusable());
        }
        let request = Request::get(url);
        let what = "the question for a flow's definition";
        Ok(self.ask(request, what, |answer| wording::json(answer, true)).await?.value)
    }
}
