//! `clientype.toml`: every flag of a check is also a key, and the schema is right.

use std::path::Path;
use std::sync::OnceLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use super::{check, write};

/// Whether the printed schema accepts a configuration.
fn is_sound(folder: &Path, config: &str) -> bool {
    static COMPILED: OnceLock<(Schemas, SchemaIndex)> = OnceLock::new();
    let (schemas, index) = COMPILED.get_or_init(|| {
        let schema = check(folder, &["--schema"]).json();
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource("config.json", schema).unwrap();
        let index = compiler.compile("config.json", &mut schemas).unwrap();
        (schemas, index)
    });
    let table: toml::Table = config.parse().unwrap();
    schemas
        .validate(&json(toml::Value::Table(table)), *index)
        .is_ok()
}

/// TOML as JSON, in the way of editors.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Table(table) => {
            let members = table.into_iter().map(|(key, value)| (key, json(value)));
            Value::Object(members.collect())
        }
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Datetime(day) => day.to_string().into(),
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(is) => is.into(),
    }
}

/// Keys, values that they accept, and values that they do not.
const KEYS: [(&str, &[&str], &[&str]); 37] = [
    ("no-totals", &["true", "false"], &["1", "'yes'"]),
    ("trailing-delimiter", &["false"], &["1", "'yes'"]),
    ("frozen", &["true", "false"], &["1", "'yes'"]),
    (
        "rulebook",
        &["'documents 0.1.0 0'"],
        &["1", "['documents']"],
    ),
    ("fields", &["0", "5"], &["-1", "'7'", "1.5"]),
    (
        "own",
        &["'Acme'", "['Acme', 'acme.example']", "[]"],
        &["1", "true", "[1]", "{a = 'b'}"],
    ),
    (
        "map",
        &[
            "{contract = 'Contract'}",
            "{usage = ''}",
            "{contract = ['Contract']}",
            "{}",
        ],
        &[
            "'contract=Contract'",
            "{contract = 1}",
            "{contract = [1]}",
            "[]",
        ],
    ),
    (
        "assume",
        &[
            "{service = 'law'}",
            "['service=law']",
            "'service=law'",
            "{}",
        ],
        &["'service'", "{service = 1}", "1", "['law']"],
    ),
    (
        "with",
        &[
            "[{file = 'labels.csv', on = 'Id=Id'}]",
            "[{file = 'labels.csv', on = 'Id=Id', as = 'contracts', says = {service = 'law'}, absent = {contract = 'no'}}]",
            "[{file = 'labels.csv', on = 'Id=Id', only = {Id = '1'}, map = {service = ''}, delimiter = ','}]",
            "[{file = 'labels.csv', on = 'Id=Id', only = {Id = ['1', '2']}, skip-lines = 0, ragged = 'pad'}]",
            "[]",
        ],
        &[
            "'labels.csv'",
            "['labels.csv']",
            "{file = 'labels.csv', on = 'Id=Id'}",
            "[{file = 1}]",
            "[{file = 'labels.csv', on = 'Id=Id', form = 'csv'}]",
            "[{file = 'labels.csv', on = 'Id=Id', says = 'service=law'}]",
            "[{file = 'labels.csv', on = 'Id=Id', only = {Id = 1}}]",
            "[{file = 'labels.csv', on = 'Id=Id', skip-lines = -1}]",
        ],
    ),
    ("input-format", &["'csv'"], &["'xml'", "1", "['csv']"]),
    ("delimiter", &["','", "'comma'"], &["1", "[',']"]),
    ("encoding", &["'utf-8'"], &["1", "['utf-8']"]),
    ("sheet", &["'Accounts'"], &["1", "['a']"]),
    ("skip-lines", &["0"], &["-1", "'1'", "1.5"]),
    ("no-header", &["false"], &["'no'", "0", "[false]"]),
    ("ragged", &["'error'", "'pad'"], &["'ignore'", "true"]),
    (
        "max-record",
        &["'64KiB'", "'10MB'", "'1000'"],
        &["1", "[64]"],
    ),
    ("date-order", &["'dmy'"], &["'dym'", "1"]),
    (
        "as-of",
        &["'2026-01-31'", "2026-01-31"],
        &["'January'", "'30.06.2025'", "'2026-02-30'", "2026", "true"],
    ),
    ("rules", &["'documents'"], &["1", "['documents']"]),
    (
        "expect",
        &[
            "'relationship=Kind'",
            "['relationship=Kind']",
            "{relationship = 'Kind'}",
            "{}",
        ],
        &["'Kind'", "1", "{relationship = 1}", "['Kind']", "true"],
    ),
    (
        "min-agreement",
        &["'0%'", "['relationship:0%']", "{relationship = '0.5%'}"],
        &[
            "'0'",
            "0.98",
            "98",
            "{relationship = '98'}",
            "['98']",
            "'0.0000001%'",
            "'101%'",
        ],
    ),
    ("min-match", &["'90%'", "'0.5 %'"], &["90", "['90%']"]),
    (
        "max-undetermined",
        &[
            "'100%'",
            "['relationship:100%', '100 %']",
            "{affiliation = '100%'}",
        ],
        &["'5'", "5", "{relationship = 5}", "'-5%'"],
    ),
    (
        "require",
        &["'contract'", "['contract']"],
        &["1", "[1]", "{contract = true}"],
    ),
    ("no-unread-values", &["true", "false"], &["'yes'", "1"]),
    ("min-records", &["0", "2"], &["-1", "'2'", "1.5", "true"]),
    ("unique", &["'Id'", "['Id']"], &["1", "{Id = true}"]),
    ("key", &["'Id'"], &["1", "['Id']"]),
    (
        "baseline",
        &["'labels.csv'"],
        &["1", "['labels.csv']", "true"],
    ),
    ("strict-baseline", &["false"], &["1", "'no'"]),
    (
        "label-language",
        &["'en'", "'fr'"],
        &["'es'", "'English'", "1"],
    ),
    (
        "warn",
        &["'label-differs'", "['label-differs', 'key-missing']"],
        &["'label-difers'", "['x']", "1"],
    ),
    ("allow", &["'label-differs'", "[]"], &["'all'", "true"]),
    ("fail-on", &["'error'", "'warning'"], &["'never'", "1"]),
    ("max-findings", &["0", "10"], &["-1", "'10'", "1.5"]),
    (
        "report",
        &[
            "'junit=out.xml'",
            "['json=out.json']",
            "{sarif = 'out.sarif'}",
        ],
        &[
            "'out.xml'",
            "{xml = 'out.xml'}",
            "['xml=out.xml']",
            "1",
            "{junit = 1}",
        ],
    ),
];

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = "Id,Contract,Service,Account Manager,Kind\n1,yes,law,dedicated,Client\n2,no,retail,none,Customer\n";
    write(folder.path(), "export.csv", text);
    let labels =
        "Id,relationship_label,affiliation_label\n1,Client,Undetermined\n2,Customer,Undetermined\n";
    write(folder.path(), "labels.csv", labels);
    folder
}

