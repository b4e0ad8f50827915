//! Writes a drawing as SVG.

use std::fmt::Write;

use super::content::{INDENT, LINE};
use super::graph::{Mark, Shape};
use super::model::{Drawing, DrawnBox, DrawnLine, DrawnRow};

/// The style sheet of drawings. Its colours are custom properties (`--picture-ink` and so on),
/// which a page may set for its own themes; without them it is light.
pub(crate) const STYLE: &str = include_str!("style.css");
/// The custom properties of the style sheet, light and dark as the reader's system is.
const THEME: &str = include_str!("theme.css");

/// The drawing as an `svg` element for a page that has `STYLE`. `prefix` begins every id in it:
/// one picture of a page is told from another by it; it must be a letter, then letters, digits and
/// `-`.
///
/// - The element has the class `picture`, `role="img"` and an `aria-label`.
/// - `g.node#PREFIX-n3[data-node=ID]` is the node 3, with `shape-…`, `mark-…` and `heat-0` to
///   `heat-5`.
/// - `g.way[data-from=ID][data-to=ID]` is what leads from one node to another: a `line` between the
///   boxes, or a `row` in the box where the target is named. There is one for each pair of nodes,
///   with `mark-…` and `heat-…`.
/// - A script shows paths by the classes `taken` and `expected` on these, and `tracing` on the
///   `svg`.
pub fn svg(drawing: &Drawing, prefix: &str) -> String {
    let mut out = String::new();
    write(&mut out, drawing, prefix, "", None);
    out
}

/// The drawing as a document of its own, light or dark as the reader's system is.
pub(crate) fn standalone_svg(drawing: &Drawing) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write(&mut out, drawing, "p", " xmlns=\"http://www.w3.org/2000/svg\"", Some([THEME, STYLE]));
    out
}

fn write(out: &mut String, drawing: &Drawing, prefix: &str, namespace: &str, style: Option<[&str; 2]>) {
    // Writing to a String does not fail, here and below.
    let (width, height) = (drawing.width, drawing.height);
    let never = drawing.boxes.iter().filter(|drawn| drawn.mark == Mark::Never).count();
    let gaps = if drawing.counted { format!(", {never} never visited") } else { String::new() };
    let nodes = match drawing.boxes.len() {
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    };
    let label = format!("Flow {}, {nodes}{gaps}", drawing.title);
    let _ = writeln!(
        out,
        "<svg{namespace} class=\"picture\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\">",
        escape(&label)
    );
    if let Some([theme, rules]) = style {
        let _ = writeln!(out, "<style>\n{theme}{rules}</style>");
        let _ = writeln!(out, "<rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>");
    }
    for (index, line) in drawing.lines.iter().enumerate() {
        write_line(out, line, prefix, index);
    }
    for (index, drawn) in drawing.boxes.iter().enumerate() {
        write_box(out, drawn, prefix, index);
    }
    if let Some(note) = &drawing.note {
        let _ = writeln!(out, "<text class=\"e\" x=\"12\" y=\"{}\">{}</text>", height - 10, escape(note));
    }
    out.push_str("</svg>\n");
}

fn write_line(out: &mut String, line: &DrawnLine, prefix: &str, index: usize) {
    let (mark, heat) = (line.mark.name(), line.heat);
    let (from, to) = (escape(&line.from), escape(&line.to));
    let _ = write!(
        out,
        "<g class=\"way line mark-{mark} heat-{heat}\" id=\"{prefix}-l{index}\" data-from=\"{from}\" data-to=\"{to}\">"
    );
    title(out, &line.tooltip);
    out.push_str("<path d=\"");
    let mut last = (0, 0);
    for (index, &(x, y)) in line.points.iter().enumerate() {
        let _ = match index {
            0 => write!(out, "M{x} {y}"),
            index if index % 2 == 1 => write!(out, "H{x}"),
            _ => {
                let middle = i32::midpoint(last.0, x);
                write!(out, "C{middle} {} {middle} {y} {x} {y}", last.1)
            }
        };
        last = (x, y);
    }
    let (x, y) = last;
    let _ = writeln!(out, "\"/><path class=\"tip\" d=\"M{x} {y}l-7-4v8z\"/></g>");
}

