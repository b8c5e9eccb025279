"""The proof on real engines; `.ci/engines` prepares what it needs, and calls it."""
import contextlib
import csv
import datetime
import os
import platform
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
sys.path.insert(0, str(EXAMPLES / "spark"))
LABELS = ["relationship_label", "affiliation_label"]
KEY = "Account ID"
REGIONS = ["North", "South", "East", "West", "Nordwest", "Île-de-France", "Śląsk", "Hà Nội"]


# The records: words in five languages, empty, misspelled or of no meaning; days in several
# ways of writing, also such as may be read both ways; quotes, line breaks, spaces around.

WORDS = {
    "Our service": ["Legal advice", "Rechtsberatung", "accounting", "insurance", "consulting",
                    "retail", "Hair salon", "bakery", "restaurant", "public relations",
                    "Psychotherapy", "księgowość", "petrol station", "wholesale", "others"],
    "Offering": ["product", "service", "Professional service", "goods and services", "Produkt",
                 "Dienstleistung", "widgets"],
    "Contract": ["yes", "no", "signed", "ja", "nein", "none", "terminated", "month to month",
                 "umowa zawarta", "draft", "in negotiation", "expired", "oui", "24 months",
                 "kein Vertrag vorhanden", "pas encore signé", "see folder", "yes?", "x", "0"],
    "Engagement": ["ongoing", "transactional", "fortlaufend", "one-off", "each visit", "retained"],
    "Customization": ["custom", "standard", "individual", "tailored", "off the shelf", "blue"],
    "Revenue model": ["retainer", "subscription", "per purchase", "Abonnement", "pay per order"],
    "Purchase frequency": ["regular", "occasionally", "once", "every week", "regelmäßig", "when it rains"],
    "Affiliation": ["company", "private person", "employee", "department", "supplier", "prospect",
                    "partner", "Mitarbeiter", "contractor", "friend of the house"],
}
COMPANIES = ["Hartmann & Söhne GmbH", "Acme", "ACME GmbH", "Notacme Ltd", "Globex S.A.", "Hotel Total",
             "Acme (Berlin)", "Łódź Textiles Sp. z o.o.", "Công ty Hoa Sen", "O'Brien \"Bros\", Ltd"]
DOMAINS = ["acme.example", "mail.acme.example", "globex.example", "gmail.com", "web.de", "hartmann.example"]


def text_of_day(rng, day):
    """A day as a person may have written it; the day comes before the month."""
    way = rng.random()
    if way < 0.5:
        return f"{day.day:02}/{day.month:02}/{day.year}"
    if way < 0.75:
        return day.isoformat()
    if way < 0.85:
        return f"{day.day}.{day.month}.{day.year}"
    if way < 0.93:
        return f"{day.day} {day:%B} {day.year}"
    return rng.choice(["unknown", "n/a", "31/02/2020", "last spring", "2019", str(day.year - 4000), "00/00/0000"])


def twisted(rng, text):
    """A text, sometimes in another case, with spaces, a quote or a letter too many."""
    way = rng.random()
    if way < 0.80:
        return text
    if way < 0.86:
        return text.upper()
    if way < 0.90:
        return f"  {text} "
    if way < 0.93:
        return text.replace(" ", "_")
    if way < 0.95:
        return f"{text}\u00a0"
    if way < 0.97:
        return f'"{text}"'
    return text + rng.choice("?xz,;\n.")


def records(count):
    """The table: texts, days and flags, from a fixed seed."""
    rng = random.Random(20260131)
    first = datetime.date(1995, 1, 1)
    columns = {KEY: [f"{number:07}" for number in range(count)]}
    columns["Region"] = [rng.choice(REGIONS) for _ in range(count)]

    def maybe(share, make):
        return [make() if rng.random() < share else rng.choice([None, None, ""]) for _ in range(count)]

    def day():
        return first + datetime.timedelta(days=rng.randrange(12_500))

    columns["Company"] = maybe(0.7, lambda: twisted(rng, rng.choice(COMPANIES)))
    columns["Email"] = maybe(0.7, lambda: f"user{rng.randrange(10**6)}@{rng.choice(DOMAINS)}")
    for name, words in WORDS.items():
        columns[name] = maybe(0.75, lambda words=words: twisted(rng, rng.choice(words)))
    columns["Contract number"] = maybe(0.4, lambda: rng.choice(
        [f"V-{rng.randrange(10**5)}", "none", "not yet signed", "17/2019", "cancelled 2020", "#REF!", "see folder"]))
    columns["Customer since"] = maybe(0.8, lambda: text_of_day(rng, day()))
    columns["Duration"] = maybe(0.3, lambda: twisted(
        rng, f"{rng.randrange(1, 40)} {rng.choice(['years', 'months', 'Jahre', 'mois', 'tygodni', 'weeks'])}"))
    columns["Notes"] = maybe(0.5, lambda: rng.choice(
        ["NDA on file.", "Called; no answer", 'Says "later"', "Two lines,\nand a comma", "Zażółć", "'", "\\N"]))
    table = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    # Columns that are not texts in the engines.
    table["Contract end"] = pa.array([day() if rng.random() < 0.2 else None for _ in range(count)], pa.date32())
    table["Dedicated manager"] = pa.array([rng.choice([True, False, None]) for _ in range(count)], pa.bool_())
    return pa.table(table)


