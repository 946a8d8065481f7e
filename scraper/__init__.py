"""Knows the web, not the archive: collects pages and cuts them into fields.

items.py      what travels: Snapshot, RawArticle, ListPage
catalogue.py  the districts: loads and checks districts/*.toml
urls.py       one address per page: the canonical URL
blocked.py    is this the page, or a firewall, a challenge, a soft 404?
parse.py      Snapshot in; RawArticle or ListPage out
pages/        page objects: the META standard, then one module per CMS family
spiders/      the one spider class, what it remembers, its settings' neighbours
crawl.py      starts a crawl
settings.py   politeness first
"""
