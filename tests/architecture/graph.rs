//! Reads `src` into a graph of files: an edge from each file to the files that define what it names.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

/// A module path below the crate, for example `["flow", "expression"]`.
type ModulePath = Vec<String>;

/// The files of `src`, what each defines, re-exports and names.
pub(crate) struct SourceGraph {
    modules: BTreeMap<ModulePath, Module>,
}

#[derive(Default)]
struct Module {
    /// The file, relative to `src`.
    file: String,
    /// Names of items defined in it.
    items: BTreeSet<String>,
    /// Names that it re-exports or imports, with their absolute paths; `*` for each glob.
    imports: Vec<(String, Vec<String>)>,
    /// Absolute paths that code of the module names; paths of re-exports are left out.
    named: Vec<Vec<String>>,
}

impl SourceGraph {
    /// Parses every file that `lib.rs` declares, directly or not.
    pub(crate) fn parse(source: &Path) -> Self {
        let mut graph = Self { modules: BTreeMap::new() };
        graph.read(source, &source.join("lib.rs"), Vec::new());
        graph
    }

    /// The files, relative to `src`.
    pub(crate) fn files(&self) -> impl Iterator<Item = &str> {
        self.modules.values().map(|module| module.file.as_str())
    }

    /// Edges between files of the same top module.
    pub(crate) fn file_edges(&self) -> BTreeSet<(String, String)> {
        let same = |from: &ModulePath, to: &ModulePath| !from.is_empty() && from.first() == to.first();
        self.edges().filter(|(from, to)| same(from, to)).map(|(from, to)| (self.file(&from), self.file(&to))).collect()
    }

    /// Edges between top modules, each with one file that has it.
    pub(crate) fn arrows(&self) -> Vec<(String, String, String)> {
        let mut arrows: BTreeMap<(String, String), String> = BTreeMap::new();
        for (from, to) in self.edges() {
            if let (Some(first), Some(second)) = (from.first(), to.first())
                && first != second
            {
                arrows.entry((first.clone(), second.clone())).or_insert_with(|| self.file(&from));
            }
        }
        arrows.into_iter().map(|((from, to), file)| (from, to, file)).collect()
    }

    fn file(&self, module: &ModulePath) -> String {
        self.modules.get(module).map(|module| module.file.clone()).unwrap_or_default()
    }

    fn edges(&self) -> impl Iterator<Item = (ModulePath, ModulePath)> {
        self.modules.iter().flat_map(move |(from, module)| {
            (module.named.iter())
                .filter_map(move |path| self.resolve(path, 0))
                .filter(move |to| self.file(to) != self.file(from))
                .map(move |to| (from.clone(), to))
        })
    }

    /// The module whose file defines the item at an absolute path; none outside the crate.
    fn resolve(&self, path: &[String], depth: usize) -> Option<ModulePath> {
        let longest = (0..=path.len()).rev().find(|&length| self.modules.contains_key(&path[..length]))?;
        let module = &self.modules[&path[..longest]];
        let Some(name) = path.get(longest) else { return Some(path.to_vec()) };
        // `crate::name` that is neither a module nor an item is a macro or a crate.
        if module.items.contains(name) || depth > 16 {
            return Some(path[..longest].to_vec());
        }
        let followed = module.imports.iter().find(|(import, _)| import == name).map(|(_, target)| {
            let rest = path.get(longest + 1..).unwrap_or_default();
            self.resolve(&[target.as_slice(), rest].concat(), depth + 1)
        });
        let globs = module.imports.iter().filter(|(import, _)| import == "*");
        let through_glob = || {
            globs
                .filter_map(|(_, target)| self.modules.get(target).map(|module| (target, module)))
                .find(|(_, module)| module.items.contains(name))
                .map(|(target, _)| target.clone())
        };
        followed.flatten().or_else(through_glob).or_else(|| Some(path[..longest].to_vec()))
    }

    fn read(&mut self, source: &Path, file: &Path, path: ModulePath) {
        let text = fs::read_to_string(file).expect("a source file");
        let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let shown = file.strip_prefix(source).expect("below src").to_string_lossy().into_owned();
        self.add(source, &shown, path, &syntax.items);
    }

