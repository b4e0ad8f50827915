use super::*;

/// Each line an expression and its value as a literal, or the message of its error.
fn table(lines: &[&str]) -> String {
    let told = |text: &&str| match evaluate(text) {
        Ok(value) => format!("{text} -> {}", value.literal()),
        Err(error) => format!("{text} -> error: {error}"),
    };
    lines.iter().map(told).collect::<Vec<_>>().join("\n")
}

#[test]
fn arithmetic() {
    insta::assert_snapshot!(table(&[
        "1 + 2 * 3", "(1 + 2) * 3", "10 - 3 - 2", "12 / 3 / 2", "7 / 2", "6 / 3", "7 % 3", "-7 % 3", "-7 / 7", "2 * 1.5",
        "1.5 + 1.5", "-attempts", "--attempts", "-(1 + 2)", "0.1 + 0.2", "'a' + 'b' + lang", "least % -1", "least / 1",
        "-9223372036854775808", "balance / 0.5", "- 5", "3 - -5", "3-5",
    ]), @r"
    1 + 2 * 3 -> 7
    (1 + 2) * 3 -> 9
    10 - 3 - 2 -> 5
    12 / 3 / 2 -> 2
    7 / 2 -> 3.5
    6 / 3 -> 2
    7 % 3 -> 1
    -7 % 3 -> -1
    -7 / 7 -> -1
    2 * 1.5 -> 3.0
    1.5 + 1.5 -> 3.0
    -attempts -> -2
    --attempts -> 2
    -(1 + 2) -> -3
    0.1 + 0.2 -> 0.30000000000000004
    'a' + 'b' + lang -> 'abde'
    least % -1 -> 0
    least / 1 -> -9223372036854775808
    -9223372036854775808 -> -9223372036854775808
    balance / 0.5 -> 241.0
    - 5 -> -5
    3 - -5 -> 8
    3-5 -> -2
    ");
}

#[test]
fn logic_and_comparison() {
    insta::assert_snapshot!(table(&[
        "true || false && false", "(true or false) and false", "!true || true", "not vip", "!!vip", "not (1 > 2)",
        "1 == 1.0", "1 != 2", "2 < 10", "'2' < '10'", "'a' < 'ä'", "2 >= 2.0", "pin == '0123'", "nothing == null",
        "pin != null", "null == 5", "lang in ['en', 'de']", "lang not in ['en', 'de']", "2 in items", "2.0 in items",
        "5 in items", "null in items", "'e' in lang", "'x' not in lang", "5 in []", "[1, 2] == [1.0, 2]",
        "customer == customer", "vip == true", "vip == (1 < 2)", "false && missing > 1", "true || 1 / 0 > 1",
        "9007199254740993 == 9007199254740992.0", "1 + 1 == 2 && 3 > 2",
    ]), @r"
    true || false && false -> true
    (true or false) and false -> false
    !true || true -> true
    not vip -> false
    !!vip -> true
    not (1 > 2) -> true
    1 == 1.0 -> true
    1 != 2 -> true
    2 < 10 -> true
    '2' < '10' -> false
    'a' < 'ä' -> true
    2 >= 2.0 -> true
    pin == '0123' -> true
    nothing == null -> true
    pin != null -> true
    null == 5 -> false
    lang in ['en', 'de'] -> true
    lang not in ['en', 'de'] -> false
    2 in items -> true
    2.0 in items -> true
    5 in items -> false
    null in items -> true
    'e' in lang -> true
    'x' not in lang -> true
    5 in [] -> false
    [1, 2] == [1.0, 2] -> true
    customer == customer -> true
    vip == true -> true
    vip == (1 < 2) -> true
    false && missing > 1 -> false
    true || 1 / 0 > 1 -> true
    9007199254740993 == 9007199254740992.0 -> false
    1 + 1 == 2 && 3 > 2 -> true
    ");
}

#[test]
fn accesses_and_the_call() {
    insta::assert_snapshot!(table(&[
        "customer.tier", "customer.address.zip", "items[0]", "items[attempts - 1]", "[1, [2, 3]][1][0]", "call.ani",
        "clock.date", "clock.time", "clock.hour", "clock.minute", "clock.weekday", "[attempts, lang]",
        r"'it\'s \\ ' + 'a\n\t'", r#""say \"x\"" + ' now'"#, "'größe'",
    ]), @r#"
    customer.tier -> 'gold'
    customer.address.zip -> '00501'
    items[0] -> 'a'
    items[attempts - 1] -> 2
    [1, [2, 3]][1][0] -> 2
    call.ani -> '+15550100'
    clock.date -> '2026-03-02'
    clock.time -> '10:05'
    clock.hour -> 10
    clock.minute -> 5
    clock.weekday -> 'mon'
    [attempts, lang] -> [2, 'de']
    'it\'s \\ ' + 'a\n\t' -> 'it\'s \\ a\n\t'
    "say \"x\"" + ' now' -> 'say "x" now'
    'größe' -> 'größe'
    "#);
}

#[test]
fn functions() {
    insta::assert_snapshot!(table(&[
        "if(vip, 'a', 1 / 0)", "if(attempts > 5, 1, 2)", "default(missing, 7)", "default(nothing, 7)", "default(pin, 7)",
        "default(missing + 1, 7)", "is_null(nothing)", "is_null(pin)", "len(pin)", "len('größe')", "len(items)",
        "upper('straße')", "lower('ÄB')", "trim('  a ')", "substr('größe', 1, 3)", "substr('abc', -5, 2)",
        "substr('abc', 1, 99)", "substr('abc', 9, 1)", "substr('abc', 1, -1)", "contains('abc', 'b')",
        "contains(items, 2)", "starts_with(pin, '0')", "ends_with(pin, '0')", "matches(pin, '^[0-9]{4}$')",
        r"matches(pin, '\\d{5}')", "digits(pin)", "digits('')", "digits('1a')", "digits('١')", "number(pin)",
        "number('-0050.25')", "number('000')", "number(5)", "text(balance)", "text([1, 'a'])", "text(null)",
        "min(3, 1.5, 2)", "max(3, balance)", "min(1, 1.0)", "abs(-3)", "abs(-3.5)", "round(2.5)", "round(-2.5)",
        "round(2.675, 2)", "round(-1.005, 2)", "round(9.99, 1)", "round(0.04, 1)", "round(1.5, 3)", "round(7, 2)",
        "round(0.5, 0)", "floor(-2.5)", "ceil(2.1)", "ceil(3)",
    ]), @r"
    if(vip, 'a', 1 / 0) -> 'a'
    if(attempts > 5, 1, 2) -> 2
    default(missing, 7) -> 7
    default(nothing, 7) -> 7
    default(pin, 7) -> '0123'
    default(missing + 1, 7) -> 7
    is_null(nothing) -> true
    is_null(pin) -> false
    len(pin) -> 4
    len('größe') -> 5
    len(items) -> 3
    upper('straße') -> 'STRASSE'
    lower('ÄB') -> 'äb'
    trim('  a ') -> 'a'
    substr('größe', 1, 3) -> 'röß'
    substr('abc', -5, 2) -> 'ab'
    substr('abc', 1, 99) -> 'bc'
    substr('abc', 9, 1) -> ''
    substr('abc', 1, -1) -> ''
    contains('abc', 'b') -> true
    contains(items, 2) -> true
    starts_with(pin, '0') -> true
    ends_with(pin, '0') -> false
    matches(pin, '^[0-9]{4}$') -> true
    matches(pin, '\\d{5}') -> false
    digits(pin) -> true
    digits('') -> false
    digits('1a') -> false
    digits('١') -> false
    number(pin) -> 123
    number('-0050.25') -> -50.25
    number('000') -> 0
    number(5) -> 5
    text(balance) -> '120.5'
    text([1, 'a']) -> '1, a'
    text(null) -> 'null'
    min(3, 1.5, 2) -> 1.5
    max(3, balance) -> 120.5
    min(1, 1.0) -> 1
    abs(-3) -> 3
    abs(-3.5) -> 3.5
    round(2.5) -> 3
    round(-2.5) -> -3
    round(2.675, 2) -> 2.68
    round(-1.005, 2) -> -1.01
    round(9.99, 1) -> 10.0
    round(0.04, 1) -> 0.0
    round(1.5, 3) -> 1.5
    round(7, 2) -> 7
    round(0.5, 0) -> 1.0
    floor(-2.5) -> -3
    ceil(2.1) -> 3
    ceil(3) -> 3
    ");
}

#[test]
fn errors_name_operands_and_types() {
    insta::assert_snapshot!(table(&[
        "balanse > 3", "(balanse) > 3", "amount > 100", "amount == 100", "vip == 'true'", "nothing < 3", "vip < vip",
        "attempts in ['1', '2']", "attempts in lang", "lang + 1", "1 + attempts + lang", "balance % 2", "-lang",
        "not lang", "vip && attempts", "attempts || vip", "if(attempts, 1, 2)", "1 / (attempts - 2)", "attempts % 0",
        "balance / 0.0", "most + 1", "least - 1", "-least", "abs(least)", "most * 2", "huge * 10", "least / -1",
        "floor(huge)", "len(attempts)", "upper(nothing)", "matches(attempts, 'a')", "number('abc')", "number(lang)",
        "number('')", "number('12345678901234567890')", "number('1.')", "round(balance, 16)", "min(1, lang)",
        "contains(lang, 1)", "contains(['a'], attempts)", "starts_with(lang, attempts)", "customer.name",
        "customer.address.street", "lang.tier", "items[3]", "items[-1]", "lang[0]", "items[balance]",
        "call.dnis", "long + long", "text([long, long])", "[long, long, long, long, long, long, long, long, long, long, \
        long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long]",
    ]), @r"
    balanse > 3 -> error: unknown variable 'balanse'
    (balanse) > 3 -> error: unknown variable 'balanse'
    amount > 100 -> error: cannot compare 'amount' (text) with 100 (integer) by '>'
    amount == 100 -> error: cannot compare 'amount' (text) with 100 (integer) by '=='
    vip == 'true' -> error: cannot compare 'vip' (boolean) with 'true' (text) by '=='
    nothing < 3 -> error: cannot compare 'nothing' (null) with 3 (integer) by '<'
    vip < vip -> error: cannot compare 'vip' (boolean) with 'vip' (boolean) by '<'
    attempts in ['1', '2'] -> error: cannot compare 'attempts' (integer) with ['1', '2'] (list of text) by 'in'
    attempts in lang -> error: cannot compare 'attempts' (integer) with 'lang' (text) by 'in'
    lang + 1 -> error: cannot apply '+' to 'lang' (text) and 1 (integer)
    1 + attempts + lang -> error: cannot apply '+' to '1 + attempts' (integer) and 'lang' (text)
    balance % 2 -> error: cannot apply '%' to 'balance' (decimal) and 2 (integer)
    -lang -> error: '-' needs a number, not 'lang' (text)
    not lang -> error: 'not' needs a boolean, not 'lang' (text)
    vip && attempts -> error: '&&' needs a boolean, not 'attempts' (integer)
    attempts || vip -> error: '||' needs a boolean, not 'attempts' (integer)
    if(attempts, 1, 2) -> error: 'if' needs a boolean, not 'attempts' (integer)
    1 / (attempts - 2) -> error: division by zero in '1 / (attempts - 2)'
    attempts % 0 -> error: division by zero in 'attempts % 0'
    balance / 0.0 -> error: division by zero in 'balance / 0.0'
    most + 1 -> error: the result of 'most + 1' is out of range
    least - 1 -> error: the result of 'least - 1' is out of range
    -least -> error: the result of '-least' is out of range
    abs(least) -> error: the result of 'abs(least)' is out of range
    most * 2 -> error: the result of 'most * 2' is out of range
    huge * 10 -> error: the result of 'huge * 10' is out of range
    least / -1 -> error: the result of 'least / -1' is out of range
    floor(huge) -> error: the result of 'floor(huge)' is out of range
    len(attempts) -> error: 'len' needs a text or a list, not 'attempts' (integer)
    upper(nothing) -> error: 'upper' needs a text, not 'nothing' (null)
    matches(attempts, 'a') -> error: 'matches' needs a text, not 'attempts' (integer)
    number('abc') -> error: 'number' needs a text of digits such as 12, -7 or 0.5, which 'abc' is not
    number(lang) -> error: 'number' needs a text of digits such as 12, -7 or 0.5, which 'lang' is not
    number('') -> error: 'number' needs a text of digits such as 12, -7 or 0.5, which '' is not
    number('12345678901234567890') -> error: the result of 'number('12345678901234567890')' is out of range
    number('1.') -> error: 'number' needs a text of digits such as 12, -7 or 0.5, which '1.' is not
    round(balance, 16) -> error: 'round' needs a number of places from 0 to 15, which 16 is not
    min(1, lang) -> error: 'min' needs a number, not 'lang' (text)
    contains(lang, 1) -> error: 'contains' needs a text, not 1 (integer)
    contains(['a'], attempts) -> error: cannot compare 'attempts' (integer) with ['a'] (list of text) by 'contains'
    starts_with(lang, attempts) -> error: 'starts_with' needs a text, not 'attempts' (integer)
    customer.name -> error: 'customer' has no member 'name'
    customer.address.street -> error: 'customer.address' has no member 'street'
    lang.tier -> error: '.' needs a record, not 'lang' (text)
    items[3] -> error: 'items[3]' is out of range, 'items' has 3 items
    items[-1] -> error: 'items[-1]' is out of range, 'items' has 3 items
    lang[0] -> error: '[]' needs a list, not 'lang' (text)
    items[balance] -> error: '[]' needs an integer, not 'balance' (decimal)
    call.dnis -> error: the scenario has no 'call.dnis'
    long + long -> error: the result of 'long + long' is too large, a text may have 64 KiB
    text([long, long]) -> error: the result of 'text([long, long])' is too large, a text may have 64 KiB
    [long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long, long] -> error: the result of '[long, long, long, long, long, long, long, long, long, long,…' is too large, a list may hold 1 MiB of text
    ");
}

#[test]
fn conditions_must_be_booleans() {
    let mut slots = Slots::new();
    let ask = |text: &str, slots: &mut Slots| {
        let expression = parse(text, slots).unwrap();
        expression.evaluate_boolean(&Call::new(slots)).map_err(|error| error.to_string())
    };
    assert_eq!(ask("vip", &mut slots), Ok(true));
    assert_eq!(ask("vip && attempts > 5", &mut slots), Ok(false));
    assert_eq!(ask("if(vip, false, 1)", &mut slots), Ok(false));
    let told = ["attempts + 1", "amount", "null", "items[0]"].map(|text| ask(text, &mut slots).unwrap_err());
    insta::assert_snapshot!(told.join("\n"), @r"
    a condition must be true or false, but 'attempts + 1' is an integer
    a condition must be true or false, but 'amount' is a text
    a condition must be true or false, but 'null' is null
    a condition must be true or false, but 'items[0]' is a text
    ");
}

#[test]
fn a_scenario_without_a_clock_has_no_hour() {
    let mut slots = Slots::new();
    let expression = parse("clock.hour > 9", &mut slots).unwrap();
    let scope = Call { clock: false, ..Call::new(&slots) };
    assert_eq!(expression.evaluate_boolean(&scope), Err(EvaluationError::NoClock));
    assert_eq!(EvaluationError::NoClock.to_string(), "the scenario has no clock");
}

/// Lists that share their parts stay small in memory and would still take hours to print.
#[test]
fn lists_cannot_grow_without_end() {
    let mut slots = Slots::new();
    let (twice, wrap) = (parse("[x, x]", &mut slots).unwrap(), parse("[x]", &mut slots).unwrap());
    let grow = |expression: &Expression| {
        let mut scope = Call { values: vec![Some(Value::Integer(1))], clock: false };
        for round in 0..1_000 {
            match expression.evaluate(&scope) {
                Ok(value) => scope.values[0] = Some(value),
                Err(error) => return (round, error.to_string()),
            }
        }
        (1_000, "none".to_owned())
    };
    assert_eq!(grow(&twice), (12, "the result of '[x, x]' is too large, a list may have 10,000 items".to_owned()));
    assert_eq!(grow(&wrap), (63, "the result of '[x]' is too large, a list may be nested 64 levels deep".to_owned()));
}
