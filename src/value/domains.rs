//! Mail domains, and the addresses that a text lists.
//!
//! Owns when two domains are the same: case, punycode, the dots and letters of other
//! scripts do not matter. Owns what a list of addresses looks like.

use idna::AsciiDenyList;

/// The greatest length of a domain, in bytes.
pub(crate) const LONGEST_DOMAIN: usize = 255;

/// The form in which a domain is compared: in lower case, in punycode, without a
/// trailing dot; `None` if it is not a domain.
pub(crate) fn domain_key(domain: &str) -> Option<String> {
    let domain = domain.trim();
    let is_plain = is_plain(domain.as_bytes());
    let ascii = match is_plain {
        true => domain.to_ascii_lowercase(),
        // An invalid one is like no other domain.
        false => idna::domain_to_ascii_cow(domain.as_bytes(), AsciiDenyList::EMPTY)
            .ok()?
            .into_owned(),
    };
    let domain = ascii.strip_suffix('.').unwrap_or(&ascii);
    is_domain(domain.as_bytes()).then(|| domain.to_owned())
}

/// True for a domain that has only one spelling, if case does not matter.
pub(crate) fn is_plain(domain: &[u8]) -> bool {
    let is_punycode = |part: &[u8]| part.eq_ignore_ascii_case(b"xn--");
    domain.is_ascii() && !domain.windows(4).any(is_punycode)
}

/// True for labels of letters, digits and hyphens separated by dots.
pub(crate) fn is_domain(domain: &[u8]) -> bool {
    let (mut dots, mut after_dot) = (0, true);
    for &byte in domain {
        let is_dot = byte == b'.';
        if is_dot && after_dot || !is_dot && !IN_LABEL[usize::from(byte)] {
            return false;
        }
        dots += usize::from(is_dot);
        after_dot = is_dot;
    }
    dots > 0 && !after_dot && domain.len() <= LONGEST_DOMAIN
}

/// The bytes of a label: letters, digits, `-` and `_`.
const IN_LABEL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        table[byte] = c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
        byte += 1;
    }
    table
};

/// The domain that a text consists of: alone, or in the address of a mailbox or a page
/// (`acme.example`, `@acme.example`, `info@acme.example`, `https://www.acme.example/x`).
pub(crate) fn domain_of(text: &str) -> Option<String> {
    let text = without_scheme(text.trim());
    let text = text.split(['/', '?', '#']).next().unwrap_or(text);
    let text = text.rsplit(AT).next().unwrap_or(text);
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let text = match text.rsplit_once(':') {
        Some((host, port)) if is_port(port) => host,
        _ => text,
    };
    let domain = domain_key(text)?;
    // The page of an organization is at its domain too.
    let without = domain.strip_prefix("www.");
    let without = without.filter(|domain| is_domain(domain.as_bytes()));
    Some(without.map_or(domain.clone(), str::to_owned))
}

/// The sign between user and domain, and its full-width form.
const AT: [char; 2] = ['@', '\u{ff20}'];

fn without_scheme(text: &str) -> &str {
    let is_scheme = |scheme: &str| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    match (text.split_once("://"), text.get(..7)) {
        (Some((scheme, rest)), _) if is_scheme(scheme) => rest,
        (_, Some(scheme)) if scheme.eq_ignore_ascii_case("mailto:") => &text[7..],
        _ => text,
    }
}

/// True if `text` may hold more than one bare address.
pub(crate) fn is_list(text: &str) -> bool {
    let separates = |byte: &u8| byte.is_ascii_whitespace() || b";,|<>()'\":\\".contains(byte);
    text.trim().as_bytes().iter().any(separates)
}

/// Calls `each` with the addresses that `text` lists: between `;`, `,`, `|`, spaces or
/// lines, each with or without the name of its owner. `None` if there is something else
/// in it, or if `each` returns `None`.
pub(crate) fn each_address<'t>(
    text: &'t str,
    mut each: impl FnMut(&'t str) -> Option<()>,
) -> Option<()> {
    let mut found = false;
    let parts = text.split([';', '|', '\n', '\r']);
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        let mut pieces = part.split(',').peekable();
        while let Some(piece) = pieces.next() {
            let piece = piece.trim();
            if piece.is_empty() {
                continue;
            }
            if !piece.contains(AT) {
                // The first half of `Roe, Maria <maria@acme.example>`.
                pieces.peek().filter(|next| next.contains('<'))?;
                continue;
            }
            addresses(piece, &mut each)?;
            found = true;
        }
    }
    found.then_some(())
}

/// One address with the name of its owner, or several without.
fn addresses<'t>(piece: &'t str, each: &mut impl FnMut(&'t str) -> Option<()>) -> Option<()> {
    let bare = |text: &'t str| {
        let text = without_scheme(text.trim_matches(['\'', '"', ' ', '\t']));
        text.split('?').next().unwrap_or(text)
    };
    if let Some((name, address)) = piece.split_once('<') {
        // Of a forwarded address, `Maria <mailto:maria@acme.example>`.
        let address = address.trim_end().strip_suffix('>')?;
        if name.contains(AT) && bare(name.trim()) != bare(address) {
            return None;
        }
        return each(bare(address));
    }
    // A comment: `maria@acme.example (office)`.
    let piece = match piece.split_once('(') {
        Some((address, comment)) if !comment.contains(AT) && comment.ends_with(')') => address,
        _ => piece,
    };
    piece.split_whitespace().try_for_each(|one| each(bare(one)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_the_same_in_any_script_and_spelling() {
        let own = domain_key("xn--mller-kva.example");
        assert!(own.is_some());
        for same in [
            "müller.example",
            "MÜLLER.example.",
            "mu\u{308}ller.example",
            "müller。example",
            "ｍüller．example",
            "XN--MLLER-KVA.Example",
        ] {
            assert_eq!(domain_key(same), own, "{same}");
        }
        assert_ne!(domain_key("muller.example"), own);
        for none in "acme|.acme.example|a..b|acme example.org|xn--\u{fc}.example|a.b/c|".split('|')
        {
            assert_eq!(domain_key(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_domain_is_taken_from_the_address_of_a_page_or_mailbox() {
        for text in [
            "acme.example",
            "www.acme.example",
            "https://www.acme.example/x?y=1#z",
            "http://acme.example:8080",
            "mailto:info@acme.example",
            "@acme.example",
            "acme.example/contact",
        ] {
            assert_eq!(domain_of(text).as_deref(), Some("acme.example"), "{text}");
        }
        assert_eq!(domain_of("www.example").as_deref(), Some("www.example"));
        assert_eq!(domain_of("Acme Corp."), None);
    }

    #[test]
    fn a_list_of_addresses_is_taken_apart() {
        let listed = |text| {
            let mut all = Vec::new();
            let found = each_address(text, |one| {
                all.push(one);
                Some(())
            });
            found.map(|()| all.join(" "))
        };
        for text in [
            "a@x.example; b@y.example",
            "a@x.example,b@y.example",
            "a@x.example | b@y.example",
            "a@x.example b@y.example\n",
            "A <a@x.example>, \"Roe, B\" <b@y.example>",
            "Roe, A <a@x.example>; mailto:b@y.example?subject=x",
            "a@x.example <a@x.example>\nb@y.example (office)",
        ] {
            assert_eq!(
                listed(text).as_deref(),
                Some("a@x.example b@y.example"),
                "{text}"
            );
        }
        for text in [
            "nobody",
            "a@x.example, nobody",
            "A <a@x.example",
            "",
            "b@y.example <a@x.example>",
        ] {
            assert_eq!(listed(text), None, "{text}");
        }
    }
}
