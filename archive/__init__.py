"""The only SQL: archive.db (what is published) and snapshots.db (raw responses beside it).

store.py       opens both files, applies migrations, refuses a newer schema
migrations.py  the schema as append-only steps
snapshots.py   responses as received: in and out, zstd with a dictionary per site
warc.py        WARC and folders of saved pages, in and out
articles.py    articles: in, out, ids in publication order
search.py      asking: full text, filters, facets, paging
ledger.py      runs, pages, listings: what was listed, stored, failed, still waiting
intake.py      the one way in: stored, then processed, then archived (crawl, import, reprocess)
checks.py      a run held against [expect] of its district
"""
