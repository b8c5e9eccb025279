//! By which key a file is related: found by names and proved by the keys themselves, stated,
//! or refused.
//!
//! A case is what is shown, the files, other arguments, and either the key and how many of
//! the records are found, or a part of the error.

use serde_json::Value;

use super::{Files, arguments, folder, run, text};

type Case = (
    &'static str,
    Files<'static>,
    &'static str,
    Result<&'static str, &'static str>,
);

const CODES: (&str, &str) = ("buyers.csv", "id,name\nAX7,Alpha\nBQ3,Beta\nCZ9,Gamma\n");

#[rustfmt::skip]
const CASES: &[Case] = &[
    // ---- names
    ("what a key identifies is in one of the names", &[CODES, ("orders.csv",
        "order_id,customer_id\n1,AX7\n2,BQ3\n3,AX7\n")], "", Ok("customer_id=id 3/3")),
    ("the words of a name have any order", &[("clients.csv", "id_client,nom\nAX7,Alpha\nBQ3,Beta\n"), ("commandes.csv",
        "id_commande,client_id\n1,AX7\n2,BQ3\n")], "", Ok("client_id=id_client 2/2")),
    ("abbreviated, in German", &[("kunden.csv", "Kundennummer;Name\nAX7;Alpha\nBQ3;Beta\n"), ("auftraege.csv",
        "Auftragsnr;KdNr\n1;AX7\n2;BQ3\n")], "", Ok("KdNr=Kundennummer 2/2")),
    ("in French", &[("clients.csv", "Code client;Nom\nAX7;Alpha\nBQ3;Beta\n"), ("contrats.csv",
        "N° de contrat;N° client\n1;AX7\n2;BQ3\n")], "", Ok("N° client=Code client 2/2")),
    ("in Polish", &[("klienci.csv", "Nr klienta;Nazwa\nAX7;Alpha\nBQ3;Beta\n"), ("umowy.csv",
        "Nr umowy;ID klienta\n1;AX7\n2;BQ3\n")], "", Ok("ID klienta=Nr klienta 2/2")),
    ("in Vietnamese", &[("khach_hang.csv", "Mã số KH,Tên\nAX7,Alpha\nBQ3,Beta\n"), ("hop_dong.csv",
        "Số hợp đồng,Mã KH\n1,AX7\n2,BQ3\n")], "", Ok("Mã KH=Mã số KH 2/2")),
    ("as systems export them", &[("Account.csv", "Id,Name\n0015g00000AbCdE,Alpha\n0015g00000FgHiJ,Beta\n"), ("Contract.csv",
        "Id,AccountId,Status\n8005g01,0015g00000AbCdE,Activated\n8005g02,0015g00000FgHiJ,Draft\n")], "", Ok("AccountId=Id 2/2")),
    ("by name, where there is no number", &[("buyers.csv", "Customer,Contract\nAlpha Ltd,yes\nBeta GmbH,\n"), ("orders.csv",
        "Order No,Customer Name\n1,Alpha Ltd\n2,Beta GmbH\n3,Beta GmbH\n")], "", Ok("Customer Name=Customer 3/3")),
    ("a number before a name", &[("buyers.csv", "customer_id,customer_name\nAX7,Alpha\nBQ3,Beta\n"), ("orders.csv",
        "order_id,customer_name,customer_id\n1,Alpha,AX7\n2,Beta,BQ3\n")], "", Ok("customer_id=customer_id 2/2")),
    ("by the domain of a mail address", &[("buyers.csv", "name,website\nAlpha,https://www.alpha.example/start\nBeta,beta.example\n"), ("contacts.csv",
        "contact_id,email\n1,ann@alpha.example\n2,Bob@Beta.Example\n3,cem@alpha.example\n")], "--on email=website", Ok("email=website 3/3")),
    ("the user of an order is who buys", &[("buyers.csv", "id,name\nalder,Alpha\nbirch,Beta\ncedar,Gamma\n"), ("orders.csv",
        "order_id,user_id\n1,alder\n2,cedar\n")], "", Ok("user_id=id 2/2")),
    ("unless another column names the buyer", &[CODES, ("orders.csv",
        "order_id,user_id,customer_id\n1,CZ9,AX7\n2,CZ9,BQ3\n")], "", Ok("customer_id=id 2/2")),
    ("who worked is not who buys", &[CODES, ("time_entries.csv",
        "entry_id,user_id,hours\n1,AX7,3\n2,BQ3,4\n")], "", Err("no column shows by its name which record of buyers.csv it belongs to")),
    ("our own column that refers to their list", &[("buyers.csv", "id,employee_id\nAX7,E1\nBQ3,E1\nCZ9,E2\nDD1,E1\nEE2,E2\nFF3,E1\nGG4,E1\nHH5,E2\n"), ("staff.csv",
        "employee_id,name\nE1,Kim\nE2,Lee\n")], "", Ok("employee_id=employee_id 2/2")),

    // ---- spellings
    ("a byte order mark, quotes and the .0 of a number never matter", &[("buyers.csv", "\u{feff}id,name\n1001,Alpha\n1002,Beta\n"), ("orders.csv",
        "\u{feff}customer_id,order_id\n1001.0,1\n\"\"\"1002\"\"\",2\n'1001',3\n")], "--on customer_id=id", Ok("customer_id=id 3/3")),
    ("case, spaces, signs and leading zeros, if nothing else fits", &[("buyers.csv", "id,name\nAX-007,Alpha\nBQ-011,Beta\n"), ("orders.csv",
        "order_id,customer_id\n1,ax_7\n2,BQ 11\n3,AX7\n")], "", Ok("customer_id=id 3/3")),
    ("a letter before a number", &[("buyers.csv", "id,name\nK001,Alpha\nK022,Beta\n"), ("orders.csv",
        "order_id,customer_id\n1,1\n2,22\n3,001\n")], "", Ok("customer_id=id 3/3")),
    ("but not where two of ours would be one", &[("buyers.csv", "id,name\nAX-1,Alpha\nAX1,Beta\nBQ2,Gamma\n"), ("orders.csv",
        "order_id,customer_id\n1,ax1\n2,bq2\n")], "", Err("no key finds 90% of the records")),

    // ---- too little speaks for it
    ("the number of a record is not that of a buyer", &[("buyers.csv", "id,name\n1,Alpha\n2,Beta\n3,Gamma\n"), ("orders.csv",
        "id,order_date\n1,2025-01-01\n2,2025-01-01\n3,2025-01-01\n")], "", Err("only whole numbers speak for a key")),
    ("how many there are identifies nobody", &[("buyers.csv", "id,name\n1,Alpha\n2,Beta\n3,Gamma\n"), ("projects.csv",
        "project_id,number_of_customers\nP1,1\nP2,3\n")], "", Err("no column shows by its name")),
    ("the first few of many numbers fit by chance", &[("buyers.csv",
        "id\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n"), ("orders.csv",
        "order_id,customer_id\nA1,1\nA2,2\nA3,1\nA4,1\n")], "", Err("only whole numbers speak for a key")),
    ("but they count if they are stated", &[("buyers.csv",
        "id\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n"), ("orders.csv",
        "order_id,customer_id\nA1,1\nA2,2\nA3,1\nA4,1\n")], "--on customer_id=id", Ok("customer_id=id 4/4")),
    ("numbers all over ours are keys", &[("buyers.csv",
        "id\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n"), ("orders.csv",
        "order_id,customer_id\nA1,3\nA2,29\nA3,11\nA4,17\n")], "", Ok("customer_id=id 4/4")),
    ("a key that finds four of five records", &[CODES, ("orders.csv",
        "order_id,customer_id\n1,AX7\n2,BQ3\n3,AX7\n4,BQ3\n5,ZZ1\n")], "", Err("no key finds 90% of the records in buyers.csv:\n    \"customer_id\" = \"id\": 80% of their records found, 66% of ours")),
    ("is one if it is stated", &[CODES, ("orders.csv",
        "order_id,customer_id\n1,AX7\n2,BQ3\n3,AX7\n4,BQ3\n5,ZZ1\n")], "--on customer_id=id", Ok("customer_id=id 4/5")),
    ("a stated key that finds nothing", &[CODES, ("orders.csv",
        "order_id,customer_id\n1,ZZ1\n2,ZZ2\n")], "--on order_id=id", Err("\"id\" of buyers.csv has none of the keys in \"order_id\"")),
    ("two keys that lead to different records", &[CODES, ("contracts.csv",
        "contract_id,customer_id,client_id\n1,AX7,BQ3\n2,BQ3,AX7\n")], "", Err("several keys fit buyers.csv, and they lead to different records:")),
    ("two keys that lead to the same records", &[CODES, ("contracts.csv",
        "contract_id,customer_id,client_id\n1,AX7,AX7\n2,BQ3,BQ3\n")], "", Ok("customer_id=id 2/2")),
    ("a key of ours that several records have, and that is stated", &[("buyers.csv", "customer_id,name\nAX7,Alpha\nAX7,Alpha\nBQ3,Beta\nBQ3,Beta\n"), ("orders.csv",
        "order_id,customer_id\n1,AX7\n2,BQ3\n")], "--on customer_id=customer_id", Ok("customer_id=customer_id 2/2")),
    ("no record has a key", &[CODES, ("orders.csv", "order_id,customer_id\n1,\n2,n/a\n")], "", Err("no record has a key")),

    // ---- through another file
    ("the key of another related file, and its spelling", &[CODES, ("projects.csv",
        "project_id,customer_id\nPRJ-001,AX7\nPRJ-002,BQ3\n"), ("time_entries.csv",
        "entry_id,project_id,hours\n1,PRJ_001,3\n2,PRJ_002,4\n3,prj 1,1\n"), ("clientype.toml",
        "[[with]]\nfile = \"projects.csv\"\n[[with]]\nfile = \"time_entries.csv\"\nthrough = \"projects.csv\"\n")], "",
        Ok("project_id=project_id 3/3")),
    ("without the letters that all of ours have", &[CODES, ("projects.csv",
        "project_id,customer_id\nPRJ-001,AX7\nPRJ-002,BQ3\n"), ("time_entries.csv",
        "entry_id,project_id,hours\n1,001,3\n2,002,4\n3,1,1\n"), ("clientype.toml",
        "[[with]]\nfile = \"projects.csv\"\n[[with]]\nfile = \"time_entries.csv\"\nthrough = \"projects.csv\"\n")], "",
        Ok("project_id=project_id 3/3")),
];

