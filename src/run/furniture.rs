//! Records that are not about a buyer: totals, footers, and the header again.
//!
//! Owns how they are recognized by all their cells, in any format. Most records show
//! with the beginnings of two cells that they are ordinary ones; only the others are
//! read as a whole. Knows no columns and no slots.

mod filter;
mod glance;
mod words;

use self::filter::Filter;
use self::glance::{
    LEADS, Lead, is_beside_total, is_code, is_same_letter, is_text, may_be_name, second,
};
use self::words::{Cell, Words, is_number};
use crate::error::Place;
use crate::format::Cells;
use crate::lexicon::normalize::header_key;
use crate::rulebook::UNDETERMINED;

/// What a record is if it is not about a buyer. Such a record gives no evidence, and its
/// labels are undetermined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Furniture {
    /// One of its cells, the first one with few exceptions, is a word for a total, the
    /// others are numbers or empty.
    Total,
    /// Its only cell is the footer of a page or of a report.
    Footer,
    /// It repeats the header.
    Header,
}

/// How many records of each kind there are, and where the first ones are.
#[derive(Debug, Clone, Default)]
pub struct Furnished(Vec<(Furniture, u64, Vec<Place>)>);

impl Furnished {
    /// How many places of each kind are kept.
    const MOST: usize = 10;

    pub(super) fn note(&mut self, kind: Furniture, place: impl FnOnce() -> Place) {
        let known = self.0.iter().position(|(of, ..)| *of == kind);
        let at = known.unwrap_or_else(|| {
            self.0.push((kind, 0, Vec::new()));
            self.0.len() - 1
        });
        let (_, count, places) = &mut self.0[at];
        *count += 1;
        if places.len() < Self::MOST {
            places.push(place());
        }
    }

    pub(super) fn add(&mut self, later: Furnished) {
        for (kind, count, places) in later.0 {
            match self.0.iter_mut().find(|(of, ..)| *of == kind) {
                Some((_, all, first)) => {
                    *all += count;
                    let room = Self::MOST - first.len();
                    first.extend(places.into_iter().take(room));
                }
                None => self.0.push((kind, count, places)),
            }
        }
    }

    /// The number of all such records.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count, _)| count).sum()
    }

    /// The number of records of a kind, and the places of the first ten.
    pub fn of(&self, kind: Furniture) -> (u64, &[Place]) {
        let mut all = self.0.iter();
        let of = all.find(|(of, ..)| *of == kind);
        of.map_or((0, &[]), |(_, count, places)| (*count, places))
    }
}

/// The text of a raw cell from its first byte on, without an opening quote; `None` if it
/// is empty.
#[inline(always)]
fn inner(raw: &[u8]) -> Option<&[u8]> {
    match raw {
        [] | [b'"', b'"'] => None,
        [b'"', inner @ ..] if !inner.is_empty() => Some(inner),
        raw => Some(raw),
    }
}

/// False for a record with a text in a cell that is not the first one, not the name of
/// its column and no word beside totals: no total and no footer has that. `text_at`
/// is the place of such a cell in an earlier record, which is looked at first; any place
/// gives the same answer.
#[inline(always)]
pub(super) fn is_possible(cells: &impl Cells, added: &[String], text_at: &mut usize) -> bool {
    !is_ordinary(cells, *text_at) && is_possible_at_all(cells, added, text_at)
}

/// True if the cell at this place shows that a record is an ordinary one.
#[inline(always)]
fn is_ordinary(cells: &impl Cells, place: usize) -> bool {
    let [first, second, name] = cells.glance(place);
    place > 0
        && LEADS[usize::from(first)] == Lead::Letter
        && !is_code(first, second)
        && !is_same_letter(first, name)
        && !is_beside_total(first, second)
}

