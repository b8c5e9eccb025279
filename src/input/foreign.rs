//! Files that are not text, known by their first bytes.
//!
//! Owns the signatures of the kinds of files that take the place of an export, and what
//! to do about each. Text in another notation is the formats' business.

use crate::error::{Error, ErrorKind, Help, Result};

/// What can be read.
const READ: &str = "CSV, TSV, JSON, NDJSON or an .xlsx workbook";
/// Where the signature of a tar archive stands.
const TAR: usize = 257;

/// This many bytes that are 0 aren't text in any encoding.
const ZEROS: usize = 1024;
const CHECK: &str = "check that this is the right file, and that its export was not interrupted";

const AS_TEXT: &str = "export the data as CSV first";
const AS_WORKBOOK: &str = "save it as .xlsx without a password, or as CSV (UTF-8), first";
const DATABASE: &str = "export a table as CSV first";

/// First bytes, what begins with them, and what to do about it.
const SIGNATURES: [(&[u8], &str, &str); 25] = [
    (
        b"\xd0\xcf\x11\xe0",
        "an old Office file (.xls), or a workbook with a password",
        AS_WORKBOOK,
    ),
    // Before they were wrapped in the signature above.
    (b"\x09\x00\x04\x00", "an old workbook (.xls)", AS_WORKBOOK),
    (b"\x09\x02\x06\x00", "an old workbook (.xls)", AS_WORKBOOK),
    (b"\x09\x04\x06\x00", "an old workbook (.xls)", AS_WORKBOOK),
    (b"\x09\x08\x08\x00", "an old workbook (.xls)", AS_WORKBOOK),
    (
        b"PAR1",
        "a Parquet file",
        "export it as CSV or NDJSON first",
    ),
    (b"ORC", "an ORC file", "export it as CSV or NDJSON first"),
    (
        b"Obj\x01",
        "an Avro file",
        "export it as CSV or NDJSON first",
    ),
    (
        b"ARROW1",
        "an Arrow file",
        "export it as CSV or NDJSON first",
    ),
    (b"%PDF", "a PDF file", AS_TEXT),
    (b"{\\rtf", "an RTF document", AS_TEXT),
    (b"SQLite format 3", "an SQLite database", DATABASE),
    (b"\0\x01\0\0Standard ", "an Access database", DATABASE),
    (b"\x89HDF", "an HDF5 file", AS_TEXT),
    (b"$FL2", "an SPSS file", AS_TEXT),
    (b"<stata_dta>", "a Stata file", AS_TEXT),
    (b"RDX", "an R data file", AS_TEXT),
    (
        b"7z\xbc\xaf\x27\x1c",
        "a 7z archive",
        "unpack it first, and name the file in it",
    ),
    (
        b"Rar!\x1a\x07",
        "a RAR archive",
        "unpack it first, and name the file in it",
    ),
    (
        b"PK\x05\x06",
        "an empty zip archive",
        "export or download the file again",
    ),
    (
        b"PK\x07\x08",
        "a zip archive in parts",
        "unpack it first, and name the file in it",
    ),
    (b"\x89PNG", "a picture", AS_TEXT),
    (b"\xff\xd8\xff", "a picture", AS_TEXT),
    (b"GIF8", "a picture", AS_TEXT),
    (b"\x7fELF", "a program", "name the file with the records"),
];

/// Refuses input that is not text, and names what it seems to be.
pub(super) fn refuse(head: &[u8]) -> Result<()> {
    let unpack = |tool: &str| Help::convert("unpack it", format!("{tool} -dc FILE"));
    let (what, help) = match head {
        [0x1f, 0x8b, ..] => ("compressed twice, with gzip inside", unpack("gzip")),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => ("compressed twice, with zstd inside", unpack("zstd")),
        _ if head.starts_with(b"BZh91AY&SY") => ("compressed with bzip2", unpack("bzip2")),
        _ if head.starts_with(b"\xfd7zXZ\0") => ("compressed with xz", unpack("xz")),
        _ if head.starts_with(b"\x04\x22\x4d\x18") => ("compressed with lz4", unpack("lz4")),
        _ if head.len() >= ZEROS && head.iter().all(|byte| *byte == 0) => {
            ("no text: its first bytes are all 0", Help::from(CHECK))
        }
        _ if head.get(TAR..).is_some_and(|at| at.starts_with(b"ustar")) => {
            let unpack = "unpack the file with the records in it";
            ("a tar archive", Help::convert(unpack, "tar -xOf FILE NAME"))
        }
        _ => match SIGNATURES.iter().find(|(first, ..)| is_begun(head, first)) {
            Some((_, what, help)) => (*what, Help::from(*help)),
            None => return Ok(()),
        },
    };
    Err(Error::new(ErrorKind::Input, format!("this is {what}"))
        .expected(READ)
        .help(help))
}

/// True if the bytes begin with this signature. A short one in letters may begin a
/// header too, which control characters never do.
fn is_begun(head: &[u8], first: &[u8]) -> bool {
    let is_letters = first.iter().all(|byte| byte.is_ascii_alphanumeric());
    head.starts_with(first) && (!is_letters || has_controls(head))
}

fn has_controls(head: &[u8]) -> bool {
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    head.iter().any(is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_not_text_are_named() {
        for (first, _, _) in SIGNATURES {
            let file = [first, b"\0\x01\x02"].concat();
            assert!(refuse(&file).is_err(), "{first:?}");
        }
        let mut tar = vec![b'a'; TAR];
        tar.extend_from_slice(b"ustar\0");
        assert!(refuse(&tar).unwrap_err().to_string().contains("tar"));
    }

    #[test]
    fn a_header_may_begin_like_a_signature() {
        for text in ["ORC,contract\n", "PAR1;x\n", "RDX\n", "GIF89,x\n", "$,x\n"] {
            assert!(refuse(text.as_bytes()).is_ok(), "{text}");
        }
    }
}
