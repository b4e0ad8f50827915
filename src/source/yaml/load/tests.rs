use std::path::Path;

use super::*;
use crate::source::diagnostics::{Style, render_all};

/// What is said about a file with these bytes; nothing if it is read.
fn refusal(bytes: &[u8], limits: &Limits) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.yaml");
    std::fs::write(&path, bytes).unwrap();
    said(&path, limits)
}

fn said(path: &Path, limits: &Limits) -> String {
    let mut diagnostics = Diagnostics::new();
    let source = load(path, "suites/a.yaml", limits, &mut diagnostics);
    assert_eq!(source.is_none(), diagnostics.has_errors());
    render_all(&diagnostics, Style::default())
}

#[test]
fn a_byte_order_mark_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.yaml");
    std::fs::write(&path, "\u{feff}a: \u{fc}\r\n").unwrap();
    let mut diagnostics = Diagnostics::new();
    let source = load(&path, "a.yaml", &Limits::default(), &mut diagnostics).unwrap();
    assert_eq!((source.text(), source.path()), ("a: \u{fc}\r\n", "a.yaml"));
}

#[test]
fn what_is_no_text_is_refused() {
    let limits = Limits::default();
    insta::assert_snapshot!(refusal(b"\x7fELF\x02\x01\0\0", &limits), @r"
    error[yaml/binary]: this is a binary file (a NUL at byte 6), not a text
     --> suites/a.yaml
    ");
    insta::assert_snapshot!(refusal(b"a: 1\nb: \xc3\xa4\xff", &limits), @r"
    error[yaml/not-utf8]: the file is not UTF-8: byte 0xff at line 2, column 5 is not a valid character
     --> suites/a.yaml
    ");
    insta::assert_snapshot!(refusal(b"\xff\xfea\0", &limits), @r"
    error[yaml/not-utf8]: the file is written in UTF-16; save it as UTF-8
     --> suites/a.yaml
    ");
}

#[test]
fn a_large_file_is_not_read() {
    let limits = Limits { bytes: 10, ..Limits::default() };
    insta::assert_snapshot!(refusal(b"a: 1234567", &limits), @"");
    insta::assert_snapshot!(refusal(b"a: 12345678", &limits), @r"
    error[yaml/too-large]: the file has 11 bytes, more than the 10 bytes allowed
     --> suites/a.yaml
    ");
}

#[test]
fn what_is_no_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    insta::assert_snapshot!(said(directory.path(), &Limits::default()), @r"
    error[yaml/unreadable]: this is a directory, not a file
     --> suites/a.yaml
    ");
    insta::assert_snapshot!(said(&directory.path().join("none.yaml"), &Limits::default()), @r"
    error[yaml/unreadable]: cannot read the file: no such file or directory
     --> suites/a.yaml
    ");
}

#[cfg(unix)]
#[test]
fn a_device_is_refused() {
    insta::assert_snapshot!(said(Path::new("/dev/zero"), &Limits::default()), @r"
    error[yaml/unreadable]: this is not a regular file
     --> suites/a.yaml
    ");
}