/// The same for the others, by all their cells.
#[inline(never)]
fn is_possible_at_all(cells: &impl Cells, added: &[String], text_at: &mut usize) -> bool {
    let filter = Filter::get();
    if let Some(key) = cells.key()
        && filter.may_be_total(key.as_bytes())
    {
        return true;
    }
    let mut first: Option<&[u8]> = None;
    let mut is_alone = true;
    let mut has_word = false;
    for place in 0..cells.count() {
        let Some(cell) = inner(cells.raw(place)) else {
            continue;
        };
        if first.is_none() {
            first = Some(cell);
            let name = cells.name(place).map_or(&b""[..], str::as_bytes);
            if !name.is_empty() && may_be_name(cell, name) {
                return true;
            }
            has_word = filter.may_be_total(cell);
            continue;
        }
        if cells.name(place).is_some_and(|name| is_one_of(added, name)) {
            continue;
        }
        let is_word = is_beside_total(cell[0], second(cell));
        if is_text(cell) && !is_word {
            *text_at = place;
            return false;
        }
        if is_word || is_code(cell[0], second(cell)) {
            is_alone = false;
            has_word |= filter.may_be_total(cell);
        }
        // A sign or a word may stand for an empty cell.
        if cell.iter().any(u8::is_ascii_digit) {
            is_alone = false;
        }
    }
    let Some(first) = first else { return false };
    has_word || is_alone && filter.may_stand_alone(first)
}

/// The kind of a record, if it is not about a buyer. Columns with one of the names in
/// `added` were added by an earlier run and do not count; `is_blank` is true for a text
/// that stands for no value.
#[cold]
#[inline(never)]
pub(super) fn kind(
    cells: &impl Cells,
    added: &[String],
    mut is_blank: impl FnMut(&str) -> bool,
) -> Option<Furniture> {
    if is_header(cells, added) {
        return Some(Furniture::Header);
    }
    if cells.key().is_some_and(|key| Words::get().is_key(&key)) {
        return Some(Furniture::Total);
    }
    let is_added = |place: usize| cells.name(place).is_some_and(|name| is_one_of(added, name));
    let mut filled: Vec<Cell<'_>> = Vec::new();
    for place in 0..cells.count() {
        let text = cells.text(place);
        if text == UNDETERMINED || is_blank(&text) || is_added(place) {
            continue;
        }
        let name = cells.name(place).unwrap_or_default();
        let is_number = is_number(&text);
        filled.push(Cell {
            text,
            name,
            is_number,
        });
    }
    Words::get().kind(&filled, cells.count())
}

fn is_one_of(names: &[String], name: &str) -> bool {
    names.iter().any(|one| one == name)
}

