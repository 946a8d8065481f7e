"""Reads files in a process of its own: one header line and the bytes in, one line of JSON out, until the input ends.

Run as ``python -m pipelines.attachments.worker MEGABYTES SECONDS``. The process limits itself before it reads anything:
memory, CPU seconds of each file, no file to write, no dump. A file that breaks a limit ends the process; whoever
started it takes that for the answer (archive/stages/extractor.py).
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
import zipfile
import zlib
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Final
from xml.etree import ElementTree

from pipelines.attachments.extracted import Extracted
from pipelines.attachments.read import extract

# What libraries raise on odd bytes, where their own errors do not say it.
_BUGS: Final = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, OSError),
    *(RecursionError, RuntimeError, SyntaxError, TypeError, ValueError),
    *(ElementTree.ParseError, struct.error, zipfile.BadZipFile, zlib.error),
)


def limit(megabytes: int) -> None:
    """For good: this much memory, nothing written, no core dump."""
    with suppress(ValueError, OSError):  # macOS knows no limit of memory
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def allow(seconds: int) -> None:
    """So many more CPU seconds; the system ends the process when they are used up."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def read(body: bytes, name: str, media_type: str) -> Extracted:
    """extract, with the errors of libraries and of too little memory as states."""
    try:
        return extract(body, name, media_type)
    except MemoryError:
        return Extracted("stopped", "", reason="needs more memory than it may have")
    except _BUGS as error:
        return Extracted("broken", "", reason=f"its reader failed: {type(error).__name__}: {error}"[:300])


def serve(asked: IO[bytes], told: IO[bytes], seconds: int) -> None:
    """Answers one file after the other."""
    while line := asked.readline():
        head = json.loads(line)
        body = asked.read(head["bytes"])
        if len(body) < head["bytes"]:
            return
        allow(seconds)
        found = read(body, head["name"], head["media_type"])
        told.write(json.dumps(asdict(found)).encode() + b"\n")
        told.flush()


def main() -> None:
    # Libraries may print; the answers go where nothing else does.
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit(int(sys.argv[1]))
    serve(sys.stdin.buffer, told, int(sys.argv[2]))


if __name__ == "__main__":
    main()
