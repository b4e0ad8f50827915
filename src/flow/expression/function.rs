//! The functions of the language and their signatures.

use super::kinds::Kinds;

/// A function of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    If,
    Default,
    IsNull,
    Len,
    Upper,
    Lower,
    Trim,
    Substr,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    Digits,
    Number,
    Text,
    Min,
    Max,
    Abs,
    Round,
    Floor,
    Ceil,
}

/// The signature of a function.
#[derive(Debug)]
pub(super) struct Signature {
    pub function: Function,
    pub name: &'static str,
    /// Usage, for help texts.
    pub usage: &'static str,
    /// The types of its parameters; the last one applies to all further arguments.
    pub parameters: &'static [Kinds],
    pub least: usize,
    pub most: usize,
    /// The types of its result if they do not depend on the arguments.
    pub result: Kinds,
}

const fn signature(
    function: Function,
    name: &'static str,
    usage: &'static str,
    parameters: &'static [Kinds],
    result: Kinds,
) -> Signature {
    Signature { function, name, usage, parameters, least: parameters.len(), most: parameters.len(), result }
}

const ANY: Kinds = Kinds::ANY;
const BOOLEAN: Kinds = Kinds::BOOLEAN;
const INTEGER: Kinds = Kinds::INTEGER;
const NUMBER: Kinds = Kinds::NUMBER;
const TEXT: Kinds = Kinds::TEXT;
const TEXT_OR_LIST: Kinds = Kinds::TEXT.union(Kinds::LIST);
const TEXT_OR_NUMBER: Kinds = Kinds::TEXT.union(Kinds::NUMBER);

/// In the order of [`Function`].
static SIGNATURES: [Signature; 21] = [
    signature(Function::If, "if", "if(condition, a, b)", &[BOOLEAN, ANY, ANY], ANY),
    signature(Function::Default, "default", "default(value, fallback)", &[ANY, ANY], ANY),
    signature(Function::IsNull, "is_null", "is_null(value)", &[ANY], BOOLEAN),
    signature(Function::Len, "len", "len(text or list)", &[TEXT_OR_LIST], INTEGER),
    signature(Function::Upper, "upper", "upper(text)", &[TEXT], TEXT),
    signature(Function::Lower, "lower", "lower(text)", &[TEXT], TEXT),
    signature(Function::Trim, "trim", "trim(text)", &[TEXT], TEXT),
    signature(Function::Substr, "substr", "substr(text, start, length)", &[TEXT, INTEGER, INTEGER], TEXT),
    signature(Function::Contains, "contains", "contains(text or list, part)", &[TEXT_OR_LIST, ANY], BOOLEAN),
    signature(Function::StartsWith, "starts_with", "starts_with(text, beginning)", &[TEXT, TEXT], BOOLEAN),
    signature(Function::EndsWith, "ends_with", "ends_with(text, end)", &[TEXT, TEXT], BOOLEAN),
    signature(Function::Matches, "matches", "matches(text, 'regex')", &[TEXT, TEXT], BOOLEAN),
    signature(Function::Digits, "digits", "digits(text)", &[TEXT], BOOLEAN),
    signature(Function::Number, "number", "number(text)", &[TEXT_OR_NUMBER], NUMBER),
    signature(Function::Text, "text", "text(value)", &[ANY], TEXT),
    Signature {
        most: usize::MAX,
        ..signature(Function::Min, "min", "min(a, b) with two or more numbers", &[NUMBER, NUMBER], NUMBER)
    },
    Signature {
        most: usize::MAX,
        ..signature(Function::Max, "max", "max(a, b) with two or more numbers", &[NUMBER, NUMBER], NUMBER)
    },
    signature(Function::Abs, "abs", "abs(number)", &[NUMBER], NUMBER),
    Signature {
        least: 1,
        ..signature(Function::Round, "round", "round(number) or round(number, places)", &[NUMBER, INTEGER], NUMBER)
    },
    signature(Function::Floor, "floor", "floor(number)", &[NUMBER], INTEGER),
    signature(Function::Ceil, "ceil", "ceil(number)", &[NUMBER], INTEGER),
];

impl Function {
    pub(super) fn signature(self) -> &'static Signature {
        // In range: a test checks that there is one signature for each function, in the same order.
        &SIGNATURES[self as usize]
    }

    pub(super) fn find(name: &str) -> Option<&'static Signature> {
        SIGNATURES.iter().find(|signature| signature.name == name)
    }

    pub(super) fn all() -> &'static [Signature] {
        &SIGNATURES
    }
}

impl Signature {
    /// The allowed types of the argument at this index.
    pub(super) fn parameter(&self, index: usize) -> Kinds {
        self.parameters.get(index).or(self.parameters.last()).copied().unwrap_or(ANY)
    }

    /// The types of the result for arguments of these types.
    pub(super) fn result(&self, arguments: &[Kinds]) -> Kinds {
        match (self.function, arguments) {
            (Function::If, [_, yes, no]) => *yes | *no,
            (Function::Default, [value, fallback]) => value.without(Kinds::NULL) | *fallback,
            (Function::Abs | Function::Min | Function::Max | Function::Number, _) => {
                let numbers = arguments.iter().fold(Kinds::NONE, |all, argument| all | (*argument & NUMBER));
                let read = arguments.iter().any(|argument| !(*argument & TEXT).is_empty());
                if read { NUMBER } else { numbers }
            }
            (Function::Round, [_]) => INTEGER,
            (Function::Round, [number, _]) => *number & NUMBER,
            _ => self.result,
        }
    }
}