fn write_box(out: &mut String, drawn: &DrawnBox, prefix: &str, index: usize) {
    let (shape, mark, heat, x, y) = (drawn.shape.name(), drawn.mark.name(), drawn.heat, drawn.x, drawn.y);
    let _ = write!(
        out,
        "<g class=\"node shape-{shape} mark-{mark} heat-{heat}\" id=\"{prefix}-n{index}\" data-node=\"{}\" \
         transform=\"translate({x} {y})\">",
        escape(&drawn.id)
    );
    title(out, &drawn.tooltip);
    outline(out, drawn);
    let right = drawn.width - 12;
    if !drawn.entries.is_empty() {
        let _ = write!(out, "<path class=\"entry\" d=\"M1-12l6 4-6 4z\"/><text class=\"e\" x=\"11\" y=\"-4\">");
        let _ = write!(out, "{}</text>", escape(&drawn.entries));
    }
    let _ = write!(out, "<text class=\"t\" x=\"12\" y=\"18\">{}</text>", escape(&drawn.title));
    let _ = write!(out, "<text x=\"12\" y=\"33\">{}</text>", escape(&drawn.subtitle));
    if !drawn.count.is_empty() {
        let _ = write!(out, "<text class=\"c\" x=\"{right}\" y=\"33\">{}</text>", escape(&drawn.count));
    }
    if !drawn.rows.is_empty() {
        let _ = write!(out, "<path class=\"rule\" d=\"M0 41H{}\"/>", drawn.width);
    }
    for row in &drawn.rows {
        write_row(out, drawn, row);
    }
    out.push_str("</g>\n");
}

fn write_row(out: &mut String, drawn: &DrawnBox, row: &DrawnRow) {
    let mark = row.mark.name();
    // The way of a row with a line is the line.
    match row.to.as_ref().filter(|_| !row.drawn) {
        Some(to) => {
            let (from, to) = (escape(&drawn.id), escape(to));
            let _ = write!(out, "<g class=\"way row mark-{mark}\" data-from=\"{from}\" data-to=\"{to}\">");
        }
        None => {
            let _ = write!(out, "<g class=\"row mark-{mark}\">");
        }
    }
    title(out, &row.tooltip);
    let y = row.y + 4;
    for (line, text) in (0..).zip(&row.lines) {
        let (x, y) = (if line == 0 { 12 } else { 12 + INDENT }, y + line * LINE);
        let _ = write!(out, "<text class=\"r\" x=\"{x}\" y=\"{y}\">{}</text>", escape(text));
    }
    if !row.count.is_empty() {
        let right = drawn.width - 12;
        let _ = write!(out, "<text class=\"c\" x=\"{right}\" y=\"{y}\">{}</text>", escape(&row.count));
    }
    out.push_str("</g>");
}

/// The outline tells kinds of nodes apart: round ends, cut corners where a way is chosen, one cut
/// corner where the caller is asked, bars beside another flow, an arrow where the call is handed
/// over.
fn outline(out: &mut String, drawn: &DrawnBox) {
    let (w, h) = (drawn.width, drawn.height);
    let _ = match drawn.shape {
        Shape::Step => write!(out, "<rect class=\"box\" width=\"{w}\" height=\"{h}\" rx=\"4\"/>"),
        Shape::Start => write!(out, "<rect class=\"box\" width=\"{w}\" height=\"{h}\" rx=\"18\"/>"),
        Shape::End => {
            let (inner_w, inner_h) = (w - 6, h - 6);
            write!(
                out,
                "<rect class=\"box\" width=\"{w}\" height=\"{h}\" rx=\"18\"/>\
                 <rect class=\"inner\" x=\"3\" y=\"3\" width=\"{inner_w}\" height=\"{inner_h}\" rx=\"15\"/>"
            )
        }
        Shape::Choice => {
            let (right, bottom) = (w - 20, h - 20);
            write!(out, "<path class=\"box\" d=\"M10 0h{right}l10 10v{bottom}l-10 10h-{right}l-10-10v-{bottom}z\"/>")
        }
        Shape::Input => {
            let (right, down, up) = (w - 14, h, h - 14);
            write!(out, "<path class=\"box\" d=\"M14 0h{right}v{down}h-{w}v-{up}z\"/>")
        }
        Shape::Call => write!(
            out,
            "<rect class=\"box\" width=\"{w}\" height=\"{h}\" rx=\"2\"/><path class=\"inner\" d=\"M5 0v{h}M{} 0v{h}\"/>",
            w - 5
        ),
        Shape::HandOver => {
            let (right, middle) = (w - 10, f64::from(h) / 2.0);
            write!(out, "<path class=\"box\" d=\"M0 0h{right}l10 {middle}-10 {middle}h-{right}z\"/>")
        }
    };
}

fn title(out: &mut String, text: &str) {
    if !text.is_empty() {
        let _ = write!(out, "<title>{}</title>", escape(text));
    }
}

/// Text safe in XML and HTML, as content and in double quotes. Characters that XML does not know
/// become U+FFFD.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(c),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
