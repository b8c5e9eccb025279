//! How a text is read, found from its beginning.
//!
//! Owns what is settled before the first record: the delimiter, the header, the
//! names of the columns and how wide records are.

use crate::format::csv::beginning::{Start, first_rows};
use crate::format::csv::doubts::Doubts;
use crate::format::csv::grammar::{after_break, unquoted};
use crate::format::csv::scan::{Scanner, Unclosed};
use crate::format::csv::widths::Widths;
use crate::format::csv::{Input, delimiter, swallowed, swallowing, unclosed};
use crate::format::{Fault, Frame};
use crate::input::{Format, Layout, Ragged, beginning, line_breaks};

impl Input {
    /// Reads what comes before the first record; `None` where the sample does not
    /// hold all of it. `format` is what the layout says or else was found out.
    pub(in crate::format) fn open(
        sample: &[u8],
        complete: bool,
        format: Format,
        layout: &Layout,
    ) -> Result<Option<Self>, Box<Fault>> {
        let Some(Start { at: start, sep }) = Start::find(sample, complete, layout.skip_lines)?
        else {
            return Ok(None);
        };
        let tab = |format| (format == Format::Tsv).then_some(b'\t');
        let delimiter = layout
            .delimiter
            .or(layout.format.and_then(tab))
            .or(sep)
            .or(tab(format))
            .unwrap_or_else(|| delimiter::detect(sample, start, complete));
        let mut scanner = Scanner::new(sample, start, delimiter);
        let first = match scanner.next() {
            Some(Ok(first)) if first.end() < sample.len() || complete => first,
            Some(Err(Unclosed { quote, .. })) if complete => {
                let record = layout.no_header.then_some(1);
                return Err(unclosed(quote, record));
            }
            _ => return Ok(None),
        };
        if let Some(quote) = swallowed(sample, &first).filter(|_| !layout.no_header) {
            let lines = line_breaks(&sample[quote..first.end()]);
            return Err(swallowing(quote, None, lines));
        }
        let end = first.end();
        let behind = after_break(sample, end);
        if behind == sample.len() && sample.ends_with(b"\r") && !complete {
            return Ok(None);
        }
        let text = std::str::from_utf8(&sample[..end]).map_err(|error| {
            Fault::not_utf8(sample, error.valid_up_to(), None, &beginning(sample))
        })?;
        let rows = first_rows(sample, start, delimiter, complete);
        let widths = Widths::find(&rows, layout.ragged == Ragged::Pad, layout.no_header);
        let names = if layout.no_header {
            (1..=widths.columns())
                .map(|number| number.to_string())
                .collect()
        } else {
            let names = first
                .fields()
                .map(|place| unquoted(&text[place]).into_owned());
            let unnamed = std::iter::repeat_n(String::new(), widths.unnamed);
            names.chain(unnamed).collect()
        };
        Ok(Some(Input {
            delimiter,
            names,
            start,
            header_end: (!layout.no_header).then_some(end),
            prologue: if layout.no_header { start } else { behind },
            width: widths.record(),
            behind: widths.trailing,
            widths,
            slots: Vec::new(),
            in_place: Vec::new(),
            appended: Vec::new(),
            quotable: Vec::new(),
            frame: Frame::default(),
        }))
    }

    /// Refuses what would be read wrong. `known` is true for the name of a column
    /// that feeds a criterion, `stated` for one that the user named.
    pub(in crate::format) fn check(
        &self,
        sample: &[u8],
        complete: bool,
        known: &dyn Fn(&str) -> bool,
        stated: &dyn Fn(&str) -> bool,
    ) -> Result<(), Box<Fault>> {
        let doubts = Doubts {
            sample,
            complete,
            start: self.start,
            delimiter: self.delimiter,
            rows: &first_rows(sample, self.start, self.delimiter, complete),
            no_header: !self.has_header(),
            known,
            stated,
        };
        doubts.check()
    }
}
