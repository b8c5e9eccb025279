//! A configuration states related files as flags do.

use std::path::Path;

use super::{Files, folder, run, text};

const BUYERS: (&str, &str) = (
    "buyers.csv",
    "id,name\nAX7,Alpha\nBQ3,Beta\nCZ9,Gamma\nDD1,Delta\n",
);
const CONTRACTS: (&str, &str) = (
    "contracts.csv",
    "contract_id,customer_id,status\nC1,AX7,Active\nC2,BQ3,Expired\nC3,CZ9,Draft\n",
);
const DEALS: (&str, &str) = (
    "results.csv",
    "number;buyer code;result\n1;CZ9;Won\n2;DD1;Lost\n3;AX7;Won\n",
);

/// What is printed, and the exit code.
fn labelled(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = run(
        folder,
        "classify",
        &[&["--details"][..], arguments].concat(),
    );
    let error = text(&output.stderr);
    // That there is a configuration is reported.
    let lines = error
        .lines()
        .filter(|line| !line.contains("clientype.toml"));
    let error: Vec<&str> = lines.collect();
    (output.status.code(), text(&output.stdout), error.join("\n"))
}

#[test]
fn a_configuration_gives_the_output_of_its_flags() {
    let folder = folder(&[BUYERS, CONTRACTS, DEALS]);
    let by_flags = labelled(
        folder.path(),
        &[
            "buyers.csv",
            "--with",
            "contracts.csv",
            "--on",
            "customer_id=id",
            "--says",
            "service=law",
            "--absent",
            "contract=no",
            "--absent",
            "frequency=once",
            "--with",
            "results.csv",
            "--on",
            "buyer code=id",
            "--says",
            "market=niche",
            "--assume",
            "attention=high",
            "--assume",
            "focus=serving",
        ],
    );
    assert_eq!(by_flags.0, Some(0), "{}", by_flags.2);
    for evidence in [
        "contract-signed:+3@contracts.csv",
        "no-contract:-3@contracts.csv",
        "client-trade:+3@contracts.csv",
        "@results.csv",
        "@assumed",
    ] {
        assert!(by_flags.1.contains(evidence), "{evidence}: {}", by_flags.1);
    }
    let config = "
        [assume]
        attention = 'high'
        focus = 'serving'
        [[with]]
        file = 'contracts.csv'
        on = 'customer_id=id'
        says.service = 'law'
        absent = { contract = 'no', frequency = 'once' }
        [[with]]
        file = 'results.csv'
        on = 'buyer code=id'
        says = { market = 'niche' }
    ";
    std::fs::write(folder.path().join("clientype.toml"), config).unwrap();
    assert_eq!(labelled(folder.path(), &["buyers.csv"]), by_flags);
}

#[test]
fn its_paths_are_from_its_own_folder() {
    let folder = folder(&[BUYERS]);
    let inner = folder.path().join("settings");
    std::fs::create_dir(&inner).unwrap();
    std::fs::write(inner.join("contracts.csv"), CONTRACTS.1).unwrap();
    // One of the same name where the program runs is another one.
    std::fs::write(folder.path().join("contracts.csv"), "customer_id\nZZ\n").unwrap();
    let config = "[[with]]\nfile = 'contracts.csv'\n";
    std::fs::write(inner.join("own.toml"), config).unwrap();
    let (code, out, error) = labelled(
        folder.path(),
        &["--config", "settings/own.toml", "buyers.csv"],
    );
    assert_eq!(code, Some(0), "{error}");
    assert!(out.contains("contract-signed:+3@contracts.csv"), "{out}");
}

#[test]
fn flags_replace_the_files_of_a_configuration() {
    let folder = folder(&[
        BUYERS,
        CONTRACTS,
        DEALS,
        ("clientype.toml", "[[with]]\nfile = 'contracts.csv'\n"),
    ]);
    let arguments = [
        "buyers.csv",
        "--with",
        "results.csv",
        "--on",
        "buyer code=id",
        "--says",
        "contract=rolling",
    ];
    let (code, out, error) = labelled(folder.path(), &arguments);
    assert_eq!(code, Some(0), "{error}");
    assert!(out.contains("rolling-contract:+0@results.csv"), "{out}");
    assert!(!out.contains("@contracts.csv"), "{out}");
}

/// What a table `[[with]]` has that no flag states.
#[test]
fn a_kind_some_records_columns_and_a_layout_can_be_stated() {
    const ODD: Files<'_> = &[
        BUYERS,
        (
            "odd.txt",
            "exported today\nno|who|state|what we do|desk\n1|AX7|Active|law|North\n2|BQ3|Active|law|South\n3|CZ9|Active|law|West\n4|DD1|Draft|law|North\n",
        ),
        (
            "clientype.toml",
            "[[with]]\nfile = 'odd.txt'\non = 'who=id'\nas = 'contracts'\nskip-lines = 1\ndelimiter = '|'\n\
             only = { desk = ['North', 'South'] }\nmap.service = 'what we do'\n",
        ),
    ];
    let folder = folder(ODD);
    let (code, out, error) = labelled(folder.path(), &["-f", "tsv", "buyers.csv"]);
    assert_eq!(code, Some(0), "{error}");
    let from: Vec<bool> = (out.lines().skip(1))
        .map(|line| {
            line.contains("contract-signed:+3@odd.txt") && line.contains("client-trade:+3@odd.txt")
        })
        .collect();
    assert_eq!(from, [true, true, false, false], "{out}");
    assert!(!out.lines().nth(3).unwrap().contains('@'), "{out}");
}

#[test]
fn what_a_configuration_states_wrongly_is_an_error_before_anything_is_written() {
    for (config, wanted) in [
        (
            "[[with]]\nfile = 'contracts.csv'\nas = 'contract'\n",
            "did you mean \"contracts\"?",
        ),
        (
            "[[with]]\nfile = 'contracts.csv'\nthrough = 'orders.csv'\n",
            "\"orders.csv\"",
        ),
        (
            "[[with]]\nfile = 'contracts.csv'\nthrough = 'contracts.csv'\n",
            "contracts.csv",
        ),
        (
            "[[with]]\nfile = 'contracts.csv'\nonly = { desk = 'North' }\n",
            "\"desk\"",
        ),
        (
            "[[with]]\nfile = 'contracts.csv'\nsays.service = 'zyx'\n",
            "zyx",
        ),
        (
            "[[with]]\nfile = 'contracts.csv'\nabsent.contrakt = 'no'\n",
            "did you mean \"contract\"?",
        ),
        (
            "[[with]]\nfile = 'contracts.csv'\non = 'customer_id'\n",
            "expected THEIRS=OURS",
        ),
        (
            "[[with]]\nfile = 'contracts.csv'\nragged = 'ignore'\n",
            "expected error or pad",
        ),
        ("[[with]]\nfile = 'contracts.csv'\nfrom = 'x'\n", "from"),
        ("[[with]]\nfile = 'missing.csv'\n", "missing.csv"),
        (
            "[assume]\nservice = 'zyx'\n",
            "assume.service (clientype.toml, line 2)",
        ),
        ("[assume]\nservise = 'law'\n", "did you mean \"service\"?"),
        ("assume = 'service=law'\n[assum]\n", "clientype.toml"),
    ] {
        let folder = folder(&[BUYERS, CONTRACTS, ("clientype.toml", config)]);
        let output = run(folder.path(), "classify", &["buyers.csv", "-o", "out.csv"]);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{config}{error}");
        assert!(error.contains(wanted), "{config}{error}");
        assert_eq!(text(&output.stdout), "", "{config}");
        assert!(!folder.path().join("out.csv").exists(), "{config}");
    }
}
