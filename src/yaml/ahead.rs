//! A large text is parsed on a thread of its own, ahead of those who make a tree of it.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, scope};

use serde_yaml::granit_parser::{Event, ScanError, Span};

/// Texts from this length on, in bytes, are worth a thread.
pub(super) const AHEAD: usize = 1 << 18;
/// So much is handed over at once, because handing over takes its time.
const BATCH: usize = 512;
/// So many batches may wait: a file's limits are checked by those who make the tree.
const WAITING: usize = 4;

/// What the parser says next.
pub(super) type Parsed<'t> = Result<(Event<'t>, Span), ScanError>;

/// Gives everything that a parser says to `take`, in order, until `take` has enough.
pub(super) fn ahead<'t, P, F, E>(parser: impl Fn() -> P + Send + Sync, mut take: F) -> Result<(), E>
where
    P: Iterator<Item = Parsed<'t>>,
    F: FnMut(Parsed<'t>) -> Result<(), E>,
{
    let (sender, receiver) = sync_channel(WAITING);
    let (parser, take) = (&parser, &mut take);
    scope(move |scope| match Builder::new().spawn_scoped(scope, move || parse(parser(), &sender)) {
        Ok(_) => receiver.into_iter().flatten().try_for_each(take),
        // Without a thread it is done here.
        Err(_) => parser().try_for_each(take),
    })
}

/// Ends early where nobody wants to know more.
fn parse<'t>(mut parser: impl Iterator<Item = Parsed<'t>>, sender: &SyncSender<Vec<Parsed<'t>>>) {
    loop {
        let batch: Vec<Parsed<'t>> = parser.by_ref().take(BATCH).collect();
        if batch.is_empty() || sender.send(batch).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_yaml::granit_parser::Parser;

    fn shown(result: &Parsed<'_>) -> String {
        format!("{result:?}")
    }

    fn said(text: &str, most: usize) -> (Vec<String>, Result<(), ()>) {
        let mut said = Vec::new();
        let ended = ahead(
            || Parser::new_from_str(text),
            |result| {
                said.push(shown(&result));
                if result.is_err() || said.len() == most { Err(()) } else { Ok(()) }
            },
        );
        (said, ended)
    }

    #[test]
    fn everything_comes_in_order_and_once() {
        let text = "- { name: one, keys: [\"1\", 2, null] }\n".repeat(3 * BATCH);
        let alone: Vec<String> = Parser::new_from_str(&text).map(|result| shown(&result)).collect();
        assert!(alone.len() > WAITING * BATCH);
        assert_eq!(said(&text, usize::MAX), (alone.clone(), Ok(())));
        for most in [1, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH] {
            assert_eq!(said(&text, most), (alone[..most].to_vec(), Err(())), "{most}");
        }
    }

    #[test]
    fn a_mistake_comes_where_it_is() {
        let text = format!("{}- [a, }}\n", "- x\n".repeat(2 * BATCH));
        let (said, ended) = said(&text, usize::MAX);
        assert!(ended.is_err() && said.len() > 2 * BATCH && said.last().is_some_and(|last| last.starts_with("Err")));
    }
}
