"""The spider: fetches what a district lists, and interprets no article.

district.py  the one spider class          loader.py   a spider for each district of the catalogue
columns.py   reads the lists of its columns
walk.py      how far back a column is read        memory.py   what a spider asks of the archive
asking.py    requests as they are made            reading.py  what a list page's answer is
trouble.py   failures in plain words, and how many are enough
report.py    progress, ends, a response as a snapshot
"""
