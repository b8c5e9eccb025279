//! The code pages of DOS, which the Encoding Standard does not have.
//!
//! Owns their letters: old programs, and `cmd.exe` to this day, write text in them.

/// A code page: ASCII, and 128 other characters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CodePage {
    /// Its name, which is a label too.
    pub(crate) name: &'static str,
    /// Its number.
    number: &'static str,
    /// The characters of the bytes from 80 on.
    upper: &'static str,
}

/// Western Europe, the United States, Central Europe.
pub(crate) static PAGES: [CodePage; 3] = [
    CodePage {
        name: "cp850",
        number: "850",
        upper: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
    },
    CodePage {
        name: "cp437",
        number: "437",
        upper: "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
    },
    CodePage {
        name: "cp852",
        number: "852",
        upper: "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
    },
];

impl CodePage {
    /// The page with this label: `cp850`, `ibm850` or `850`, in any case.
    pub(crate) fn from_label(label: &str) -> Option<&'static Self> {
        let label = label.trim().to_ascii_lowercase();
        let number = label
            .strip_prefix("cp")
            .or_else(|| label.strip_prefix("ibm"));
        let number = number.unwrap_or(&label).trim_start_matches(['-', '_']);
        PAGES.iter().find(|page| page.number == number)
    }

    /// The characters of all bytes, in order.
    pub(crate) fn characters(&self) -> Vec<char> {
        let ascii = (0..0x80_u8).map(char::from);
        ascii.chain(self.upper.chars()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_a_character_for_each_byte() {
        for page in &PAGES {
            let characters = page.characters();
            let mut once = characters.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!((characters.len(), once.len()), (256, 256), "{}", page.name);
        }
        let read =
            |label: &str, byte: usize| CodePage::from_label(label).unwrap().characters()[byte];
        assert_eq!(read("CP850", 0x84), 'ä');
        assert_eq!(read("ibm437", 0xe1), 'ß');
        assert_eq!(read("852", 0x88), 'ł');
        assert_eq!(CodePage::from_label("cp1252"), None);
    }
}
