//! The rooms of `src` and the one direction of the arrows between them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From the top down, as `src/lib.rs` states them: each room uses only rooms that stand below it.
const ROOMS: [&str; 14] = [
    "cli",
    "report",
    "server",
    "export",
    "runner",
    "record",
    "score",
    "suite",
    "assist",
    "remote",
    "simulator",
    "flow",
    "source",
    "main",
];

#[test]
fn arrows_between_rooms_point_down() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = BTreeSet::new();
    for file in files(&source) {
        let path = file.strip_prefix(&source).expect("below src").to_string_lossy().into_owned();
        // Tests may build what they need from anywhere.
        if path == "lib.rs" || path.contains("tests") || path.contains("testing") {
            continue;
        }
        let room = path.split(['/', '.']).next().expect("a name").to_owned();
        let rank = |room: &str| ROOMS.iter().position(|name| *name == room);
        let own = rank(&room).unwrap_or_else(|| panic!("src/{path} lies in no known room"));
        let text = fs::read_to_string(&file).expect("a source file");
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for rest in code.split("crate::").skip(1) {
            let used: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if rank(&used).is_some_and(|used| used < own) {
                wrong.insert(format!("{path} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these point up: {wrong:#?}");
}

/// The picture in the crate's documentation names the same rooms in the same order.
#[test]
fn the_picture_is_true() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("src/lib.rs");
    let picture = text.split("```").nth(1).expect("a picture");
    let named: Vec<&str> = picture
        .lines()
        .skip(1)
        .filter_map(|line| line.strip_prefix("//! ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(named, ROOMS[..ROOMS.len() - 1]);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}
