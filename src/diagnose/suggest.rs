//! "Did you mean": the nearest of the known names.

/// The known name nearest to `typed`, if one is near enough to be a slip of the keys.
///
/// Near enough is a Damerau-Levenshtein distance (Unicode characters, case folded) of at most a third of the longer
/// name's length, and at least 1 is always allowed for names of two characters and more. Ties go to the first.
pub fn closest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .filter_map(|name| {
            let distance = strsim::damerau_levenshtein(&typed, &name.to_lowercase());
            let longer = typed.chars().count().max(name.chars().count());
            let allowed = if longer < 2 { 0 } else { (longer / 3).max(1) };
            (distance <= allowed).then_some((distance, name))
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, name)| name)
}
