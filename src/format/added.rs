//! The fields that are added to each record, as a format writes them.
//!
//! Owns their names, the texts they can have and how these are copied. The meaning of a
//! text is not known here: a record's added fields are given as numbers of texts.

/// The added fields, in their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddedFields {
    names: Vec<String>,
    fields: Vec<AddedField>,
    /// The texts of small numbers, from `-FEW` to `FEW`.
    numbers: Vec<Text>,
}

/// Most numbers are in this range.
const FEW: i32 = 100;

/// One added field.
#[derive(Debug, Clone)]
pub(crate) struct AddedField {
    pub(crate) name: String,
    /// JSON writes it as a number.
    pub(crate) is_number: bool,
    /// The texts it can have, except numbers; those of a list end with their separator,
    /// one byte.
    pub(crate) texts: Vec<Text>,
}

/// The value of an added field for one record.
#[derive(Debug, Clone, Copy)]
pub(crate) enum AddedValue<'v> {
    /// The text with this index.
    Text(usize),
    /// A whole number.
    Number(i32),
    /// The texts whose bits are set, one after the other, without the last separator.
    Texts(&'v [u64]),
}

/// The values of all added fields for one record.
pub(crate) trait AddedValues {
    /// The value of the field with this number.
    fn of(&self, field: usize) -> AddedValue<'_>;
}

/// A text that is usually short: copying a fixed number of bytes is faster than copying
/// its exact length.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// Its beginning, padded with zeros.
    head: [u8; Text::SHORT],
    all: Box<[u8]>,
}

impl Text {
    const SHORT: usize = 32;

    pub(crate) fn new(text: &[u8]) -> Self {
        let mut head = [0; Text::SHORT];
        let length = text.len().min(Text::SHORT);
        head[..length].copy_from_slice(&text[..length]);
        Text {
            head,
            all: text.into(),
        }
    }

    #[inline(always)]
    fn write(&self, out: &mut Vec<u8>) {
        if self.all.len() <= Text::SHORT {
            let end = out.len() + self.all.len();
            out.extend_from_slice(&self.head);
            out.truncate(end);
        } else {
            out.extend_from_slice(&self.all);
        }
    }
}

impl AddedFields {
    pub(crate) fn new(fields: Vec<AddedField>) -> Self {
        let has_numbers = fields.iter().any(|field| field.is_number);
        let numbers = (-FEW..=FEW).filter(|_| has_numbers);
        AddedFields {
            names: fields.iter().map(|field| field.name.clone()).collect(),
            numbers: numbers
                .map(|number| Text::new(number.to_string().as_bytes()))
                .collect(),
            fields,
        }
    }

    /// The names, in their order.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The field with this name, if there is one.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| own == name)
    }

    pub(super) fn is_number(&self, field: usize) -> bool {
        self.fields[field].is_number
    }

    /// Appends the value of a field, without quotes.
    #[inline(always)]
    pub(super) fn write(&self, field: usize, value: AddedValue<'_>, out: &mut Vec<u8>) {
        match value {
            AddedValue::Text(text) => self.fields[field].texts[text].write(out),
            AddedValue::Number(number) => self.write_number(number, out),
            AddedValue::Texts(bits) => self.fields[field].write_texts(bits, out),
        }
    }

    /// The value of a field, as a text.
    pub(super) fn text(&self, field: usize, value: AddedValue<'_>) -> String {
        let mut text = Vec::new();
        self.write(field, value, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    /// The values of all fields, in order.
    pub(super) fn texts(&self, values: &dyn AddedValues) -> Vec<String> {
        let fields = 0..self.fields.len();
        fields
            .map(|field| self.text(field, values.of(field)))
            .collect()
    }

    /// Appends all fields in a frame.
    #[inline(always)]
    pub(super) fn write_framed(&self, frame: &Frame, values: &impl AddedValues, out: &mut Vec<u8>) {
        for (field, before) in frame.0.iter().enumerate() {
            before.write(out);
            // After the last field follows the end of the frame.
            if field < self.fields.len() {
                self.write(field, values.of(field), out);
            }
        }
    }

    fn write_number(&self, number: i32, out: &mut Vec<u8>) {
        // A number below the list wraps to one above it.
        match self.numbers.get(number.wrapping_add(FEW) as u32 as usize) {
            Some(text) => text.write(out),
            None => out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes()),
        }
    }

    /// True if the text of a field may have a byte for which `is` holds.
    pub(super) fn may_hold(&self, field: usize, is: impl Fn(u8) -> bool) -> bool {
        let field = &self.fields[field];
        let mut bytes = field.texts.iter().flat_map(|text| text.all.iter());
        bytes.any(|byte| is(*byte))
            || field.is_number && b"-0123456789".iter().any(|byte| is(*byte))
    }
}

impl AddedField {
    /// Writes texts such as `contract-signed:+3;short-relationship:-1`.
    fn write_texts(&self, bits: &[u64], out: &mut Vec<u8>) {
        let start = out.len();
        for (word, mut bits) in bits.iter().copied().enumerate() {
            while bits != 0 {
                if let Some(text) = self.texts.get(64 * word + bits.trailing_zeros() as usize) {
                    text.write(out);
                }
                bits &= bits - 1;
            }
        }
        if out.len() > start {
            // The last separator.
            out.pop();
        }
    }
}

/// The text before the first added field, between two, and after the last; empty if
/// they have to be written one by one.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame(Vec<Text>);

impl Frame {
    pub(super) fn new(texts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Frame(texts.into_iter().map(|text| Text::new(&text)).collect())
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}
