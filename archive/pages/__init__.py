"""What the web pages show besides search hits, a module for each; their plans are read by a test.

reading.py    an article with its evidence, names, the state   said.py  what it says   standing.py  what became of it
copies.py     where else it stands                             attached.py  its files
district.py   people.py   documents.py   changes.py   coverage.py   the page of that name
naming.py     announcements that name somebody or cite something
"""
