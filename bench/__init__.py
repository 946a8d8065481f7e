"""What Dibao costs, as ratios to something well known that is measured in the same run (`make bench`).

corpus.py     made-up pages and texts, the same on every machine
ratio.py      Ratio: one figure and its bar
reading.py    process() against trafilatura.bare_extraction
keeping.py    snapshots.db against WARC.gz
searching.py  the search of archive.db against LIKE
relating.py   finding copies against cutting the same texts for the search
crawl.py      a whole crawl against a Scrapy spider with default settings and BeautifulSoup
nights.py     thousands of sites at once: pace, fairness, memory, several processes, one of them killed
sites.py      the sites for it, on loopback addresses
serving.py    the pages over HTTP against Datasette's own empty page, as the archive grows
library.py    the archive for it: articles with everything that pages show of them
"""

PARTS = ("reading", "keeping", "crawl", "searching", "relating", "nights", "serving")
