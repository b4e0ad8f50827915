//! The prompt of the Agent Assist API.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A prompt for one agent in one interaction. Its texts are shared: many records refer to the same
/// ids, and all prompts of a burst have the same content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prompt {
    /// The interaction that it belongs to.
    pub interaction_id: Arc<str>,
    /// Its id: two prompts with the same id are one prompt.
    pub prompt_id: Arc<str>,
    /// What the agent reads.
    pub content: Arc<str>,
    /// How urgent it is.
    pub priority: Priority,
    /// How it is displayed.
    pub ui_config: UiConfig,
    /// What is known about the interaction.
    pub context: Context,
    /// The agent who gets it.
    pub target_agent_id: Arc<str>,
}

/// How a prompt is displayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UiConfig {
    /// The kind of component.
    pub component_type: ComponentType,
    /// The position.
    pub position: Position,
    /// How long it is displayed, in ms.
    pub timeout_ms: u64,
}

/// What is known about an interaction when a prompt is made for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Context {
    /// From -1 (angry) to 1 (happy).
    pub sentiment_score: f64,
    /// The keywords of the conversation.
    pub keywords: Arc<[String]>,
}

impl Default for UiConfig {
    /// A card at the bottom for 15 s, as in the tutorial.
    fn default() -> Self {
        Self { component_type: ComponentType::Card, position: Position::Bottom, timeout_ms: 15_000 }
    }
}

/// Declares an enum with its words on the wire.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All variants.
            pub const ALL: [Self; [$($word),+].len()] = [$(Self::$variant),+];
            /// Their words, in the same order.
            pub const WORDS: [&'static str; [$($word),+].len()] = [$($word),+];

            /// Its word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Parses a word, case-sensitively.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.word() == word)
            }
        }
    };
}
pub(super) use words;

words! {
    /// How urgent a prompt is.
    Priority {
        /// The agent should read it now.
        High = "HIGH",
        /// The usual.
        Medium = "MEDIUM",
        /// When there is time.
        Low = "LOW",
    }
}

words! {
    /// The kind of component that displays a prompt.
    ComponentType {
        /// A card of its own.
        Card = "CARD",
        /// A line in the conversation.
        Inline = "INLINE",
        /// An entry beside the conversation.
        Sidebar = "SIDEBAR",
    }
}

words! {
    /// Where a prompt is displayed.
    Position {
        /// Above the conversation.
        Top = "TOP",
        /// Below it.
        Bottom = "BOTTOM",
        /// In it.
        Inline = "INLINE",
    }
}
