"""`dibao describe`: lines in, lines out; a bad line names file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from commands.describe import describe

LINE = {"id": "a1", "text": "1月5日，区委书记林远舟主持会议。", "published": "2023-01-06"}


def run(tmp_path: Path, content: bytes, *options: str) -> tuple[int, str, str]:
    source = tmp_path / "in.jsonl"
    source.write_bytes(content)
    result = CliRunner().invoke(describe, [str(source), *options])
    return result.exit_code, result.stdout, result.stderr


def line(**changes: object) -> bytes:
    return json.dumps({**LINE, **changes}, ensure_ascii=False).encode()


def test_lines_become_descriptions(tmp_path: Path) -> None:
    code, out, _ = run(
        tmp_path, line() + b"\n\n" + line(id="a2", published=None, title="云澜区公告", district="320412"), "--no-extra"
    )
    answers = [json.loads(row) for row in out.splitlines()]
    assert code == 0
    assert [a["id"] for a in answers] == ["a1", "a2"]
    assert answers[0]["people"] == [{"name": "林远舟", "titles": ["区委书记"], "roles": ["主持"]}]
    assert answers[0]["dates"] == [{"text": "1月5日", "iso": "2023-01-05"}]
    assert answers[1]["dates"] == []
    assert answers[1]["kind"] == "公告公示"


def test_evidence(tmp_path: Path) -> None:
    code, out, _ = run(tmp_path, line(), "--evidence", "--no-extra")
    facts = json.loads(out)["facts"]
    assert code == 0
    assert all(LINE["text"][f["start"] : f["end"]] == f["raw"] for f in facts)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{not json}", "in.jsonl:2: not JSON"),
        (b"[1]", "in.jsonl:2: not an object"),
        (b'{"id": "x"}', 'in.jsonl:2: "text" is missing'),
        (b'{"id": 3, "text": "x"}', 'in.jsonl:2: "id" is missing or no string'),
        (b'{"id": "x", "text": "x", "published": "gestern"}', "in.jsonl:2: \"published\" is 'gestern'"),
        (b'{"id": "x", "text": "x", "title": 3}', 'in.jsonl:2: "title" is no string'),
        (b"\xff\xfe", "in.jsonl:2: not UTF-8"),
    ],
)
def test_a_bad_line_names_file_and_line(tmp_path: Path, content: bytes, message: str) -> None:
    code, _, err = run(tmp_path, line() + b"\n" + content, "--no-extra")
    assert code == 1
    assert message in err


def test_a_missing_file(tmp_path: Path) -> None:
    result = CliRunner().invoke(describe, [str(tmp_path / "nothing.jsonl")])
    assert result.exit_code == 2
    assert "nothing.jsonl" in result.stderr
