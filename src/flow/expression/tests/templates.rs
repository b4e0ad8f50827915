use super::*;

#[expect(clippy::result_large_err, reason = "the error of the function under test")]
fn template(text: &str, slots: &mut Slots) -> Result<Template, Diagnostic> {
    let (source, text) = whole(text);
    Template::parse(&source, &text, slots)
}

fn render(text: &str, secrets: &[&str]) -> String {
    let mut slots = Slots::new();
    let template = template(text, &mut slots).unwrap_or_else(|error| panic!("{text}: {}", error.message));
    let is_secret = |slot: usize| secrets.contains(&&**slots.name(slot));
    match template.render(&Call::new(&slots), &is_secret) {
        Ok(text) => text,
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn holes_are_filled() {
    let told = [
        "plain",
        "",
        "You have ${balance} in ${lang}",
        "${attempts}${attempts + 1}",
        "cost $5, $${not a hole}, $$${x}, ${'$'}${attempts}, }",
        "${if(vip, '}', \"{\\\"\")}",
        "${items}",
        "${ nothing }",
        "größe ${upper('ä')}!",
        "${missing}",
        "${lang + 1}",
        "${long}${long}",
    ]
    .map(|text| render(text, &[]));
    insta::assert_snapshot!(told.join("\n"), @r"
    plain

    You have 120.5 in de
    23
    cost $5, ${not a hole}, $${x}, $2, }
    }
    a, 2, null
    null
    größe Ä!
    error: unknown variable 'missing'
    error: cannot apply '+' to 'lang' (text) and 1 (integer)
    error: the result of '${long}${long}' is too large, a text may have 64 KiB
    ");
}

#[test]
fn secrets_are_masked_wherever_they_are_read() {
    let told = ["${pin}", "a ${pin} b ${lang}", "${substr(pin, 0, 1)}", "${if(pin == '0123', 'yes', 'no')}", "${lang}"]
        .map(|text| render(text, &["pin"]));
    assert_eq!(told, ["[secret]", "a [secret] b de", "[secret]", "[secret]", "de"]);
    assert_eq!(render("${pin + 1}", &["pin"]), "error: cannot apply '+' to 'pin' (text) and 1 (integer)");
}

#[test]
fn a_text_without_holes_is_known() {
    let mut slots = Slots::new();
    let fixed = template("a $${b} $", &mut slots).unwrap();
    assert_eq!(fixed.as_static().map(|text| &**text), Some("a ${b} $"));
    assert_eq!(fixed.text(), "a $${b} $");
    assert_eq!(template("", &mut slots).unwrap().as_static().map(|text| &**text), Some(""));
    let open = template("${b}${clock.hour}${a + b}", &mut slots).unwrap();
    assert_eq!(open.as_static(), None);
    assert_eq!(open.reads().iter().map(|&slot| &**slots.name(slot)).collect::<Vec<_>>(), ["b", "a"]);
    assert!(open.reads_clock() && !fixed.reads_clock());
    assert_eq!(Template::fixed("${x}".into()).as_static().map(|text| &**text), Some("${x}"));
}

#[test]
fn mistakes_point_into_the_hole() {
    let told = ["a ${", "a ${b", "a ${} b", "a ${ b > > 3 }", "${'a}", "x ${lenn(a)}", "größe ${a.}"]
        .map(|text| told(&template(text, &mut Slots::new()).unwrap_err()));
    insta::assert_snapshot!(told.join("\n"), @r"
    flow/expression 1:3 `${`: '${' is never closed [write '}' where the expression ends, or '$${' for the characters themselves]
    flow/expression 1:3 `${`: '${' is never closed [write '}' where the expression ends, or '$${' for the characters themselves]
    flow/expression 1:3 `${}`: the hole is empty [write an expression between '${' and '}', or '$${' for the characters themselves]
    flow/expression 1:10 `>`: expected a value, found '>'
    flow/expression 1:1 `${`: '${' is never closed [write '}' where the expression ends, or '$${' for the characters themselves]
    flow/expression 1:5 `lenn`: unknown function 'lenn' [did you mean 'len'?]
    flow/expression 1:10 `.`: expected a name after '.'
    ");
    let long = "x".repeat((64 << 10) + 1);
    assert_eq!(template(&long, &mut Slots::new()).unwrap_err().message, "the text is longer than 64 KiB");
}