def write_csv(table, path):
    """The whole export, by Python's own writer."""
    written = {datetime.date: datetime.date.isoformat, bool: lambda flag: str(flag).lower()}
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(table.column_names)
        for row in zip(*(column.to_pylist() for column in table.columns)):
            rows.writerow(["" if value is None else written.get(type(value), str)(value) for value in row])


# What is compared: for each key its labels.

def labels_of(table):
    keys = table.column(KEY).to_pylist()
    labels = dict(zip(keys, zip(*(table.column(name).to_pylist() for name in LABELS))))
    if len(labels) != len(keys):
        sys.exit(f"{len(keys) - len(labels)} keys came out twice")
    return labels


def read_labels(path):
    kept = dict.fromkeys([KEY, *LABELS], pa.string())
    options = pyarrow.csv.ConvertOptions(include_columns=list(kept), column_types=kept)
    parsing = pyarrow.csv.ParseOptions(newlines_in_values=True)
    return labels_of(pyarrow.csv.read_csv(path, parse_options=parsing, convert_options=options))


class Proof:
    """What every engine is compared with, and what came out so far."""

    def __init__(self, expected, size, price):
        self.expected, self.size, self.price = expected, size, price
        self.is_equal = True
        self.line("", "rows", "different", "seconds", "ns/record", "USD/TB")

    @staticmethod
    def line(name, *cells):
        print(f"{name:<42}" + "".join(f"{cell:>11}" for cell in cells), flush=True)

    def add(self, name, labels, seconds, cores):
        different = sum(labels.get(key) != value for key, value in self.expected.items())
        self.print(name, len(labels), 1, different, seconds, cores)

    def add_counts(self, name, counts, times, seconds, cores):
        expected = Counter(self.expected.values())
        different = sum(abs(counts.get(pair, 0) - times * expected[pair]) for pair in {*counts, *expected})
        self.print(name, sum(counts.values()), times, different, seconds, cores)

    def print(self, name, rows, times, different, seconds, cores):
        self.is_equal &= different == 0 and rows == times * len(self.expected)
        nanoseconds = seconds * 1e9 / rows
        cost = seconds * cores / 3600 * self.price * 1e12 / (self.size * times)
        self.line(name, rows, different, f"{seconds:.2f}", f"{nanoseconds:.0f}", f"{cost:.2f}")


def columns_read(plan):
    from label import columns
    return len(columns(plan))


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True, **options)


def printed(*command):
    done = run(*command, capture_output=True, text=True)
    return (done.stdout or done.stderr).strip()


def timed(action):
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


# The engines.

def binary(proof, folder, plan, cores):
    """Each region as a file of its own: a part gets the labels that it gets within the whole."""
    labels, total = {}, 0.0
    table = pyarrow.parquet.read_table(folder / "accounts.parquet")
    regions = table.column("Region").to_pylist()
    for number, region in enumerate(REGIONS):
        part, labelled = folder / f"part{number}.csv", folder / f"part{number}.out.csv"
        write_csv(table.filter(pa.array([one == region for one in regions])), part)
        seconds, _ = timed(lambda: run("clientype", "classify", "-q", "--config", plan, part, "-o", labelled))
        total += seconds
        labels |= read_labels(labelled)
    proof.add(f"clientype, {len(REGIONS)} files", labels, total, cores)


@contextlib.contextmanager
def spark_session(folder):
    """A cluster of two executors; its log is shown only if something fails."""
    from pyspark.sql import SparkSession

    log, stderr = open(folder / "spark.log", "wb"), os.dup(2)
    os.dup2(log.fileno(), 2)
    session = (SparkSession.builder.master("local-cluster[2,1,1024]").appName("proof")
               .config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1")
               .config("spark.sql.warehouse.dir", str(folder / "warehouse"))
               .config("spark.sql.shuffle.partitions", len(REGIONS))
               .config("spark.sql.adaptive.coalescePartitions.enabled", "false").getOrCreate())
    try:
        yield session
    except BaseException:
        os.write(stderr, (folder / "spark.log").read_bytes()[-5000:])
        raise
    finally:
        session.stop()
        os.dup2(stderr, 2)


