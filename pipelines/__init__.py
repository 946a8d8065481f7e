"""Turns a Snapshot into an Article: pure stages that never import each other; no SQL, no network, no clock.

article.py   Article: its fields are the columns of the archive
process.py   the composition, in one screen
clean.py     the body's fragment of HTML -> text (beautifulsoup4's only home)
text.py      Chinese indexing and asking: zh_tokens, zh_match
"""
