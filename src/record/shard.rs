//! A part of a run that is carried out by itself.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every `of`-th scenario of a plan, from the `index`-th on.
///
/// By place and not by a hash of the id: shards then differ by one scenario at most, and neighbours, which often cost the
/// same, are spread over all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Shard {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// The most shards of a run.
    pub const MOST: u32 = 10_000;

    /// Reads `2/4`; the error says what to write instead.
    pub fn parse(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').and_then(|(index, of)| Some((index.parse().ok()?, of.parse().ok()?)));
        match numbers {
            Some((index, of)) if 1 <= index && index <= of && of <= Self::MOST => Ok(Self { index, of }),
            Some((0, of)) if of > 0 => Err(format!("shards are counted from 1; the first one is '1/{of}'")),
            Some((index, of)) if index > of => Err(format!("there is no shard {index} of {of}")),
            _ => Err(format!("write which one of how many, for example '1/4'; at most {} shards", Self::MOST)),
        }
    }

    /// Whether the scenario at this place of the plan, from 0, is in the shard.
    pub fn has(self, place: usize) -> bool {
        place % self.of.max(1) as usize == self.index.saturating_sub(1) as usize
    }

    /// The place in the plan of the shard's scenario with this number, from 0.
    pub fn place(self, number: u64) -> u64 {
        number.saturating_mul(self.of.into()).saturating_add(self.index.saturating_sub(1).into())
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_as_a_fraction() {
        assert_eq!(Shard::parse("2/4").unwrap().to_string(), "2/4");
        let said =
            ["0/4", "5/4", "1/0", "4", "a/b", "1/10001", "-1/2", "1/2/3"].map(|text| Shard::parse(text).unwrap_err());
        insta::assert_snapshot!(said.join("\n"), @r"
        shards are counted from 1; the first one is '1/4'
        there is no shard 5 of 4
        there is no shard 1 of 0
        write which one of how many, for example '1/4'; at most 10000 shards
        write which one of how many, for example '1/4'; at most 10000 shards
        write which one of how many, for example '1/4'; at most 10000 shards
        write which one of how many, for example '1/4'; at most 10000 shards
        write which one of how many, for example '1/4'; at most 10000 shards
        ");
    }

    #[test]
    fn every_place_is_in_one_shard() {
        for of in 1..6 {
            let mut numbers = vec![0; of as usize + 1];
            for place in 0..20 {
                let shards: Vec<Shard> = (1..=of).map(|index| Shard { index, of }).filter(|s| s.has(place)).collect();
                assert_eq!(shards.len(), 1);
                let number = &mut numbers[shards[0].index as usize];
                assert_eq!(shards[0].place(*number), place as u64);
                *number += 1;
            }
        }
    }
}
