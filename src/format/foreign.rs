//! Text in a notation that is not read, known by how it begins.
//!
//! Owns how a document differs from a header that merely begins with the same sign:
//! `<id>,name` is a header, `<table><tr>` is not.

use crate::error::Help;
use crate::format::{Fault, FaultResult, input};

/// What can be read.
const READ: &str = "CSV, TSV, JSON, NDJSON or an .xlsx workbook";
/// How much of the text is searched for what shows its kind.
const SEARCHED: usize = 4096;

/// Names of HTML's elements with which a page, or a table from one, begins.
const HTML: &str = "a b body br caption center col colgroup div em fieldset font form frameset h1 \
    h2 h3 head hr html i iframe img input li link main meta nav noscript ol p pre script section \
    span strong style table tbody td tfoot th thead title tr u ul";

/// Refuses text that is certainly not in a format that is read. `text` begins at `at`.
pub(super) fn refuse(text: &[u8], at: usize) -> FaultResult {
    let spreadsheet =
        || Help::from("open it in a spreadsheet program and save it as .xlsx, or as CSV (UTF-8)");
    let (what, help) = match kind(text) {
        None => return Ok(()),
        Some(Kind::Html) => (
            "HTML, as web applications show or export tables, also under .xls or .csv",
            spreadsheet(),
        ),
        Some(Kind::Page) => (
            "a web page saved as one file (MHTML), as some programs export tables under .xls",
            spreadsheet(),
        ),
        Some(Kind::Spreadsheet) => (
            "a spreadsheet as XML (SpreadsheetML or OpenDocument), as programs export it under .xls \
             or .xml",
            spreadsheet(),
        ),
        Some(Kind::Xml) => (
            "XML",
            Help::from("export the data as CSV or JSON, or convert it first"),
        ),
        Some(Kind::Program) => (
            "the source of a PHP page",
            Help::from("open the page in a browser, and export the data there"),
        ),
        Some(Kind::Picture) => (
            "a picture (SVG)",
            Help::from("export the data as CSV first"),
        ),
        Some(Kind::Sylk) => ("a SYLK spreadsheet", spreadsheet()),
        Some(Kind::Cards) => (
            "a list of vCards",
            Help::from("export the contacts as CSV first"),
        ),
        Some(Kind::Sequence) => (
            "a JSON text sequence, in which a control character begins each record",
            Help::convert("remove these", "tr -d '\\036' <FILE"),
        ),
    };
    let error = input(format!("this is {what}")).expected(READ).help(help);
    Err(Fault::of_input(at, error))
}

/// A kind of text that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Html,
    Page,
    Spreadsheet,
    Program,
    Picture,
    Xml,
    Sylk,
    Cards,
    Sequence,
}

fn kind(text: &[u8]) -> Option<Kind> {
    let text = &text[..text.len().min(SEARCHED)];
    let begins = |first: &str| {
        let head = text.get(..first.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(first.as_bytes()))
    };
    let holds = |part: &str| memchr::memmem::find(text, part.as_bytes()).is_some();
    if begins("\u{1e}{") {
        Some(Kind::Sequence)
    } else if begins("MIME-Version:") || begins("From: <Saved by ") {
        Some(Kind::Page)
    } else if begins("ID;P") && (holds("\nC;") || holds("\nB;") || holds("\nP;") || holds("\nF;")) {
        Some(Kind::Sylk)
    } else if begins("BEGIN:VCARD") {
        Some(Kind::Cards)
    } else if begins("<!doctype html")
        || tag(text).is_some_and(|(name, _)| name.eq_ignore_ascii_case(b"html"))
    {
        Some(Kind::Html)
    } else if begins("<?php") {
        Some(Kind::Program)
    } else if tag(text).is_some_and(|(name, _)| name == b"svg") {
        Some(Kind::Picture)
    } else if holds("urn:schemas-microsoft-com:office:spreadsheet") && is_markup(text)
        || begins("<?xml") && (holds("<office:document") || holds("progid=\"Excel.Sheet\""))
    {
        Some(Kind::Spreadsheet)
    } else if !is_markup(text) {
        None
    } else if is_html(text) {
        Some(Kind::Html)
    } else {
        Some(Kind::Xml)
    }
}

