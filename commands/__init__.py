"""What the verbs of cli.py do beyond calling one function of a part (click's and rich's other home).

show.py      consoles, tables, progress
crawl.py     choosing districts, a crawl with its summary, exit codes
parse.py     saved pages as flat records
describe.py  the facts of announcements
facts.py     describing what an archive holds
takedown.py  articles out of view, and back
server.py    the web server beside a crawl
"""
