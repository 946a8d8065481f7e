"""Asking the archive: every question is a walk from the newest article down that stops when it has enough.

ask.py      full text, filters, paging       walks.py   the SQL of the walks
filters.py  what hits must have              facets.py  what the matches have in common
folding.py  copies of one text as one line   gaps.py    what cannot have been found: days that were not crawled
"""
