"""The only SQL: archive.db (what is published) and snapshots.db (raw responses beside it).

The files, on which all rooms stand:
    store.py       opens both, applies migrations, refuses a newer schema     errors.py  SQLite's errors in plain words
    writing.py     transactions and their order; rounds.py when they begin; turns.py whose turn it is
    migrations.py  the schema as append-only steps, the long ones in schema/  index.py   the SQL functions of the index
    snapshots.py   responses as received; dictionaries.py packs them          chain.py   a hash chain over runs
    articles.py    articles: in, out, ids in publication order                hidden.py  what is taken down

The rooms, each of which imports only those before it:
    crawl/     what a crawl knows and writes down
    exchange/  WARC, folders of saved pages, exports
    intake/    the one way in
    stages/    what is worked out after a crawl
    pages/     what the web pages show
    search/    asking
    alerts/    saved searches and their messages
    upkeep/    status, rebuild, takedown, verify, evidence
"""
