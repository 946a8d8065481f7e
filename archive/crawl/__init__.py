"""What a crawl knows and writes down: the archive's side of a spider's memory.

ledger.py     what a spider asks of the archive and tells it: pages and listings
runs.py       runs, their locks and their counts           leases.py    several processes share a crawl
queue.py      what each page has come to, and when it is tried again
coverage.py   each listed page under one part of its day   fetches.py   every request; manners.py what was done to hosts
lists.py      the last capture of each list page           halves.py    answers that end in their middle
backfills.py  how far back a column was read               cooling.py   sites that refuse
sightings.py  what the site says of pages that are held, and which are looked at again
checks.py     a run held against [expect] of its district
"""
