"""Two columns more for a DataFrame: `label(frame, plan)`, or from a CSV file to another:
    spark-submit label.py PLAN INPUT.csv OUTPUT [BINARY]"""
import io, os, shutil, subprocess, sys, tomllib
import pyarrow as pa
from pyarrow import csv

LABELS = ["relationship_label", "affiliation_label"]
READ = ["--input-format", "csv", "--delimiter", ",", "--encoding", "utf-8", "--no-totals", "--threads", "1"]


def columns(plan):
    with open(plan, "rb") as file:
        entries = tomllib.load(file)["map"].values()
    entries = [one for entry in entries for one in (entry if isinstance(entry, list) else [entry])]
    return list(dict.fromkeys(one["column"] if isinstance(one, dict) else one for one in entries if one))


def labelled(batch, names, plan, binary):
    # Empty texts for nulls: a record of one null would be an empty line, which is not a record.
    texts = [batch.column(name).cast("string").fill_null("") for name in names]
    csv.write_csv(pa.table(texts, names), text := io.BytesIO())
    command = [binary, "classify", "--quiet", "--config", plan, *READ]
    try:
        done = subprocess.run(command, input=text.getvalue(), capture_output=True, check=True)
    except subprocess.CalledProcessError as error:
        raise RuntimeError(f"{error} {error.stderr.decode()}") from error
    found = csv.read_csv(
        io.BytesIO(done.stdout),
        csv.ReadOptions(use_threads=False, block_size=len(done.stdout) + 1),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(include_columns=LABELS, column_types=dict.fromkeys(LABELS, "string")))
    if found.num_rows != batch.num_rows:
        raise RuntimeError(f"{batch.num_rows} records, and labels for {found.num_rows}")
    arrays = batch.columns + [column.combine_chunks() for column in found.columns]
    return pa.record_batch(arrays, batch.schema.names + LABELS)


def label(frame, plan):
    from pyspark import SparkFiles
    from pyspark.sql.types import StringType, StructField, StructType
    names, name = columns(plan), os.path.basename(plan)
    if missing := sorted(set(names) - set(frame.columns)):
        raise ValueError(f"{plan} reads columns that the frame lacks: {missing}")
    frame.sparkSession.addArtifacts(plan, file=True)

    def batches(iterator):
        binary = shutil.which(SparkFiles.get("clientype")) or "clientype"
        return (labelled(batch, names, SparkFiles.get(name), binary) for batch in iterator)

    fields = [StructField(column, StringType()) for column in LABELS]
    return frame.mapInArrow(batches, StructType(frame.schema.fields + fields))


if __name__ == "__main__":
    from pyspark.sql import SparkSession
    plan, source, target, *binary = sys.argv[1:]
    spark = SparkSession.builder.appName("clientype").getOrCreate()
    for path in binary:
        spark.addArtifacts(path, file=True)
    frame = spark.read.csv(source, header=True, multiLine=True, escape='"')
    label(frame, plan).write.csv(target, header=True, escape='"')
