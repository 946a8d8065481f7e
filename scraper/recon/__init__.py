"""Understands a site nobody has described: pages in, the next addresses out, then what was understood.

No Scrapy, no clock, no archive. vocabulary.py  words of link texts          look.py     a page with its links
identity.py    name and code     family.py  a vote over all pages             trail.py    one column on trial
record.py      what came so far  planner.py  what to ask next                  sorting.py  list, hub or shell?
judge.py       confidence        findings.py what is left in the end           selectors.py rows where the readers fail
toml.py        a district's file fixtures.py pages with what was read of them  saved.py    a survey of saved pages
"""