def spark(proof, session, folder, plan):
    from label import label

    session.addArtifacts(str(EXAMPLES / "spark/label.py"), pyfile=True)
    session.addArtifacts(str(folder / "bin/clientype"), file=True)
    frame = session.read.parquet(str(folder / "accounts.parquet"))
    label(frame.limit(1000).repartition(2), str(plan)).count()  # Starts Python on both executors.
    parts = label(frame.repartition(len(REGIONS), "Region"), str(plan))
    seconds, _ = timed(lambda: parts.write.parquet(str(folder / "spark.parquet")))
    labels = labels_of(pyarrow.parquet.read_table(folder / "spark.parquet", columns=[KEY, *LABELS]))
    proof.add(f"Spark {session.version}, by region", labels, seconds, 2)
    # Ten times as many, so that starting jobs weighs less; their labels are only counted.
    copies = session.range(10).withColumnRenamed("id", "copy")
    many = label(frame.crossJoin(copies), str(plan)).groupBy(*LABELS).count()
    seconds, rows = timed(many.collect)
    counts = {tuple(row)[:2]: row["count"] for row in rows}
    proof.add_counts(f"Spark {session.version}, the same tenfold", counts, 10, seconds, 2)


def duckdb(proof, folder, plan, cores):
    database = folder / "proof.duckdb"
    run("duckdb", database, "-c", f"CREATE TABLE accounts AS FROM '{folder}/accounts.parquet'")
    command = [EXAMPLES / "duckdb/label.sh", database, plan, "SELECT * FROM accounts", "labelled"]
    seconds, _ = timed(lambda: run(*command))
    run("duckdb", database, "-c", f"COPY labelled TO '{folder}/duckdb.csv' (FORMAT csv, HEADER)")
    proof.add(f"DuckDB {duckdb_version()}, pipe", read_labels(folder / "duckdb.csv"), seconds, cores)


def duckdb_version():
    return printed("duckdb", "--version").split()[0].lstrip("v")


def postgres(proof, folder, export, plan, cores):
    types = {pa.date32(): "date", pa.bool_(): "boolean"}
    schema = pyarrow.parquet.read_schema(folder / "accounts.parquet")
    columns = ", ".join(f'"{field.name}" {types.get(field.type, "text")}' for field in schema)
    psql(f"CREATE TABLE accounts ({columns})")
    psql("COPY accounts FROM STDIN (FORMAT csv, HEADER match)", source=export)
    command = [EXAMPLES / "postgres/label.sh", plan, "SELECT * FROM accounts", "labelled"]
    seconds, _ = timed(lambda: run(*command))
    psql("COPY labelled TO STDOUT (FORMAT csv, HEADER)", target=folder / "postgres.csv")
    proof.add(f"PostgreSQL {postgres_version()}, pipe", read_labels(folder / "postgres.csv"), seconds, cores)


def postgres_version():
    return printed("psql", "-XAtc", "SHOW server_version").split()[0]


