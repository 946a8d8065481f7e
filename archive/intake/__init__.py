"""The one way in: a crawl, an import and a rebuild all end in take.py.

take.py        a response is stored, then read, then archived   verdicts.py  what it says, and what it is
pipeline.py    Scrapy's item pipeline: begins and ends the run of a spider
enclosures.py  what articles lead to: following parts, attached files   joining.py  articles in several pages
imports.py     WARC files and folders of saved pages
"""