#[test]
fn the_schema_is_true_key_by_key() {
    let folder = folder();
    let schema = check(folder.path(), &["--schema"]).json();
    let named: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
    let mut known: Vec<&str> = KEYS.iter().map(|(key, ..)| *key).collect();
    known.sort_unstable();
    assert_eq!(named, known);
    for (key, sound, unsound) in KEYS {
        // Other keys that a key needs.
        let beside = match key {
            "min-agreement" => "expect = 'relationship=Kind'\n",
            "baseline" => "key = 'Id'\n",
            // A plan reads something, and its format is stated.
            "frozen" => "input-format = 'csv'\nmap.contract = 'Contract'\n",
            "encoding" | "sheet" | "input-format" | "no-header" => "",
            _ => "",
        };
        for (values, is) in [(sound, true), (unsound, false)] {
            for value in values {
                let config = format!("{beside}{key} = {value}\n");
                write(folder.path(), "clientype.toml", &config);
                assert_eq!(is_sound(folder.path(), &config), is, "{config}");
                // A sheet needs a workbook, and a rulebook has to be the one in use.
                let ran = check(folder.path(), &["export.csv"]);
                let is_read = !ran.err.contains("error: clientype.toml")
                    || ran.err.contains("using settings from");
                assert_eq!(is_read, is, "{config}\n{}", ran.err);
                if !["sheet", "rulebook"].contains(&key) {
                    assert_eq!(ran.code == 2, !is, "{config}\n{}", ran.err);
                }
            }
        }
    }
    assert!(!is_sound(folder.path(), "min-record = 1"));
}

#[test]
fn a_plan_satisfies_the_schema_also_with_related_files() {
    let folder = folder();
    let plan = folder.path().join("plan.toml");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (export, of) in [
        ("accounts.csv", root.join("examples/agency")),
        ("export.csv", folder.path().to_owned()),
    ] {
        let ran = std::process::Command::new(env!("CARGO_BIN_EXE_clientype"))
            .current_dir(of)
            .args(["columns", "--own", "Acme", "--freeze"])
            .args([plan.as_path(), Path::new(export)])
            .output()
            .unwrap();
        assert!(ran.status.success(), "{ran:?}");
        let text = std::fs::read_to_string(&plan).unwrap();
        assert!(text.contains("frozen = true"), "{text}");
        assert!(is_sound(folder.path(), &text), "{text}");
    }
    for entry in [
        "{ column = 'A', role = 'state' }",
        "{ column = 'A', order = 'ddmm' }",
        "{ column = 'A', unit = 'months' }",
        "{ flag = 'yes' }",
    ] {
        let config = format!("[map]\ncontract = {entry}\n");
        assert!(!is_sound(folder.path(), &config), "{config}");
    }
}

