"""What stands between the spider and the wire: who may be asked, when, how much, and whom to trust.

addresses.py    which addresses are public
trust.py        TLS: whom to believe, and why not, in plain words
connections.py  the sessions of a process (aiohttp's home)
turns.py        one request at a time to a host, and its rest, over all processes
budget.py       what a host is asked for in a day
packed.py       undoes gzip and deflate
gate.py         Scrapy's download handler, which all requests pass
"""
