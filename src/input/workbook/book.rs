//! What a workbook is made of: its sheets, and the parts that its cells refer to.
//!
//! Owns the way from the archive to the parts: relationships, the list of sheets, and how
//! their dates are counted. Knows nothing of cells.

use std::collections::{HashMap, HashSet};

use super::bounds::{self, Use};
use super::fault::{Checked, Fault};
use super::namespaces::{MAIN, Vocabulary};
use super::package::{Package, Part};
use super::xml::{Item, Xml};
use crate::error::{Error, Result};
use crate::text::{grouped, quoted};

/// The part that names the one with the list of sheets.
const ROOT: &str = "_rels/.rels";
/// The elements of a part with relationships.
const RELATIONSHIPS: Vocabulary = Vocabulary {
    root: "Relationships",
    namespaces: &["http://schemas.openxmlformats.org/package/2006/relationships"],
    read: &["Relationship"],
};
/// The elements of the part with the list of sheets.
const LIST: Vocabulary = Vocabulary {
    root: "workbook",
    namespaces: MAIN,
    read: &["sheets", "sheet", "workbookPr"],
};

/// A workbook.
pub(super) struct Book {
    package: Package,
    /// The folder of its parts in the archive, with a slash at its end.
    folder: String,
    /// Its worksheets.
    pub(super) sheets: Vec<Listed>,
    /// Dates are counted from 1904.
    pub(super) from_1904: bool,
    texts: Option<String>,
    formats: Option<String>,
}

/// A sheet in the workbook's list.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) is_visible: bool,
    /// The name of its part.
    part: String,
}

/// A relationship of one part to another.
struct Relationship {
    id: String,
    /// The last segment of its type's address.
    kind: String,
    target: String,
}

/// A sheet of the list, before its part is known.
struct Entry {
    name: String,
    is_visible: bool,
    id: String,
}

impl Book {
    pub(super) fn read(mut package: Package) -> Result<Self> {
        let mut main = None;
        relationships(&mut package, ROOT, |relationship| {
            match &*relationship.kind {
                "officeDocument" => only(&mut main, relationship.target, "lists of sheets"),
                _ => Ok(()),
            }
        })?;
        let main = main.ok_or_else(|| {
            Fault::Malformed("it does not name the part with its sheets".to_owned()).in_part(ROOT)
        })?;
        let main = resolved("", &main);
        let (folder, file) = match main.rsplit_once('/') {
            Some((folder, file)) => (format!("{folder}/"), file.to_owned()),
            None => (String::new(), main.clone()),
        };
        let (entries, from_1904) = sheets(&mut package, &main)?;
        // The parts of the sheets, by their ids.
        let mut parts: HashMap<&str, Option<(String, bool)>> =
            entries.iter().map(|entry| (&*entry.id, None)).collect();
        let (mut texts, mut formats) = (None, None);
        let from = format!("{folder}_rels/{file}.rels");
        relationships(&mut package, &from, |relationship| {
            let target = resolved(&folder, &relationship.target);
            match &*relationship.kind {
                "sharedStrings" => only(&mut texts, target, "parts with shared texts"),
                "styles" => only(&mut formats, target, "parts with styles"),
                kind => match parts.get_mut(&*relationship.id) {
                    Some(part) => {
                        let two = "parts for the sheet of one relationship";
                        only(part, (target, kind == "worksheet"), two)
                    }
                    None => Ok(()),
                },
            }
        })?;
        let mut sheets = Vec::new();
        let mut taken = HashSet::new();
        for entry in &entries {
            let part = parts.get(&*entry.id).cloned().flatten();
            let (part, is_worksheet) = part.ok_or_else(|| {
                let name = quoted(&entry.name);
                Fault::Malformed(format!("the sheet {name} has no part")).in_part(&main)
            })?;
            if !taken.insert(part.to_ascii_lowercase()) {
                let part = quoted(&part);
                let found = format!("two sheets have the part {part}");
                return Err(Fault::Malformed(found).in_part(&main));
            }
            // Others are charts.
            if is_worksheet {
                sheets.push(Listed {
                    name: entry.name.clone(),
                    is_visible: entry.is_visible,
                    part,
                });
            }
        }
        Ok(Book {
            package,
            folder,
            sheets,
            from_1904,
            texts,
            formats,
        })
    }

    /// The part of the sheet at this place in the list.
    pub(super) fn sheet(&mut self, at: usize) -> Result<Part> {
        let name = &self.sheets[at].part;
        let part = self.package.part(name, Use::Sheet);
        part.map_err(Fault::error)?.ok_or_else(|| missing(name))
    }

    /// The part with the texts that cells share, if there is one.
    pub(super) fn texts(&mut self) -> Result<Option<Part>> {
        let named = self.texts.take();
        self.named_or(named, "sharedStrings.xml", Use::Texts)
    }

