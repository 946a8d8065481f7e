"""Attached files as text: bytes in, Extracted out. Pure; archive/stages/extractor.py runs it in a process of its own.

read.py is the entrance: kinds.py tells what the bytes are (not what the name says), and one module for each kind reads
them. Whatever is wrong with a file is a state with a reason, never an error of the crawl.
"""

from typing import Final

RULES_VERSION: Final = "1"
"""Written beside every text; a change here has `dibao reprocess --stage attachments` read the files again."""
