"""Turns a Snapshot into an Article: pure stages that never import each other; no SQL, no network, no clock.

article.py   Article: its fields are the columns of the archive
process.py   the composition, in one screen
clean.py     the body's fragment of HTML -> lines of text and links (beautifulsoup4's only home)
furniture.py what the portal printed around the text is cut
fields.py    raw fields -> values: numbers, dates, 本网, empty marks
privacy.py   mobile and identity-card numbers masked
text.py      Chinese indexing and asking: zh_tokens, zh_match
"""
