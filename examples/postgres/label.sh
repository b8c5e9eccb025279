#!/usr/bin/env bash
# Labels what a query returns, into a new table with two columns more. The connection is that
# of psql: PGHOST, PGDATABASE, PGUSER and so on.
#
#   label.sh PLAN QUERY TABLE
#   label.sh plan.toml 'SELECT * FROM accounts' labelled
set -euo pipefail
[ $# = 3 ] || { echo "usage: label.sh PLAN QUERY TABLE" >&2; exit 2; }
export PLAN=$1 QUERY=${2%;}
table=$3

# Days as 2026-01-31, whichever way the server writes them; texts in UTF-8.
export PGDATESTYLE=ISO PGCLIENTENCODING=UTF8
# shellcheck disable=SC2016 # The shell that psql starts puts the values in.
export RECORDS='psql --no-psqlrc --quiet --command "COPY ($QUERY) TO STDOUT (FORMAT csv, HEADER)" |
  clientype classify --quiet --config "$PLAN" --input-format csv --delimiter , --encoding utf-8 --no-totals'

# One transaction, which a program that fails ends: no table is left. Without ON_ERROR_STOP
# psql would commit the records that came before. And sh has no pipefail, so bash it is.
psql --no-psqlrc --quiet --single-transaction --set ON_ERROR_STOP=1 <<SQL
CREATE TABLE $table AS $QUERY WITH NO DATA;
ALTER TABLE $table ADD relationship_label text, ADD affiliation_label text;
\copy $table from program 'bash -o pipefail -c "\$RECORDS"' with (format csv, header match)
SQL
