#!/usr/bin/env bash
# Labels what a query returns, into a new table with two columns more.
#
#   label.sh DATABASE PLAN QUERY TABLE
#   label.sh crm.duckdb plan.toml 'SELECT * FROM accounts' labelled
set -euo pipefail
[ $# = 4 ] || { echo "usage: label.sh DATABASE PLAN QUERY TABLE" >&2; exit 2; }
database=$1 plan=$2 query=${3%;} table=$4

# Without the user's start file, and without a progress bar: both print among the records.
run() { duckdb -init /dev/null "$database" -c "SET enable_progress_bar = false; $1"; }

# A file between the two, since DuckDB locks its database: the second process could not open
# it while the first one reads. And nothing is loaded before all went well.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
run "COPY ($query) TO '/dev/stdout' (FORMAT csv, HEADER)" |
  clientype classify --quiet --config "$plan" --input-format csv --delimiter , --encoding utf-8 --no-totals \
    --output "$folder/labelled.csv"

# The types are those of the query, and how the file is written is stated, not sniffed.
run "BEGIN;
CREATE TABLE $table AS SELECT *, '' AS relationship_label, '' AS affiliation_label FROM ($query) LIMIT 0;
COPY $table FROM '$folder/labelled.csv' (FORMAT csv, HEADER, AUTO_DETECT false, DELIMITER ',',
  QUOTE '\"', ESCAPE '\"', ALLOW_QUOTED_NULLS false);
SELECT CASE WHEN (SELECT count(*) FROM $table) <> (SELECT count(*) FROM ($query))
  THEN error('records in and out differ in number') END;
COMMIT" >/dev/null