#[test]
fn a_file_is_related_by_the_key_that_a_careful_reader_takes_or_not_at_all() {
    let mut wrong = Vec::new();
    for (says, files, others, wanted) in CASES {
        let folder = folder(files);
        let all = [&["--format", "json"][..], &arguments(files, others)].concat();
        let output = run(folder.path(), "columns", &all);
        let error = text(&output.stderr);
        let got = match output.status.success() {
            false => Err(error),
            true => {
                let report: Value = serde_json::from_slice(&output.stdout).unwrap();
                let last = report["related"].as_array().unwrap().last().unwrap();
                let key = |side: &str| last["key"][side].as_str().unwrap().to_owned();
                let counts = [&last["found"], &last["records"]].map(Value::to_string);
                let (theirs, ours) = (key("theirs"), key("ours"));
                Ok(format!("{theirs}={ours} {}", counts.join("/")))
            }
        };
        let is_right = match (&got, wanted) {
            (Ok(got), Ok(wanted)) => got == wanted,
            (Err(error), Err(part)) => error.contains(part),
            _ => false,
        };
        if !is_right {
            wrong.push(format!("{says}:\n  {got:?} instead of\n  {wanted:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is ignored is reported, since it may be wrong.
#[test]
fn the_report_shows_what_was_ignored_when_keys_were_compared() {
    for (theirs, ignored) in [
        ("AX-007", None),
        ("ax 7", Some("case, spaces, \"-\", \"_\" and leading zeros")),
        (
            "7",
            Some("case, spaces, \"-\", \"_\" and leading zeros, and \"ax\" before a number"),
        ),
    ] {
        let orders = format!("order_id,customer_id\nO1,{theirs}\n");
        let files = [
            ("buyers.csv", "id,name\nAX-007,Alpha\nAX-120,Beta\n"),
            ("orders.csv", &*orders),
        ];
        let folder = folder(&files);
        let all = [&["--format", "json"][..], &arguments(&files, "")].concat();
        let output = run(folder.path(), "columns", &all);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let found = &report["related"][0]["key"]["ignored"];
        assert_eq!(found.as_str(), ignored, "{theirs}");
    }
}