/// True if the text begins with a document's declaration, a comment, or an element that
/// contains others or ends on its line. A name in angle brackets does neither.
fn is_markup(text: &[u8]) -> bool {
    if [&b"<?xml"[..], b"<!--", b"<!DOCTYPE", b"<!doctype"].map(|first| text.starts_with(first))
        != [false; 4]
    {
        return true;
    }
    let Some((name, behind)) = tag(text) else {
        return false;
    };
    let rest = text[behind..].trim_ascii_start();
    let holds_others = tag(rest).is_some() || rest.starts_with(b"<!") || rest.starts_with(b"</");
    let closing = [b"</", name].concat();
    let closed = memchr::memmem::find(rest, b"</").is_some()
        || memchr::memmem::find(rest, b"/>").is_some()
        || text[..behind].ends_with(b"/>");
    if holds_others {
        return closed || is_html_name(name);
    }
    // `<title>Report</title>`, with nothing or another element after it.
    let Some(end) = memchr::memmem::find(rest, &closing) else {
        return false;
    };
    let after = &rest[end + closing.len()..];
    let after = after.strip_prefix(b">").unwrap_or(after);
    let line = after.split(|byte| *byte == b'\n').next();
    let line = line.unwrap_or_default().trim_ascii();
    line.is_empty() || line.starts_with(b"<")
}

/// The name of the opening tag at the beginning of `text`, and the place after it.
fn tag(text: &[u8]) -> Option<(&[u8], usize)> {
    let inner = text.strip_prefix(b"<")?;
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b":-_.".contains(byte);
    let length = inner.iter().take_while(|byte| is_name(byte)).count();
    let name = &inner[..length];
    if !name.first()?.is_ascii_alphabetic() {
        return None;
    }
    let mut quote = None;
    for (place, byte) in inner.iter().enumerate().skip(length) {
        match (quote, byte) {
            (None, b'>') => return Some((name, place + 2)),
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, b'<') => return None,
            (Some(open), _) if open == *byte => quote = None,
            // Attributes follow a space.
            (None, _) if place == length && !byte.is_ascii_whitespace() && *byte != b'/' => {
                return None;
            }
            _ => {}
        }
    }
    None
}

fn is_html_name(name: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    HTML.split_ascii_whitespace()
        .any(|one| one.as_bytes() == name)
}

/// True if the first element of a markup is one of HTML's.
fn is_html(text: &[u8]) -> bool {
    let mut rest = text;
    loop {
        let behind = match rest {
            _ if rest.starts_with(b"<!--") => memchr::memmem::find(rest, b"-->").map(|at| at + 3),
            [b'<', b'!' | b'?', ..] => memchr::memchr(b'>', rest).map(|at| at + 1),
            _ => return tag(rest).is_some_and(|(name, _)| is_html_name(name)),
        };
        let Some(behind) = behind else { return false };
        rest = rest[behind..].trim_ascii_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_more_than_one_sign() {
        for (text, expected) in [
            ("<!DOCTYPE html>\n<html>", Kind::Html),
            ("<html>\n", Kind::Html),
            ("<?php echo 1; ?>", Kind::Program),
            ("<svg width=\"1\">", Kind::Picture),
            ("<html xmlns:o=\"a>b\">\n<head>", Kind::Html),
            ("<table><tr><td>contract<td>yes", Kind::Html),
            ("<TABLE border=1>\n<TR><TD>a</TD></TR></TABLE>", Kind::Html),
            ("<br />\n<b>Warning</b>: x in y\nname,contract", Kind::Html),
            ("<title>Report</title>\n<table>", Kind::Html),
            ("<!-- x --><table><tr>", Kind::Html),
            ("<meta charset=utf-8><table><tr>", Kind::Html),
            ("<?xml version=\"1.0\"?>\n<rows><row/></rows>", Kind::Xml),
            (
                "<rows><row><contract>yes</contract></row></rows>",
                Kind::Xml,
            ),
            (
                "<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?><Workbook>",
                Kind::Spreadsheet,
            ),
            (
                "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet/>",
                Kind::Spreadsheet,
            ),
            ("MIME-Version: 1.0\r\n", Kind::Page),
            ("ID;PWXL;N;E\r\nP;PGeneral\r\n", Kind::Sylk),
            ("BEGIN:VCARD\r\n", Kind::Cards),
            ("\u{1e}{\"contract\":\"yes\"}\n", Kind::Sequence),
        ] {
            assert_eq!(kind(text.as_bytes()), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_header_may_begin_with_an_angle_bracket() {
        for text in [
            "<id>,name\n1,x</b>\n",
            "<id>;<name>\n<1>;<x>\n",
            "<id>\n<1>\n",
            "<title>,contract\n<b>x</b>,yes\n",
            "<b>Name</b>,<b>Contract</b>\nx,yes\n",
            "<id\n",
            "<,>\n",
            "< 5 employees,contract\n",
            "ID;Product;Contract\n1;x;yes\n",
            "<a@b.example>,x\n",
            "",
        ] {
            assert_eq!(kind(text.as_bytes()), None, "{text}");
        }
    }
}
