use super::*;

#[test]
fn syntax() {
    insta::assert_snapshot!([
        "", "   ", "balance >", "> 3", "balance > > 3", "balance = 3", "a === b", "a <> b", "a & b", "a | b", "a ? b : c",
        "${balance} > 3", "$balance", "(a + b", "a + b)", "[1, 2", "[1, 2,]", "len(a", "len(a b)", "a b", "a AND b",
        "lang contains 'en'", "a is b", "a not b", "and a", "1 < a < 3", "a == b == c", "'abc", "'a\\d'", "‘a’",
        "0123", "00.5", "1e3", "0x12", "5s", "1.", "9223372036854775808", "-9223372036854775809", "a.5", "a.", "a[",
        "a; b", "a\u{7}b", "call", "call.anii", "clock.our", "clock.", "clock.zone", "a @ b", "!", "matches(a, b)",
        "matches(a, '(')", "matches(a, 'a{1000}{1000}')", "lenn('a')", "frobnicate(1)", "len()", "substr(a, 1)",
        "round(1, 2, 3)", "max(1)", "if(a, b)", "true(1)",
    ].map(mistake).join("\n"), @r#"
    flow/expression 1:1 ``: the expression is empty
    flow/expression 1:1 `   `: the expression is empty
    flow/expression 1:9 `>`: expected a value after '>'
    flow/expression 1:1 `>`: expected a value, found '>'
    flow/expression 1:11 `>`: expected a value, found '>'
    flow/expression 1:9 `=`: unknown operator '=' [write '==' for equality]
    flow/expression 1:3 `===`: unknown operator '===' [write '==' for equality]
    flow/expression 1:3 `<>`: unknown operator '<>' [write '!=' for inequality]
    flow/expression 1:3 `&`: unknown operator '&' [write '&&' or 'and']
    flow/expression 1:3 `|`: unknown operator '|' [write '||' or 'or']
    flow/expression 1:3 `?`: unknown operator '?' [write if(condition, a, b)]
    flow/expression 1:1 `${`: unexpected '${' [write the variable's name alone, without '${' and '}']
    flow/expression 1:1 `$`: unexpected '$' [write the variable's name alone, without '$']
    flow/expression 1:1 `(`: '(' is never closed [write ')' where it ends]
    flow/expression 1:6 `)`: expected an operator, found ')'
    flow/expression 1:1 `[`: '[' is never closed [write ']' where it ends]
    flow/expression 1:7 `]`: expected a value, found ']'
    flow/expression 1:4 `(`: '(' is never closed [write ')' where it ends]
    flow/expression 1:7 `b`: expected an operator or ')', found 'b'
    flow/expression 1:3 `b`: expected an operator, found 'b'
    flow/expression 1:3 `AND`: expected an operator, found 'AND' [write 'and' in small letters]
    flow/expression 1:6 `contains`: expected an operator, found 'contains' [write contains(text or list, part)]
    flow/expression 1:3 `is`: expected an operator, found 'is' [write '==' for equality]
    flow/expression 1:3 `not`: expected an operator, found 'not' [write 'not in' for what is not in a list, '!=' for inequality]
    flow/expression 1:1 `and`: expected a value, found 'and'
    flow/expression 1:7 `<`: comparisons cannot be chained [write a < b && b < c, or brackets around one of them]
    flow/expression 1:8 `==`: comparisons cannot be chained [write a < b && b < c, or brackets around one of them]
    flow/expression 1:1 `'abc`: the text is never closed [write ' at its end]
    flow/expression 1:3 `\d`: unknown escape '\d' [write '\\d' for a backslash; the escapes are \\ \' \" \n \t]
    flow/expression 1:1 `‘`: unexpected '‘' [write straight quotes: 'text']
    flow/expression 1:1 `0123`: '0123' begins with a zero [write '0123' in quotes if it is a text of digits]
    flow/expression 1:1 `00.5`: '00.5' begins with a zero [write '00.5' in quotes if it is a text of digits]
    flow/expression 1:1 `1e3`: '1e3' is not a number [write plain digits such as 1000 or 0.5, or quotes around a text]
    flow/expression 1:1 `0x12`: '0x12' is not a number [write plain digits such as 1000 or 0.5, or quotes around a text]
    flow/expression 1:1 `5s`: '5s' is not a number [write plain digits such as 1000 or 0.5, or quotes around a text]
    flow/expression 1:1 `1.`: '1.' is not a number [write digits after the point]
    flow/expression 1:1 `9223372036854775808`: the number is too large [write it in quotes if it is a text of digits]
    flow/expression 1:1 `-9223372036854775809`: the number is too large [write it in quotes if it is a text of digits]
    flow/expression 1:3 `5`: expected a name, found '5'
    flow/expression 1:2 `.`: expected a name after '.'
    flow/expression 1:2 `[`: expected a value after '['
    flow/expression 1:2 `;`: unexpected character ';'
    flow/expression 1:2 ``: unexpected character '\u{7}'
    flow/expression 1:1 `call`: 'call' is reserved and no value by itself [write one of call.ani, call.dnis]
    flow/expression 1:6 `anii`: unknown member 'anii' of 'call' [did you mean 'call.ani'?]
    flow/expression 1:7 `our`: unknown member 'our' of 'clock' [did you mean 'clock.hour'?]
    flow/expression 1:6 `.`: expected a name after '.' [write one of clock.date, clock.time, clock.hour, clock.minute, clock.weekday]
    flow/expression 1:7 `zone`: unknown member 'zone' of 'clock' [write one of clock.date, clock.time, clock.hour, clock.minute, clock.weekday]
    flow/expression 1:3 `@`: unexpected character '@'
    flow/expression 1:1 `!`: expected a value after '!'
    flow/expression 1:12 `b`: the pattern of 'matches' must be a text in quotes [write matches(text, 'regex')]
    flow/expression 1:12 `'('`: the pattern of 'matches' is no regular expression: unclosed group [the syntax is that of https://docs.rs/regex]
    flow/expression 1:12 `'a{1000}{1000}'`: the pattern of 'matches' is no regular expression: it is too large [the syntax is that of https://docs.rs/regex]
    flow/expression 1:1 `lenn`: unknown function 'lenn' [did you mean 'len'?]
    flow/expression 1:1 `frobnicate`: unknown function 'frobnicate' [the functions are if, default, is_null, len, upper, lower, trim, substr, contains, starts_with, ends_with, matches, digits, number, text, min, max, abs, round, floor, ceil]
    flow/expression 1:1 `len()`: 'len' takes 1 argument, not 0 [write len(text or list)]
    flow/expression 1:1 `substr(a, 1)`: 'substr' takes 3 arguments, not 2 [write substr(text, start, length)]
    flow/expression 1:1 `round(1, 2, 3)`: 'round' takes 1 to 2 arguments, not 3 [write round(number) or round(number, places)]
    flow/expression 1:1 `max(1)`: 'max' takes 2 or more arguments, not 1 [write max(a, b) with two or more numbers]
    flow/expression 1:1 `if(a, b)`: 'if' takes 3 arguments, not 2 [write if(condition, a, b)]
    flow/expression 1:5 `(`: expected an operator, found '('
    "#);
}

#[test]
fn types_that_are_certain_to_clash() {
    insta::assert_snapshot!([
        "'a' > 3", "len(5)", "1 + true", "a + 1 + 'x'", "'a' == 1", "null < 1", "true < false", "1.5 % 2",
        "1 && a", "a || 'x'", "!5", "-'a'", "not a > 3", "not lang in ['en']", "5 in ['1', '2']", "'a' in [1]",
        "5 in 'a'", "5.x", "'a'[0]", "[1]['a']", "if(1, 2, 3)", "upper(len(a))", "min(1, 'a')", "clock.hour == '10'",
        "contains(5, 1)", "(a > 1) + 1", "starts_with('a', 1)", "[1, 2] > 3", "len(a) in ['a']",
    ].map(mistake).join("\n"), @r"
    flow/expression 1:5 `>`: cannot compare 'a' (text) with 3 (integer) by '>' [number(x) makes a number of a text, text(x) a text of a number]
    flow/expression 1:5 `5`: 'len' needs a text or a list, not 5 (integer)
    flow/expression 1:3 `+`: cannot apply '+' to 1 (integer) and true (boolean)
    flow/expression 1:7 `+`: cannot apply '+' to 'a + 1' (number) and 'x' (text) [number(x) makes a number of a text, text(x) a text of a number]
    flow/expression 1:5 `==`: cannot compare 'a' (text) with 1 (integer) by '==' [number(x) makes a number of a text, text(x) a text of a number]
    flow/expression 1:6 `<`: cannot compare null with 1 (integer) by '<'
    flow/expression 1:6 `<`: cannot compare true (boolean) with false (boolean) by '<'
    flow/expression 1:5 `%`: cannot apply '%' to 1.5 (decimal) and 2 (integer) [a remainder is of two integers]
    flow/expression 1:1 `1`: '&&' needs a boolean, not 1 (integer)
    flow/expression 1:6 `'x'`: '||' needs a boolean, not 'x' (text)
    flow/expression 1:2 `5`: '!' needs a boolean, not 5 (integer)
    flow/expression 1:2 `'a'`: '-' needs a number, not 'a' (text)
    flow/expression 1:7 `>`: cannot compare 'not a' (boolean) with 3 (integer) by '>' [a negation binds tighter than a comparison: write not (a == b)]
    flow/expression 1:10 `in`: cannot compare 'not lang' (boolean) with ['en'] (list of text) by 'in' [a negation binds tighter than a comparison: write not (a == b)]
    flow/expression 1:3 `in`: cannot compare 5 (integer) with ['1', '2'] (list of text) by 'in'
    flow/expression 1:5 `in`: cannot compare 'a' (text) with [1] (list of integer) by 'in'
    flow/expression 1:3 `in`: cannot compare 5 (integer) with 'a' (text) by 'in' [number(x) makes a number of a text, text(x) a text of a number]
    flow/expression 1:1 `5.x`: '5.x' is not a number [write plain digits such as 1000 or 0.5, or quotes around a text]
    flow/expression 1:4 `[`: '[]' needs a list, not 'a' (text)
    flow/expression 1:5 `'a'`: '[]' needs an integer, not 'a' (text)
    flow/expression 1:4 `1`: 'if' needs a boolean, not 1 (integer)
    flow/expression 1:7 `len(a)`: 'upper' needs a text, not 'len(a)' (integer)
    flow/expression 1:8 `'a'`: 'min' needs a number, not 'a' (text)
    flow/expression 1:12 `==`: cannot compare 'clock.hour' (integer) with '10' (text) by '==' [number(x) makes a number of a text, text(x) a text of a number]
    flow/expression 1:10 `5`: 'contains' needs a text or a list, not 5 (integer)
    flow/expression 1:9 `+`: cannot apply '+' to '(a > 1)' (boolean) and 1 (integer)
    flow/expression 1:18 `1`: 'starts_with' needs a text, not 1 (integer)
    flow/expression 1:8 `>`: cannot compare [1, 2] (list) with 3 (integer) by '>'
    flow/expression 1:8 `in`: cannot compare 'len(a)' (integer) with ['a'] (list of text) by 'in'
    ");
}

#[test]
fn bounds() {
    let chain = vec!["a"; 1_000].join(" + ");
    assert!(parse(&chain, &mut Slots::new()).is_ok(), "a long chain is not nested");
    let nested = |levels: usize| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
    assert!(parse(&nested(64), &mut Slots::new()).is_ok());
    let long = "a".repeat(4_097);
    let deep = [
        nested(65),
        "[".repeat(100),
        "!".repeat(1_000),
        "-".repeat(4_000),
        format!("{}a", "- ".repeat(65)),
        format!("a{}", ".b".repeat(65)),
        format!("a{}", "[0]".repeat(65)),
        "len(".repeat(100),
        "a[".repeat(100),
    ];
    for text in &deep {
        let told = mistake(text);
        assert!(told.contains("the expression is nested deeper than 64 levels"), "{told}");
    }
    assert!(mistake(&long).contains("the expression is longer than 4096 bytes"));
    assert!(parse(&long[1..], &mut Slots::new()).is_ok());
}

/// The smallest main thread, that of Windows, has 1 MiB of stack, and an expression is not all that
/// it evaluates.
#[test]
fn the_deepest_expression_needs_little_stack() {
    let texts = [
        format!("{}1{}", "1 + 1 * (".repeat(64), ")".repeat(64)),
        format!("{}vip{}", "vip || vip && true == (".repeat(64), ")".repeat(64)),
        format!("{}1{}", "if(vip && 1 < 2, 1 + 1 * ".repeat(64), ", 2)".repeat(64)),
        format!("{}0{}", "items[1 + 0 * ".repeat(63), "]".repeat(63)),
        format!("{}vip", "!".repeat(64)),
    ];
    let run = move || texts.iter().map(|text| evaluate(text).map(|value| value.literal())).collect::<Vec<_>>();
    let results = std::thread::Builder::new().stack_size(900 << 10).spawn(run).unwrap().join().unwrap();
    let results: Vec<_> = results.iter().map(Result::as_deref).collect();
    assert_eq!(results, [Ok("65"), Ok("true"), Ok("65"), Ok("2"), Ok("true")]);
}

fn inside(source: &str, scalar: &str, decoded: &str) -> String {
    let start = source.find(scalar).unwrap();
    let text = Spanned::new(decoded.to_owned(), Span::new(start, start + scalar.len()));
    told(&Expression::parse(&Source::new("flow.yaml", source), &text, &mut Slots::new()).unwrap_err())
}

#[test]
fn the_caret_stands_in_the_file() {
    let told = [
        inside("a: 1\nwhen: x > > 3\n", "x > > 3", "x > > 3"),
        inside("a: 1\nwhen: \"größe > > 3\"\n", "\"größe > > 3\"", "größe > > 3"),
        inside("when: 'a == ''b'' > 3'\n", "'a == ''b'' > 3'", "a == 'b' > 3"),
        inside("when: >\n  a >\n  > 3\n", "a >\n  > 3", "a > > 3"),
        inside("when: ''\n", "''", ""),
        inside("when: 'a >'\n", "'a >'", "a >"),
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    flow/expression 2:11 `>`: expected a value, found '>'
    flow/expression 2:16 `>`: expected a value, found '>'
    flow/expression 1:7 `'a == ''b'' > 3'`: comparisons cannot be chained [write a < b && b < c, or brackets around one of them]
    flow/expression 2:3 `a >
      > 3`: expected a value, found '>'
    flow/expression 1:7 `''`: the expression is empty
    flow/expression 1:10 `>`: expected a value after '>'
    ");
}
