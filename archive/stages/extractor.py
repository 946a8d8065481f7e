"""Reads files in a process apart, so that no file can harm who reads it: not a bomb, not a crash, not an endless loop.

One process is kept for many files; it limits its own memory and CPU time (pipelines/attachments/worker.py), and is
killed when a file takes too long by the clock. Whatever ended it is what is said of the file.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from pipelines.attachments.extracted import Extracted

MEGABYTES: Final = 1_500  # of address space; libraries and the interpreter take 300
SECONDS: Final = 40  # CPU of one file
PATIENCE: Final = 90.0  # seconds by the clock of one file
FILES: Final = 300  # then a new process: libraries leak
_ROOT: Final = Path(__file__).parents[1]


class Extractor:
    """Use as a context. Not for several threads."""

    def __init__(self, megabytes: int = MEGABYTES, seconds: int = SECONDS, patience: float = PATIENCE) -> None:
        self.megabytes, self.seconds, self.patience = megabytes, seconds, patience
        self.started = 0  # processes, for who wants to know
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()

    def read(self, body: bytes, name: str = "", media_type: str = "") -> Extracted:
        """What the file gives; never raises for what is in it."""
        process = self._ready()
        head = {"bytes": len(body), "name": name, "media_type": media_type}
        answer = self._exchange(process, json.dumps(head).encode() + b"\n" + body)
        if answer is None:
            return self._ended(process)
        self._files += 1
        said: dict[str, Any] = json.loads(answer)
        return Extracted(**{**said, "flags": tuple(said["flags"])})

    def close(self) -> None:
        """Ends the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()

    def _ready(self) -> subprocess.Popen[bytes]:
        if self._files >= FILES or (self._process is not None and self._process.poll() is not None):
            self.close()
        if self._process is None:
            self._files = 0
            self.started += 1
            command = [sys.executable, "-m", "pipelines.attachments.worker", str(self.megabytes), str(self.seconds)]
            # A session of its own: Ctrl-C is for us, who then end it.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                bufsize=0,
                start_new_session=True,
            )
        return self._process

    def _exchange(self, process: subprocess.Popen[bytes], question: bytes) -> bytes | None:
        """The answer's line; None when the process ended or time is up. Writes and reads in turns: neither side may
        wait for the other for ever."""
        assert process.stdin is not None and process.stdout is not None
        to, back = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(to, False)
        left, answer = memoryview(question), bytearray()
        end = time.monotonic() + self.patience
        while (wait := end - time.monotonic()) > 0:
            readable, writable, _ = select.select([back], [to] if left else [], [], wait)
            try:
                if writable:
                    left = left[os.write(to, left[: 1 << 20]) :]
            except BrokenPipeError:
                return None
            if readable:
                part = os.read(back, 1 << 20)
                if not part:
                    return None
                answer += part
                if answer.endswith(b"\n"):
                    return bytes(answer)
        return None

    def _ended(self, process: subprocess.Popen[bytes]) -> Extracted:
        """Why there is no answer."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        code = process.poll()
        self.close()
        if code is None or code == -signal.SIGXCPU:
            return Extracted("stopped", "", reason=f"took longer than {self.seconds} s to read")
        if code == -signal.SIGKILL:
            return Extracted("stopped", "", reason="the system ended its reader, mostly for want of memory")
        if code > 0:  # 2026-11: calamine panics on some odd bytes, which Python cannot catch as an error
            return Extracted("broken", "", reason="its reader gave up on it")
        return Extracted("stopped", "", reason=f"its reader crashed ({signal.Signals(-code).name})")