    /// The part with the formats of numbers, if there is one.
    pub(super) fn formats(&mut self) -> Result<Option<Part>> {
        let named = self.formats.take();
        self.named_or(named, "styles.xml", Use::Other)
    }

    fn named_or(&mut self, named: Option<String>, usual: &str, of: Use) -> Result<Option<Part>> {
        let usual = format!("{}{usual}", self.folder);
        for name in named.iter().chain([&usual]) {
            let part = self.package.part(name, of).map_err(Fault::error)?;
            if part.is_some() {
                return Ok(part);
            }
        }
        Ok(None)
    }
}

fn missing(part: &str) -> Error {
    Fault::Damaged(format!("the part {} is missing", quoted(part))).error()
}

/// A part that has to be there.
fn required(package: &mut Package, name: &str) -> Result<Part> {
    let part = package.part(name, Use::Other).map_err(Fault::error)?;
    part.ok_or_else(|| missing(name))
}

/// Hands out the relationships in a part.
fn relationships(
    package: &mut Package,
    name: &str,
    mut each: impl FnMut(Relationship) -> Checked<()>,
) -> Result<()> {
    let part = required(package, name)?;
    let mut read = || {
        let mut xml = Xml::of(&part, RELATIONSHIPS);
        loop {
            match xml.next()? {
                Item::Start(tag) if tag.depth == 2 && tag.name() == "Relationship" => {
                    let text = |value| tag.value(value).map(|v| v.unwrap_or_default().into_owned());
                    let kind = text("Type")?;
                    each(Relationship {
                        id: text("Id")?,
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: text("Target")?,
                    })?;
                }
                Item::Over => return Ok(()),
                _ => {}
            }
        }
    };
    read().map_err(|fault: Fault| fault.in_part(name))
}

/// Sets what a workbook has once; an error if it was set to something else.
fn only<T: PartialEq>(to: &mut Option<T>, found: T, what: &str) -> Checked<()> {
    match to.as_ref().is_some_and(|before| *before != found) {
        true => Err(Fault::twice(what)),
        false => {
            *to = Some(found);
            Ok(())
        }
    }
}

/// The list of sheets, and whether dates are counted from 1904.
fn sheets(package: &mut Package, name: &str) -> Result<(Vec<Entry>, bool)> {
    let part = required(package, name)?;
    let (mut sheets, mut from_1904) = (Vec::new(), None);
    let (mut has_list, mut in_list) = (false, false);
    let mut read = || {
        let mut xml = Xml::of(&part, LIST);
        loop {
            match xml.next()? {
                Item::Start(tag) if tag.depth == 2 => match tag.name() {
                    "sheets" if has_list => return Err(Fault::twice("elements \"sheets\"")),
                    "sheets" => (has_list, in_list) = (true, true),
                    "workbookPr" => {
                        in_list = false;
                        let stated = epoch(tag.value("date1904")?.as_deref())?;
                        only(&mut from_1904, stated, "elements \"workbookPr\"")?;
                    }
                    _ => in_list = false,
                },
                Item::Start(tag) if tag.depth == 3 && in_list && tag.name() == "sheet" => {
                    if sheets.len() == bounds::SHEETS {
                        let most = grouped(bounds::SHEETS as u64);
                        return Err(Fault::Beyond(
                            format!("it lists more than {most} sheets"),
                            format!("at most {most} sheets"),
                        ));
                    }
                    let name = tag.value("name")?.unwrap_or_default().into_owned();
                    if name.chars().count() > bounds::SHEET_NAME {
                        let most = bounds::SHEET_NAME;
                        return Err(Fault::Beyond(
                            format!("the name of a sheet has more than {most} characters"),
                            format!("names of at most {most} characters"),
                        ));
                    }
                    let state = tag.value("state")?;
                    sheets.push(Entry {
                        name,
                        is_visible: !matches!(state.as_deref(), Some("hidden" | "veryHidden")),
                        id: tag.reference()?.unwrap_or_default().into_owned(),
                    });
                }
                Item::Over => return Ok(()),
                _ => {}
            }
        }
    };
    read().map_err(|fault| fault.in_part(name))?;
    Ok((sheets, from_1904.unwrap_or(false)))
}

/// Whether dates are counted from 1904, as the workbook states it.
fn epoch(stated: Option<&str>) -> Checked<bool> {
    match stated.map(str::to_ascii_lowercase).as_deref() {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(other) => {
            let found = format!("its attribute \"date1904\" is {}", quoted(other));
            Err(Fault::Malformed(found))
        }
    }
}

/// The name of a part that a relationship of a part in `folder` names.
fn resolved(folder: &str, target: &str) -> String {
    let path = match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("{folder}{target}"),
    };
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_relative_to_the_folder_unless_they_begin_with_a_slash() {
        for (target, name) in [
            ("worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("../xl/./styles.xml", "xl/styles.xml"),
            ("../../../styles.xml", "styles.xml"),
        ] {
            assert_eq!(resolved("xl/", target), name);
        }
    }
}