#[test]
fn what_is_wrong_in_a_related_file_is_refused_by_the_schema_and_by_the_program() {
    let folder = folder();
    for keys in [
        "file = 'labels.csv'\non = 'Id'",
        "file = 'labels.csv'\non = 'Id=Id'\nragged = 'ignore'",
        "file = 'labels.csv'\non = 'Id=Id'\ninput-format = 'xml'",
        "file = 'labels.csv'\non = 'Id=Id'\nkey = 'Id'",
        "on = 'Id=Id'",
    ] {
        let config = format!("[[with]]\n{keys}\n");
        write(folder.path(), "clientype.toml", &config);
        assert!(!is_sound(folder.path(), &config), "{config}");
        let ran = check(folder.path(), &["export.csv"]);
        assert_eq!(ran.code, 2, "{config}\n{}", ran.err);
    }
}

#[test]
fn a_configuration_asks_what_its_flags_ask() {
    let folder = folder();
    let text = "Id,Contract,Service,Account Manager,Kind\n1,yes,law,dedicated,Customer\n2,no,retail,none,\n2,maybe so,,,VIP\n";
    write(folder.path(), "odd.csv", text);
    write(
        folder.path(),
        "clientype.toml",
        r#"
        expect = { relationship = "Kind" }
        min-agreement = "relationship:90%"
        max-undetermined = ["affiliation:10%", "relationship:90%"]
        require = "contract"
        no-unread-values = true
        min-records = 4
        unique = ["Id"]
        key = "Id"
        baseline = "labels.csv"
        strict-baseline = true
        label-language = "en"
        warn = ["duplicate-value"]
        allow = "duplicate-key"
        max-findings = 50
        report = { json = "out.json" }
    "#,
    );
    let by_config = check(folder.path(), &["-q", "--format", "json", "odd.csv"]);
    let written = std::fs::read_to_string(folder.path().join("out.json")).unwrap();
    assert_eq!(by_config.out, written);
    std::fs::rename(
        folder.path().join("clientype.toml"),
        folder.path().join("other.toml"),
    )
    .unwrap();
    let by_name = check(
        folder.path(),
        &[
            "-q",
            "--config",
            "other.toml",
            "--format",
            "json",
            "odd.csv",
        ],
    );
    assert_eq!(by_name.out, by_config.out);
    let flags = [
        "-q",
        "--expect",
        "relationship=Kind",
        "--min-agreement",
        "relationship:90%",
        "--max-undetermined",
        "affiliation:10%",
        "--max-undetermined",
        "relationship:90%",
        "--require",
        "contract",
        "--no-unread-values",
        "--min-records",
        "4",
        "--unique",
        "Id",
        "--key",
        "Id",
        "--baseline",
        "labels.csv",
        "--strict-baseline",
        "--label-language",
        "en",
        "--warn",
        "duplicate-value",
        "--allow",
        "duplicate-key",
        "--max-findings",
        "50",
        "--format",
        "json",
        "odd.csv",
    ];
    let by_flags = check(folder.path(), &flags);
    assert_eq!((by_flags.code, &by_flags.out), (1, &by_config.out));
    let counts = by_flags.json()["counts"].as_object().unwrap().len();
    assert!(counts >= 7, "{}", by_flags.out);
}

#[test]
fn flags_win() {
    let folder = folder();
    for (config, flags, code) in [
        ("min-records = 9", &[][..], 1),
        ("min-records = 9", &["--min-records", "1"], 0),
        ("min-records = 9\nallow = 'too-few-records'", &[], 0),
        (
            "min-records = 9\nallow = 'too-few-records'",
            &["--warn", "too-few-records", "--fail-on", "warning"],
            1,
        ),
        (
            "min-records = 9\nwarn = 'too-few-records'\nfail-on = 'warning'",
            &["--fail-on", "error"],
            0,
        ),
        ("expect = {affiliation = 'Kind'}", &[], 1),
        (
            "expect = {relationship = 'Id'}",
            &["--expect", "relationship=Kind"],
            0,
        ),
        (
            "max-undetermined = '0%'",
            &["--max-undetermined", "100%"],
            0,
        ),
        ("require = 'duration'", &["--require", "contract"], 0),
        (
            "unique = 'Contract'\nmap = {contract = ''}",
            &["--unique", "Id", "--map", "contract=Contract"],
            0,
        ),
        (
            "label-language = 'fr'\nexpect = {relationship = 'Kind'}",
            &["--label-language", "en"],
            0,
        ),
        (
            "label-language = 'fr'\nexpect = {relationship = 'Kind'}",
            &[],
            1,
        ),
        ("warn = 'key-missing'\nallow = 'key-missing'", &[], 2),
    ] {
        write(folder.path(), "clientype.toml", config);
        let ran = check(folder.path(), &[flags, &["export.csv"]].concat());
        assert_eq!(ran.code, code, "{config} {flags:?}\n{}{}", ran.out, ran.err);
    }
    // The other verbs read the same file.
    write(
        folder.path(),
        "clientype.toml",
        "min-records = 9\nexpect = {relationship = 'Kind'}",
    );
    assert_eq!(
        super::run(folder.path(), &["classify", "export.csv"]).code,
        0
    );
}
