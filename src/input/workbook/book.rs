//! What a workbook is made of: its sheets, and the parts that its cells refer to.
//!
//! Owns the way from the archive to the parts: relationships, the list of sheets, and how
//! their dates are counted. Knows nothing of cells.

use std::collections::HashMap;

use super::bounds::{self, Use};
use super::fault::Fault;
use super::package::{Package, Part};
use super::xml::{Item, Xml};
use crate::error::{Error, Result};
use crate::text::{grouped, quoted};

/// The part that names the one with the list of sheets.
const ROOT: &str = "_rels/.rels";

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
            if relationship.kind == "officeDocument" {
                main = Some(relationship.target);
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
                "sharedStrings" => texts = Some(target),
                "styles" => formats = Some(target),
                kind => {
                    if let Some(part) = parts.get_mut(&*relationship.id) {
                        *part = Some((target, kind == "worksheet"));
                    }
                }
            }
        })?;
        let mut sheets = Vec::new();
        for entry in &entries {
            let part = parts.get(&*entry.id).cloned().flatten();
            let (part, is_worksheet) = part.ok_or_else(|| {
                let name = quoted(&entry.name);
                Fault::Malformed(format!("the sheet {name} has no part")).in_part(&main)
            })?;
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
    mut each: impl FnMut(Relationship),
) -> Result<()> {
    let part = required(package, name)?;
    let mut read = || {
        let mut xml = Xml::of(&part);
        loop {
            match xml.next()? {
                Item::Start(tag) if tag.name() == "Relationship" => {
                    let text = |value| tag.value(value).map(|v| v.unwrap_or_default().into_owned());
                    let kind = text("Type")?;
                    each(Relationship {
                        id: text("Id")?,
                        kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                        target: text("Target")?,
                    });
                }
                Item::Over => return Ok(()),
                _ => {}
            }
        }
    };
    read().map_err(|fault: Fault| fault.in_part(name))
}

/// The list of sheets, and whether dates are counted from 1904.
fn sheets(package: &mut Package, name: &str) -> Result<(Vec<Entry>, bool)> {
    let part = required(package, name)?;
    let (mut sheets, mut from_1904) = (Vec::new(), false);
    let mut read = || {
        let mut xml = Xml::of(&part);
        loop {
            match xml.next()? {
                Item::Start(tag) if tag.name() == "sheet" => {
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
                        id: tag.value_of_any("id")?.unwrap_or_default().into_owned(),
                    });
                }
                Item::Start(tag) if tag.name() == "workbookPr" => {
                    if let Some(stated) = tag.value("date1904")? {
                        from_1904 = matches!(&*stated, "1" | "true");
                    }
                }
                Item::Over => return Ok(()),
                _ => {}
            }
        }
    };
    read().map_err(|fault| fault.in_part(name))?;
    Ok((sheets, from_1904))
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
