"""What is worked out after a crawl: each stage works off a list that triggers keep, and may be killed at any moment.

facts.py        what articles say              people.py     officials of a district, made of facts
attachments.py  the text of attached files     extractor.py  reads them in a process apart
relations.py    copies, variants, parts        versions.py   every version of what was edited
presence.py     what is still there            redesigns.py  columns whose addresses broke at once
alone.py        one process is at a stage at a time
"""
