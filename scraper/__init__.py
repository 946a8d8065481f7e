"""Knows the web, not the archive: collects pages and cuts them into fields.

items.py      what travels: Snapshot, RawArticle, ListPage
catalogue.py  the districts: loads and checks districts/*.toml     strict.py  how their tables are read
urls.py       one address per page: the canonical URL
blocked.py    is this the page, or a firewall, a challenge, a soft 404?    blockmarks.py  their marks
rendering.py  pages that only scripts make, for columns with render = true
parse.py      Snapshot in; RawArticle or ListPage out
pages/        page objects: the META standard, then one module per CMS family
spiders/      the one spider class, and what it asks of the archive
middlewares.py  robots.txt, redirects, decompression, the rest that a site is given
crawl.py      starts a crawl     settings.py  politeness first
"""
