"""What Dibao costs, as ratios to something well known that is measured in the same run (`make bench`).

corpus.py     made-up pages and texts, the same on every machine
ratio.py      Ratio: one figure and its bar
reading.py    process() against trafilatura.bare_extraction
keeping.py    snapshots.db against WARC.gz
searching.py  the search of archive.db against LIKE
crawl.py      a whole crawl against a Scrapy spider with default settings and BeautifulSoup
"""

PARTS = ("reading", "keeping", "crawl", "searching")
