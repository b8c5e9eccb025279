//! Cells whose value is not what their type states are refused with their place; what
//! programs write is read.

use super::book::{Book, Part, TEXTS};
use super::labelled;

#[test]
fn half_a_surrogate_pair_stays_as_it_is_written() {
    let text = "a_xD83D_b _xD83D__xDE00_ _xde00_";
    let read = "a_xD83D_b \u{1f600} _xde00_";
    let texts = format!("<sst><si><t>{text}</t></si></sst>");
    for cell in [
        "<c r=\"B2\" t=\"s\"><v>0</v></c>".to_owned(),
        format!("<c r=\"B2\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
        format!("<c r=\"B2\" t=\"str\"><v>{text}</v></c>"),
    ] {
        let rows = format!("<row r=\"2\"><c r=\"A2\" t=\"str\"><v>no</v></c>{cell}</row>");
        let book = Book::with_rows(&rows).with(TEXTS, Part::stored(&texts));
        let labels = labelled(&book.bytes());
        assert!(labels.contains(&format!("\nno,{read},")), "{labels}");
    }
}