/// True if each cell is the name of its column, or most of them are, as names are
/// compared, and the others are empty.
fn is_header(cells: &impl Cells, added: &[String]) -> bool {
    let (mut named, mut exact, mut alike) = (0, 0, 0);
    for place in 0..cells.count() {
        let Some(name) = cells.name(place) else {
            return false;
        };
        if is_one_of(added, name) {
            continue;
        }
        let (text, name) = (cells.text(place), name.trim());
        let text = text.trim();
        named += usize::from(!name.is_empty());
        if text.is_empty() {
            continue;
        }
        let key = header_key(name);
        match text == name {
            true => exact += 1,
            false if !key.is_empty() && header_key(text) == key => alike += 1,
            false => return false,
        }
    }
    // A single word may well be a value in other letters than the name of its column.
    match alike {
        0 => exact > 0 && exact == named,
        _ => exact + alike > 1 && (exact + alike) * 2 > named,
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    struct Record<'r>(&'r [&'r str], &'r [&'r str]);

    impl Cells for Record<'_> {
        fn count(&self) -> usize {
            self.0.len()
        }

        fn raw(&self, place: usize) -> &[u8] {
            self.0[place].as_bytes()
        }

        fn glance(&self, place: usize) -> [u8; 3] {
            let Some(cell) = self.0.get(place).filter(|_| !self.text(0).is_empty()) else {
                return [0; 3];
            };
            let mut bytes = cell.trim_start_matches('"').bytes();
            let name = self.name(place).and_then(|name| name.bytes().next());
            let mut next = || bytes.next().unwrap_or(b',');
            [next(), next(), name.unwrap_or(0)]
        }

        fn text(&self, place: usize) -> Cow<'_, str> {
            self.0[place].trim_matches('"').into()
        }

        fn name(&self, place: usize) -> Option<&str> {
            self.1.get(place).copied()
        }
    }

    fn kind_of(cells: &[&str]) -> Option<Furniture> {
        let cells = Record(cells, &["Company", "Contract Number", "Status", "Amount"]);
        let is_blank = |text: &str| text.trim_matches(['-', ' ']).is_empty() || text == "NULL";
        let kind = kind(&cells, &["relationship_label".to_owned()], is_blank);
        for mut text_at in 0..=cells.count() {
            let is_possible = is_possible(&cells, &[], &mut text_at);
            assert!(kind.is_none() || is_possible, "{:?}", cells.0);
        }
        kind
    }

    #[test]
    fn a_total_is_a_word_for_it_among_numbers() {
        for cells in [
            ["Grand Total", "1", "", ""],
            ["\"Grand Total\"", "\"1\"", "\"\"", "\"\""],
            ["Gesamtergebnis", "", "", "1.234,50 €"],
            ["Nord Gesamt", "3", "", "9"],
            ["Total Nord", "", "", "EUR 1,200.00"],
            ["Nord GmbH Total", "", "", "9"],
            ["Zwischensumme Nord GmbH", "", "", "9"],
            // In another cell: after a row's number, a group, or nothing but numbers.
            ["3", "Grand Total", "2", "12"],
            ["North", "Subtotal", "1", "5"],
            ["North", "SUBTOTAL", "1", "5"],
            ["1", "5", "3", "Gesamtsumme"],
            ["3", "Total", "2", "12"],
            ["3", "Razem", "", "12"],
            // Beside a currency, all groups, a count, an amount, a day.
            ["Subtotal", "EUR", "3", ""],
            ["Suma końcowa", "zł", "3", ""],
            ["Grand Total", "All", "", "3"],
            ["Zwischensumme", "alle", "", "3"],
            ["Total général", "tous", "", "3"],
            ["Grand Total", "2 contracts", "", "3"],
            ["Suma końcowa", "12 kontrat", "", ""],
            ["Grand Total", "1.2k", "", ""],
            ["Gesamtergebnis", "1,2 Mio. €", "", "∑ 2"],
            ["Gesamtergebnis", "Ø 12", "31.01.2024", ""],
            // As pivot tables name them.
            ["Sum of Amount", "", "", "12"],
            ["Nombre de contrats", "", "", "12"],
            ["Liczba umów", "", "", "12"],
            ["Số lượng hợp đồng", "", "", "12"],
            ["Nord Ergebnis", "", "", "12"],
            ["North Result", "", "", "12"],
            ["W sumie", "", "", "12"],
            ["GrandTotal", "", "", "12"],
            ["∑", "", "", "12"],
            ["Σ", "", "", "12"],
            ["Totaal", "", "", "12"],
            ["Max", "17", "", ""],
            ["Zwischensumme:", "", "", "12"],
            ["Sous-total", "", "", "12 345,67"],
            ["TOTAL GENERAL", "", "", "12"],
            ["Razem", "", "", "12 000,00 zł"],
            ["Tổng cộng", "", "-", "12"],
            ["Tong cong", "", "", "12"],
            ["Total", "", "", ""],
            ["", "Suma końcowa", "", "4"],
            ["Grand Total (17)", "", "", ""],
            ["Grand Total", "NULL", "Undetermined", "1"],
            ["Count", "17", "", ""],
        ] {
            assert_eq!(kind_of(&cells), Some(Furniture::Total), "{cells:?}");
        }
        for cells in [
            ["Total", "C-9", "active", ""],
            ["Total", "9", "active", ""],
            ["Summe AG", "9", "", ""],
            ["Summe AG", "C-9", "active", "3"],
            ["Total Energies", "", "", ""],
            ["Total", "2024-01-31", "", "3"],
            ["Total Nord GmbH", "", "", "9"],
            ["Total Recall SARL", "17", "", ""],
            ["Total SA", "17", "", ""],
            ["Total Energies", "17", "", ""],
            ["Hotel Total", "17", "", ""],
            ["Somme Dominique", "17", "", ""],
            ["Préfecture de la Somme", "17", "", ""],
            ["Razem Anna", "17", "", ""],
            ["Suma Jan", "17", "", ""],
            ["Tổng công ty Sông Đà", "17", "", ""],
            ["Cộng Cà phê", "17", "", ""],
            ["7", "Max", "", "3"],
            ["North", "Total", "", "3"],
            ["Grand Total GmbH", "17", "", ""],
            ["Acme", "Subtotal", "active", ""],
            ["Total", "31.01.2024", "", "3"],
            ["Total", "+49 30 1234567", "", "3"],
            ["Nord", "1", "", "3"],
            ["TOTAL-17", "4", "", "3"],
            ["Count Dracula", "17", "", ""],
            ["Summerfield", "17", "", ""],
            ["", "", "", ""],
            ["", "17", "", "4"],
        ] {
            assert_eq!(kind_of(&cells), None, "{cells:?}");
        }
    }

    #[test]
    fn a_given_name_is_no_statistic() {
        for (name, expected) in [
            ("First name", None),
            ("Vorname", None),
            ("Imię", None),
            ("Region", Some(Furniture::Total)),
        ] {
            for word in ["Max", "Min"] {
                let record = Record(&[word, "17"], &[name, "Contract"]);
                let kind = kind(&record, &[], |text| text.is_empty());
                assert_eq!(kind, expected, "{name}: {word}");
            }
        }
    }

    #[test]
    fn a_footer_stands_alone() {
        for footer in [
            "Page 1 of 1",
            "page 1/2",
            "- 3 -",
            "1/3",
            "10:00",
            "3:15 PM",
            "© 2024 Acme",
            "(c) 2024",
            "Rows 1-2 of 2",
            "S. 1/3",
            "p. 1",
            "Xuất lúc 10:00",
            "Feuille 1/3",
            "Sheet 1 of 3",
            "Arkusz 1",
            "Wydruk z dnia 3.04.2024",
            "Seite 1 von 3",
            "Strona 1 z 2",
            "Trang 1/2",
            "(3 rows affected)",
            "3 rows",
            "Datensätze: 17",
            "Confidential Information - Do Not Distribute",
            "Generated by Jane Doe 3/5/2024 10:00 AM",
            "Wygenerowano: 2024-01-31 10:00",
        ] {
            let expected = Some(Furniture::Footer);
            assert_eq!(kind_of(&[footer, "", "", ""]), expected, "{footer}");
            assert_eq!(kind_of(&[footer, "", "active", ""]), None, "{footer}");
        }
        for cell in [
            "Page",
            "31.01.2024",
            "17",
            "3/1",
            "V-1/3",
            "1/2024",
            "-3",
            "p{0}",
            "p}0",
            "S 3",
            "p 7",
        ] {
            assert_eq!(kind_of(&[cell, "", "", ""]), None, "{cell}");
        }
        let alone = Record(&["1/3"], &["Contract"]);
        assert_eq!(kind(&alone, &[], |text| text.is_empty()), None);
        assert_eq!(kind_of(&["Pagefour Ltd", "", "", ""]), None);
    }

    #[test]
    fn the_header_again_has_the_name_of_each_column() {
        let header = ["Company", "Contract Number", "Status", "Amount"];
        assert_eq!(kind_of(&header), Some(Furniture::Header));
        assert_eq!(kind_of(&["Company", "C-1", "Status", "Amount"]), None);
        assert_eq!(kind_of(&["Company", "", "", ""]), None);
        for again in [
            ["COMPANY", "CONTRACT NUMBER", "STATUS", "AMOUNT"],
            ["company", "contract_number", "Status:", "amount"],
            ["Company", "Contract number", "Status", ""],
        ] {
            assert_eq!(kind_of(&again), Some(Furniture::Header), "{again:?}");
        }
        assert_eq!(kind_of(&["COMPANY", "", "", ""]), None);
        assert_eq!(kind_of(&["company", "contract number", "", "17"]), None);
        let one = Record(&["CLIENT"], &["Client"]);
        assert_eq!(kind(&one, &[], |text| text.is_empty()), None);
        let labelled = Record(&["a", "Client"], &["a", "relationship_label"]);
        let added = ["relationship_label".to_owned()];
        let kind = |cells| kind(cells, &added, |text| text.is_empty());
        assert_eq!(kind(&labelled), Some(Furniture::Header));
    }

    #[test]
    fn a_number_is_one_with_a_unit_at_most() {
        for text in [
            "0",
            "17",
            "-3",
            "1,234",
            "1.234,5",
            "1'234.50",
            "12,34,567",
            "12 345",
            "12 %",
            "€ 1.200,00",
            "PLN 12",
            "12.5 zł",
            "(5)",
            ".5",
            "1\u{a0}234,00\u{a0}€",
        ] {
            assert!(is_number(text), "{text}");
        }
        for text in [
            "",
            "-",
            "C-17",
            "01.02.2024",
            "2024-01-31",
            "1/2",
            "12:30",
            "030 1234567",
            "1 2 3",
            "3 years",
            "10.0.0.1",
            "01.02.24",
        ] {
            assert!(!is_number(text), "{text}");
        }
    }
}
