//! Rulebooks: what is read is written and read again as the same, and judges without a panic.

use clientype::internals::rulebook::Rulebook;
use clientype::internals::rulebook::difference::differences;
use clientype::internals::rulebook::file::{RuleFile, written};
use clientype::internals::{Filter, Options, Selection, Source, lookup};

use super::case::Case;
use super::labelled::{Find, bounded, compiled, label, plain};

pub(crate) const TOKENS: &[&str] = &[
    "extend = \"documents\"\n",
    "extend = \"x\"\n",
    "remove = true\n",
    "[[criterion]]\n",
    "[[scorecard]]\n",
    "[[scorecard.characteristic]]\n",
    "[[scorecard.characteristic.attribute]]\n",
    "[[scorecard.band]]\n",
    "[[related]]\n",
    "[[case]]\n",
    "[words.de.contract]\n",
    "name = \"contract\"\n",
    "kind = \"choice\"\n",
    "kind = \"length\"\n",
    "kind = \"date\"\n",
    "kind = \"organization\"\n",
    "kind = \"address\"\n",
    "values = [\"yes\", \"no\"]\n",
    "when = { contract = \"yes\" }\n",
    "when = {}\n",
    "at_least = 3\n",
    "at_most = -3\n",
    "partial_score = 2147483647\n",
    "partial_score = -2147483648\n",
    "initial_score = 2147483647\n",
    "reason_code = \"a\"\n",
    "reason = \"\"\n",
    "label = \"Client\"\n",
    "label = \"Undetermined\"\n",
    "\"at_least\"",
    "= \"\"",
    "\"1 year\"",
    "\"-1 month\"",
    "\"999999999 years\"",
    "true",
    "[]",
    "{}",
    "\"\"",
    "\"\\u0000\"",
    "\"\\u001b[31m\"",
    "\"\\u202e\"",
    "'''",
    "\"\"\"",
    "\n",
    "#",
    "\"",
    "=",
    "[",
    "]",
    "\u{e9}",
    "\u{feff}",
    "between = [1, 2]\n",
    "longer_than = \"1 year\"\n",
    "unless",
    "source = []\n",
    "sources = [\"vi.contract\"]\n",
    "version = \"1\"\n",
    "1e9",
    "nan",
    "inf",
    "0x7fffffffffffffff",
];

const RECORDS: &[u8] = b"contract,duration,service,email,organization,c0,c1,c2,start_date\nyes,3 years,law,a@acme.example,Acme,v0,v1,v1,2019-01-01\n,,,,,,,,\nno,hm,retail,b@x.example,Globex,v1,v2,v0,soon\n";

pub(crate) fn run(case: &Case<'_>) -> Find {
    let Ok(text) = std::str::from_utf8(case.main()) else {
        return Ok(());
    };
    let file = bounded(text.len() + (1 << 16), || RuleFile::check(text))?;
    for one in &file.diagnostics {
        if text.get(one.span.clone()).is_none() {
            return Err(format!("a span beyond the text: {one:?}"));
        }
        if one.found.is_empty() || one.help.is_empty() {
            return Err(format!("a diagnostic that says nothing: {one:?}"));
        }
        plain(&one.found)?;
        plain(&one.help)?;
    }
    let has_error = file.counts().0 > 0;
    if file.rulebook.is_none() != has_error || Rulebook::parse(text).is_err() != has_error {
        return Err(format!("errors or not: {:?}", file.diagnostics));
    }
    let Some(rulebook) = file.rulebook else {
        return Ok(());
    };
    let print = written(&rulebook, &["a comment".to_owned()]);
    let again = RuleFile::read(&print);
    if again.rulebook.as_ref() != Some(&rulebook) {
        return Err(format!(
            "written, it is read as another: {:?}\n{print}",
            again.diagnostics
        ));
    }
    if again.rulebook.map(|one| one.hash()) != Some(rulebook.hash()) {
        return Err("written, it has another hash".to_owned());
    }
    if !differences(&rulebook, &rulebook).is_empty() {
        return Err("it differs from itself".to_owned());
    }
    if let Ok(built_in) = Rulebook::documents()
        && differences(&built_in, &rulebook).is_empty() != (built_in == rulebook)
    {
        return Err("differences are not reported".to_owned());
    }
    let rules = match compiled(rulebook) {
        Ok(rules) => rules,
        Err(error) => return plain(&error.to_string()),
    };
    let options = Options {
        details: case.says("details"),
        threads: std::num::NonZero::new(1),
        batch: 1 << 16,
        ..Options::default()
    };
    let (labelled, _) = label(&rules, &options, &[RECORDS], false, None);
    let (parts, _) = label(
        &rules,
        &Options {
            batch: 3,
            ..options.clone()
        },
        &[RECORDS],
        false,
        None,
    );
    if labelled != parts {
        return Err("the size of batches changes the output".to_owned());
    }
    let filter = Filter {
        column: "contract".to_owned(),
        value: "yes".to_owned(),
    };
    let source = Source {
        name: "records".to_owned(),
        reader: Box::new(RECORDS),
    };
    let mut found = Ok(());
    let looked = lookup(
        &rules,
        &options,
        &Selection::Where(vec![filter], 3),
        source,
        &mut |case| {
            for (card, of) in rules.rulebook().scorecards.iter().enumerate() {
                let why = case.explanation(&rules, card);
                let points: i64 = why
                    .waterfall
                    .applied()
                    .map(|(_, attribute)| i64::from(attribute.partial_score))
                    .sum();
                let score = i64::from(case.evaluation.verdicts[card].score);
                if i64::from(of.initial_score) + points != score {
                    found = Err(format!("{} and {points} are not {score}", of.initial_score));
                }
            }
            Ok(())
        },
    );
    drop(looked);
    found
}
