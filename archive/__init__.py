"""The only SQL: archive.db (what is published) and snapshots.db (raw responses beside it).

store.py       opens both files, applies migrations, refuses a newer schema
migrations.py  the schema as append-only steps
snapshots.py   responses as received: in and out, zstd with a dictionary per site
warc.py        responses as WARC, in and out; coding.py takes content codings off
export.py      the data as CSV, Parquet, JSON lines, data packages; export_tables.py says which
folders.py     folders of saved pages
articles.py    articles: in, out, ids in publication order
index.py       the SQL functions behind the full-text index
search.py      asking: full text, filters, facets, paging
reading.py     one article with its evidence, names, the state: what pages show besides hits
runs.py        runs, their locks and their counts
ledger.py      what a spider asks of the archive and tells it: pages and listings
queue.py       what each page has come to, and when it is tried again
coverage.py    each listed page under one part of its day; fetches.py every request; manners.py what was done to hosts
backfills.py   how far back a column was read; cooling.py sites that refuse; crawl_schema.py the tables of these
intake.py      the one way in: stored, then processed, then archived (crawl, import, reprocess)
imports.py     WARC files and folders through the intake
rebuild.py     every article again from its stored responses
facts.py       what articles say: the stage after a crawl; facts_schema.py its tables
people.py      officials of a district, made of facts
takedown.py    articles out of view and back; hidden.py what is taken down
said.py        what one article says, for its page
checks.py      a run held against [expect] of its district
status.py      how the archive stands
"""