def psql(statement, source=os.devnull, target=os.devnull):
    with open(source, "rb") as read, open(target, "wb") as written:
        run("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, stdin=read, stdout=written)


# The views of `clientype sql`: the texts of the table, their readings, and a view over both.

def has_views():
    return subprocess.run(["clientype", "sql", "--help"], capture_output=True).returncode == 0


def part(plan, dialect, name):
    """A part of what `clientype sql` prints, as one statement."""
    statement = printed("clientype", "sql", "--config", plan, "--table", "accounts",
                        "--dialect", dialect, "--part", name)
    return statement.rstrip("; \n") if dialect == "spark" else statement


def read_texts(folder, plan, dialect):
    texts, readings = (folder / f"{dialect}-{name}.csv" for name in ("texts", "readings"))
    with open(texts, "rb") as source, open(readings, "wb") as target:
        run("clientype", "read", "--config", plan, stdin=source, stdout=target, stderr=subprocess.DEVNULL)
    return readings


def spark_view(proof, session, folder, plan):
    session.read.parquet(str(folder / "accounts.parquet")).write.saveAsTable("accounts")

    def label():
        texts = session.sql(part(plan, "spark", "distinct")).toArrow()
        pyarrow.csv.write_csv(texts, folder / "spark-texts.csv")
        readings = read_texts(folder, plan, "spark")
        for statement in without_comments(part(plan, "spark", "readings")):
            session.sql(statement)
        columns = ", ".join(f"`{field.name}` {field.dataType.simpleString()}"
                            for field in session.table("clientype_readings").schema)
        session.sql(f"CREATE TEMPORARY VIEW clientype_csv ({columns}) USING csv "
                    f"OPTIONS (path '{readings}', header 'true', multiLine 'true', escape '\"')")
        session.sql("INSERT INTO clientype_readings SELECT * FROM clientype_csv")
        session.sql(part(plan, "spark", "view"))
        session.table("accounts_labels").write.parquet(str(folder / "spark-view.parquet"))

    seconds, _ = timed(label)
    labels = labels_of(pyarrow.parquet.read_table(folder / "spark-view.parquet", columns=[KEY, *LABELS]))
    proof.add(f"Spark {session.version}, view", labels, seconds, 2)


def duckdb_view(proof, folder, plan, cores):
    database, target = folder / "proof.duckdb", folder / "duckdb-view.csv"

    def label():
        query = folder / "duckdb-distinct.sql"
        query.write_text(part(plan, "duckdb", "distinct"))
        with open(query) as read, open(folder / "duckdb-texts.csv", "w") as written:
            run("duckdb", "-init", "/dev/null", "-csv", database, stdin=read, stdout=written)
        readings = read_texts(folder, plan, "duckdb")
        load = (f"COPY clientype_readings FROM '{readings}' "
                "(FORMAT csv, HEADER, DELIMITER ',', QUOTE '\"', ESCAPE '\"', NULLSTR '', AUTO_DETECT false)")
        for statement in (part(plan, "duckdb", "readings"), load, part(plan, "duckdb", "view"),
                          f"COPY (FROM accounts_labels) TO '{target}' (FORMAT csv, HEADER)"):
            run("duckdb", database, "-c", statement, stdout=subprocess.DEVNULL)

    seconds, _ = timed(label)
    proof.add(f"DuckDB {duckdb_version()}, view", read_labels(target), seconds, cores)


def postgres_view(proof, folder, plan, cores):
    target = folder / "postgres-view.csv"

    def label():
        query = folder / "postgres-distinct.sql"
        query.write_text(part(plan, "postgres", "distinct"))
        with open(folder / "postgres-texts.csv", "w") as written:
            run("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-P", "format=csv", "-f", query, stdout=written)
        readings = read_texts(folder, plan, "postgres")
        psql(part(plan, "postgres", "readings"))
        psql("COPY clientype_readings FROM STDIN (FORMAT csv, HEADER)", source=readings)
        psql("ANALYZE clientype_readings")
        psql(part(plan, "postgres", "view"))
        psql("COPY (SELECT * FROM accounts_labels) TO STDOUT (FORMAT csv, HEADER)", target=target)

    seconds, _ = timed(label)
    proof.add(f"PostgreSQL {postgres_version()}, view", read_labels(target), seconds, cores)


def without_comments(statements):
    lines = [line for line in statements.splitlines() if not line.startswith("--")]
    return [one for one in "\n".join(lines).split(";") if one.strip()]


def main():
    folder, count, price = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    cores = len(os.sched_getaffinity(0))
    export, plan = folder / "accounts.csv", folder / "plan.toml"
    table = records(count)
    pyarrow.parquet.write_table(table, folder / "accounts.parquet", row_group_size=50_000)
    write_csv(table, export)
    size = export.stat().st_size
    run("clientype", "columns", "--own", "Acme", "--own", "acme.example", "--as-of", "2026-01-31",
        "--freeze", plan, export, capture_output=True)
    seconds, _ = timed(lambda: run("clientype", "classify", "-q", "--config", plan, export,
                                   "-o", folder / "whole.csv"))
    expected = read_labels(folder / "whole.csv")

    java = printed("java", "-version").split('"')[1]
    print(f"{datetime.date.today()}: {printed('clientype', '--version')}, Python {platform.python_version()}, "
          f"Java {java}; {cores} cores at {price:.2f} USD an hour")
    print(f"{count} records, {size / 1e6:.0f} MB as CSV, {size / count:.0f} bytes each; "
          f"{columns_read(plan)} columns read")
    proof = Proof(expected, size, price)
    proof.add("clientype, one file", expected, seconds, cores)
    binary(proof, folder, plan, cores)
    duckdb(proof, folder, plan, cores)
    postgres(proof, folder, export, plan, cores)
    with spark_session(folder) as session:
        spark(proof, session, folder, plan)
        if has_views():
            duckdb_view(proof, folder, plan, cores)
            postgres_view(proof, folder, plan, cores)
            spark_view(proof, session, folder, plan)
        else:
            print("clientype sql: not compared, since this binary does not have it")
    for scorecard, label in enumerate(LABELS):
        tally = Counter(pair[scorecard] for pair in expected.values())
        print(f"{label}: " + ", ".join(f"{name} {number}" for name, number in sorted(tally.items())))
    if not proof.is_equal:
        sys.exit("the engines differ from the binary")


main()