    fn add(&mut self, source: &Path, file: &str, path: ModulePath, items: &[Item]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        let children: BTreeSet<String> = (items.iter())
            .filter_map(|item| if let Item::Mod(ItemMod { ident, .. }) = item { Some(ident.to_string()) } else { None })
            .collect();
        for item in items.iter().filter(|item| !is_test(attributes(item))) {
            match item {
                Item::Mod(child) => {
                    let child_path = [path.clone(), vec![child.ident.to_string()]].concat();
                    match &child.content {
                        Some((_, items)) => self.add(source, file, child_path, items),
                        None => {
                            let below: PathBuf = child_path.iter().collect();
                            self.read(source, &source.join(below).with_extension("rs"), child_path);
                        }
                    }
                }
                Item::Use(item) => module.add_use(item, &path, &children),
                item => {
                    module.items.extend(name(item));
                    let mut names = Names { module: &mut module, path: &path };
                    names.visit_item(item);
                }
            }
        }
        // A path that begins with an import (`contract::result`) names what that import stands for.
        let imports: BTreeMap<String, Vec<String>> = module.imports.iter().cloned().collect();
        for named in &mut module.named {
            let Some(first) = named.first().filter(|first| *first != "crate").cloned() else {
                named.remove(0);
                continue;
            };
            if let Some(target) = imports.get(&first) {
                *named = [target.as_slice(), &named[1..]].concat();
            } else if children.contains(&first) {
                *named = [path.as_slice(), named.as_slice()].concat();
            } else {
                named.clear();
            }
        }
        module.named.retain(|named| !named.is_empty());
        self.modules.insert(path, module);
    }
}

impl Module {
    fn add_use(&mut self, item: &ItemUse, path: &ModulePath, children: &BTreeSet<String>) {
        let is_import = matches!(item.vis, Visibility::Inherited);
        let mut flat = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut flat);
        for (name, segments) in flat {
            let is_child = segments.first().is_some_and(|first| children.contains(first));
            let below = || is_child.then(|| [path.as_slice(), &segments].concat());
            let Some(absolute) = absolute(&segments, path).or_else(below) else { continue };
            if is_import && name != "_" {
                self.named.push([vec!["crate".to_owned()], absolute.clone()].concat());
            }
            self.imports.push((name, absolute));
        }
    }
}

/// Collects the paths that code names.
struct Names<'a> {
    module: &'a mut Module,
    path: &'a ModulePath,
}

impl<'ast> Visit<'ast> for Names<'_> {
    /// `pub(super)` names nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some(absolute) = absolute(&segments, self.path) {
            self.module.named.push([vec!["crate".to_owned()], absolute].concat());
        } else if segments.len() > 1 {
            self.module.named.push(segments);
        }
        visit::visit_path(self, path);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut flat = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut flat);
        for (_, segments) in flat {
            if let Some(absolute) = absolute(&segments, self.path) {
                self.module.named.push([vec!["crate".to_owned()], absolute].concat());
            }
        }
    }
}

/// A path that begins with `crate`, `super` or `self`, from the crate's root; none for any other.
fn absolute(segments: &[String], module: &ModulePath) -> Option<Vec<String>> {
    match segments.first()?.as_str() {
        "crate" => Some(segments[1..].to_vec()),
        "self" => Some([module.as_slice(), &segments[1..]].concat()),
        "super" => {
            let ups = segments.iter().take_while(|segment| *segment == "super").count();
            let above = module.get(..module.len().checked_sub(ups)?)?;
            Some([above, &segments[ups..]].concat())
        }
        _ => None,
    }
}

/// The names that a use tree brings, with their paths.
fn flatten(tree: &UseTree, before: &mut Vec<String>, flat: &mut Vec<(String, Vec<String>)>) {
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, flat);
            before.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            flat.push((before.last().cloned().unwrap_or_default(), before.clone()));
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            flat.push((name.clone(), [before.as_slice(), &[name]].concat()));
        }
        UseTree::Rename(rename) => {
            let target = [before.as_slice(), &[rename.ident.to_string()]].concat();
            flat.push((rename.rename.to_string(), target));
        }
        UseTree::Glob(_) => flat.push(("*".to_owned(), before.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, before, flat)),
    }
}

/// Whether an item exists in tests only.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        _ => return None,
    };
    Some(ident.to_string())
}
