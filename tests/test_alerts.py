"""Alerts from archive to receiver, for real: a webhook and a mail server on loopback, processes that are killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.run import Report, run
from archive.alerts import deliveries
from archive.alerts import saved as store
from archive.alerts.events import after, last
from archive.alerts.saved import SHANGHAI, Alert, due, open_alerts
from archive.alerts.schema import alerts_path
from archive.articles import get, put
from archive.stages.facts import describe_pending
from archive.stages.versions import compare_pending
from archive.store import Archive, ArchiveError, open_archive, snapshots_path
from archive.upkeep.takedown import take_down
from tests import kept
from tests.receivers import Hook, Mailbox
from web.following import question

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # a Friday, 11:00 in Shanghai
WORD = "老旧小区改造"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with open_archive(tmp_path / "archive.db") as opened:
        arrive(opened, 0)
        yield opened


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as hook:
        yield hook


def arrive(archive: Archive, *numbers: int, said: str = "", later: float = 0) -> None:
    """Pages are crawled, and what follows a crawl is done."""
    kept.crawl(archive, *(kept.page(number, said, later=later) for number in numbers))
    describe_pending(archive)
    compare_pending(archive, (kept.district(),))


def follow(archive: Archive, channel: str, search: str = "", **fields: object) -> Alert:
    alert = Alert("小区", search, channel, **{"rhythm": "immediate", **fields})  # type: ignore[arg-type]
    with open_alerts(archive.path) as file:
        return store.add(file, alert, last(archive.db.conn), NOW)


def go(archive: Archive, after: timedelta = timedelta(0), **environ: str) -> Report:
    return run(archive.path, question, {"DIBAO_PUBLIC_URL": "https://dibao.example.org/", **environ}, NOW + after)


def log(archive: Archive) -> list[deliveries.Delivery]:
    with open_alerts(archive.path) as file:
        return deliveries.log(file)


def titles(*numbers: int) -> list[str]:
    return [kept.title(number) for number in numbers]


# what is told


def test_what_is_new_is_told_once_and_in_order(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url)
    assert go(archive) == Report()
    arrive(archive, 1, 2, 3)
    assert go(archive) == Report(noted=3, sent=1)
    assert go(archive) == Report()
    arrive(archive, 4)
    assert go(archive) == Report(noted=1, sent=1)
    assert [post.titles for post in hook.posts] == [titles(1, 2, 3), titles(4)]
    assert hook.posts[0].path == "/hook?key=a+b"
    assert hook.posts[0].headers["Idempotency-Key"] == hook.posts[0].uid != hook.posts[1].uid
    item = hook.posts[1].body["items"][0]
    assert item["permalink"] == f"https://dibao.example.org/a/{item['key']}"
    assert [one.state for one in log(archive)] == ["done", "done"]


def test_only_what_the_search_finds_is_told(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url, f"q={WORD}&since=2026-03-08&district=yunlan")
    follow(archive, hook.url, "district=elsewhere")
    numbers = range(1, 29)
    arrive(archive, *numbers)
    go(archive)
    (post,) = hook.posts
    assert set(post.titles) == {
        kept.title(n) for n in numbers if WORD in kept.title(n) and kept.day(n).isoformat() >= "2026-03-08"
    }


def test_edits_are_told_as_minor_or_substantive_also_when_the_word_went(archive: Archive, hook: Hook) -> None:
    said = "会议研究农村公路养护，投入资金3200万元，完成里程86公里。"
    arrive(archive, 1, said=said)
    follow(archive, hook.url, kinds=("substantive",))
    follow(archive, hook.url, "q=农村公路", kinds=("minor", "substantive"))
    follow(archive, hook.url, "q=没有的词", kinds=("minor", "substantive"))
    arrive(archive, 1, said=said.replace("农村公路养护", "农村公路的养护"), later=86_400)
    go(archive)
    assert [[item["event"] for item in post.body["items"]] for post in hook.posts] == [["minor"]]
    arrive(archive, 1, said="会议研究防汛物资储备，投入资金9999万元。", later=2 * 86_400)
    go(archive)
    assert [[item["event"] for item in post.body["items"]] for post in hook.posts[1:]] == [["substantive"]] * 2


def test_removals_and_returns_are_told_once_however_often_states_are_told_anew(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url)
    conn, (event,) = archive.db.conn, after(archive.db.conn, 0, 9)
    tell = "INSERT INTO states (article_key, number, state, since) VALUES (?, ?, ?, '2026-11-01T00:00:00+00:00')"
    states = ["present", "removed", "returned", "removed"]
    for length in (2, 3, 4, 4):
        conn.execute("DELETE FROM states")
        conn.executemany(tell, [(event.article_key, n, state) for n, state in enumerate(states[:length], 1)])
        conn.commit()
        go(archive)
    events = [item["event"] for post in hook.posts for item in post.body["items"]]
    assert events == ["removed", "returned", "removed"]


def test_an_article_is_told_of_only_when_it_is_described(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url)
    kept.crawl(archive, kept.page(1))
    assert go(archive) == Report()
    describe_pending(archive)
    assert go(archive) == Report(noted=1, sent=1)


def test_what_is_taken_down_meanwhile_is_not_told(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url)
    hook.answers = [503, 503]
    arrive(archive, 1, 2)
    go(archive)
    take_down(archive, kept.url(1), "个人信息")
    go(archive, timedelta(hours=1))
    take_down(archive, kept.url(2), "个人信息")
    go(archive, timedelta(hours=2))
    assert [post.titles for post in hook.posts] == [titles(1, 2), titles(2)]
    assert [one.state for one in log(archive)] == ["empty"]


def test_an_archive_that_was_made_anew_tells_nothing_twice(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url)
    arrive(archive, 1, 2)
    go(archive)
    archive.db.conn.execute("DELETE FROM events")
    archive.db.conn.execute("DELETE FROM sqlite_sequence")
    renew = (
        "INSERT INTO events (article_key, kind, mark, at) SELECT key, 'new', 'new', ? FROM articles ORDER BY id DESC"
    )
    archive.db.conn.execute(renew, ("2026-11-21T00:00:00.000000+00:00",))
    archive.db.conn.commit()
    assert go(archive) == Report(noted=1, sent=1)  # of the page that was there before the alert
    assert hook.posts[-1].titles == titles(0)
    assert go(archive) == Report()


# digests


@pytest.mark.parametrize(
    ("rhythm", "hour", "weekday", "now", "expected"),
    [
        ("daily", 8, 0, "2026-11-20T07:59", "2026-11-20T08:00"),
        ("daily", 8, 0, "2026-11-20T08:00", "2026-11-21T08:00"),
        ("daily", 0, 0, "2026-12-31T23:30", "2027-01-01T00:00"),
        ("weekly", 8, 0, "2026-11-20T11:00", "2026-11-23T08:00"),
        ("weekly", 8, 4, "2026-11-20T07:00", "2026-11-20T08:00"),
        ("weekly", 8, 4, "2026-11-20T08:00", "2026-11-27T08:00"),
        ("weekly", 23, 6, "2026-11-20T11:00", "2026-11-22T23:00"),
    ],
)
def test_digests_are_due_at_hours_of_shanghai(rhythm: str, hour: int, weekday: int, now: str, expected: str) -> None:
    alert = Alert("", "", "", rhythm=rhythm, hour=hour, weekday=weekday)  # type: ignore[arg-type]
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI).astimezone(UTC)
    assert due(alert, moment).astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M") == expected
    assert due(alert, moment).tzinfo is UTC


def test_a_digest_gathers_until_its_hour_and_groups_by_kind(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url, rhythm="daily", hour=18, kinds=("new", "substantive"))
    arrive(archive, 1)
    assert go(archive) == Report(noted=1)
    arrive(archive, 1, said="会议研究防汛物资储备，投入资金9999万元。", later=86_400)
    arrive(archive, 2)
    assert go(archive, timedelta(hours=6)) == Report(noted=2)  # 17:00
    assert go(archive, timedelta(hours=7)) == Report(sent=1)  # 18:00
    (post,) = hook.posts
    text = post.body["message"]
    assert text.index("【新收录】2") < text.index(kept.title(2)) < text.index("【实质修改】1")
    arrive(archive, 3)
    assert go(archive, timedelta(hours=8)) == Report(noted=1)
    assert go(archive, timedelta(hours=31)) == Report(sent=1)


def test_a_long_digest_is_several_messages_in_order(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url)
    template = "INSERT INTO events (article_key, kind, mark, at) SELECT key, 'minor', ?, captured_at FROM articles"
    with open_alerts(archive.path) as file:
        file.conn.execute("UPDATE alerts SET kinds = '[\"minor\"]'")
    for number in range(450):
        archive.db.conn.execute(template, (f"edit:{number}",))
    archive.db.conn.commit()
    assert go(archive) == Report(noted=450, sent=3)
    assert [len(post.body["items"]) for post in hook.posts] == [200, 200, 50]
    assert "另有 150 条" in hook.posts[0].body["message"]


# failures


def test_a_failed_message_is_tried_again_with_the_same_uid_and_holds_back_the_next(
    archive: Archive, hook: Hook
) -> None:
    follow(archive, hook.url)
    hook.answers = [500, 0]
    arrive(archive, 1)
    assert go(archive) == Report(noted=1, failed=1)
    assert go(archive) == Report()  # not yet
    arrive(archive, 2)
    assert go(archive, timedelta(minutes=2)) == Report(noted=1, failed=1)
    assert go(archive, timedelta(minutes=8)) == Report(sent=2)
    assert [post.titles for post in hook.posts] == [titles(1), titles(1), titles(1), titles(2)]
    assert len({post.uid for post in hook.posts[:3]}) == 1
    (second, first) = log(archive)
    assert (first.tries, first.state, second.tries) == (3, "done", 1)


def test_a_receiver_that_is_gone_is_given_up_at_last(archive: Archive) -> None:
    with Hook() as hook:
        follow(archive, hook.url)
    arrive(archive, 1)
    states = []
    for days in range(12):
        go(archive, timedelta(days=days))
        states.append(log(archive)[0].state)
    assert states[0] == "waiting" and states[-1] == "given_up"
    assert log(archive)[0].tries == len(deliveries.BACK_OFF) + 1
    assert "Connection error" in log(archive)[0].answer


def test_mail_has_one_message_id_for_all_tries_and_can_be_ended_with_a_click(archive: Archive) -> None:
    with Mailbox(["451 later"]) as box:
        follow(archive, "reader@example.org")
        arrive(archive, 1)
        assert go(archive, DIBAO_MAIL=box.server).failed == 1
        assert go(archive, timedelta(hours=1), DIBAO_MAIL=box.server).sent == 1
        (mail,) = box.mails
    (delivery,) = log(archive)
    assert delivery.answer == "250 taken"
    assert mail["Message-ID"] == f"<{delivery.uid}@dibao.example.org>"
    assert mail["To"] == "reader@example.org" and mail["Subject"] == "邸报：小区（1 条）"
    link = str(mail["List-Unsubscribe"]).strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in mail.get_content() and kept.title(1) in mail.get_content()
    with open_alerts(archive.path) as file:
        assert store.unsubscribes(file, link.rpartition("/")[2]) is not None


def test_without_a_mail_server_the_log_says_what_to_set(archive: Archive) -> None:
    follow(archive, "reader@example.org")
    arrive(archive, 1)
    assert go(archive).failed == 1
    assert "DIBAO_MAIL" in log(archive)[0].answer


# stopping


def test_an_alert_that_is_ended_is_told_nothing_more(archive: Archive, hook: Hook) -> None:
    alert = follow(archive, hook.url)
    hook.answers = [500]
    arrive(archive, 1)
    go(archive)
    with open_alerts(archive.path) as file:
        store.remove(file, alert.id, NOW)
    arrive(archive, 2)
    assert go(archive, timedelta(days=1)) == Report()
    assert [one.state for one in log(archive)] == ["cancelled"]
    assert hook.url.encode() not in alerts_path(archive.path).read_bytes()


def test_ended_while_it_is_being_sent_it_stays_ended(archive: Archive, hook: Hook) -> None:
    alert = follow(archive, hook.url)
    arrive(archive, 1)

    def end() -> None:
        with open_alerts(archive.path) as file:
            store.remove(file, alert.id, NOW)

    hook.before = end
    hook.answers = [500]
    go(archive)
    assert [one.state for one in log(archive)] == ["cancelled"]
    assert go(archive, timedelta(days=1)) == Report()


def test_a_pause_holds_what_waits_and_leaves_out_what_happens(archive: Archive, hook: Hook) -> None:
    alert = follow(archive, hook.url)
    hook.answers = [500]
    arrive(archive, 1)
    go(archive)
    with open_alerts(archive.path) as file:
        store.pause(file, alert.id, NOW)
    arrive(archive, 2)
    assert go(archive, timedelta(days=1)) == Report()
    with open_alerts(archive.path) as file:
        store.resume(file, alert.id, last(archive.db.conn), NOW)
    arrive(archive, 3)
    go(archive, timedelta(days=2))
    assert [post.titles for post in hook.posts] == [titles(1), titles(1), titles(3)]


# killed at any moment

DYING = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from archive.alerts import deliveries
import alerts.run
from web.following import question
place, which = sys.argv[2], int(sys.argv[3])
module, name = place.split(":")
holder = {"deliveries": deliveries, "run": alerts.run}[module]
original, calls = getattr(holder, name), 0
def dies(*args, **kwargs):
    global calls
    calls += 1
    if calls == which:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*args, **kwargs)
setattr(holder, name, dies)
alerts.run.run(Path(sys.argv[1]), question, os.environ, datetime.fromisoformat(sys.argv[4]))
"""


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("deliveries:form", 1),  # noted, no message made of it
        ("deliveries:intend", 1),  # made, nothing sent
        ("run:send", 1),  # the intent is written, nothing sent
        ("deliveries:mark", 2),  # sent, but that is not written down: sent again with the same uid
    ],
)
def test_killed_at_any_moment_nothing_is_lost_and_a_repeat_can_be_told(
    archive: Archive, hook: Hook, place: str, told: int
) -> None:
    follow(archive, hook.url)
    arrive(archive, 1, 2)
    command = [sys.executable, "-c", DYING, str(archive.path), place, "1", NOW.isoformat()]
    killed = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for hours in (1, 2, 3):
        go(archive, timedelta(hours=hours))
    assert [post.titles for post in hook.posts] == [titles(1, 2)] * told
    assert len({post.uid for post in hook.posts}) == 1
    assert [one.state for one in log(archive)] == ["done"]


def test_killed_while_the_receiver_is_slow(archive: Archive, hook: Hook) -> None:
    follow(archive, hook.url)
    arrive(archive, 1)
    command = [sys.executable, "cli.py", "--archive", str(archive.path), "alerts", "run"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL) as process:
        hook.before = process.kill
        hook.wait(1)
        process.wait(30)
    hook.before = None
    (delivery,) = log(archive)
    assert (delivery.state, delivery.tries) == ("sending", 1)
    assert run(archive.path, question, os.environ, datetime.now(UTC) + timedelta(hours=1)).sent == 1
    assert [post.uid for post in hook.posts] == [delivery.uid] * 2


# the file


def test_the_file_is_private_and_says_nothing_in_the_archive(archive: Archive) -> None:
    follow(archive, "mailto://user:very-secret@127.0.0.1:1?from=a@example.org&to=b@example.org")
    path = alerts_path(archive.path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with open_alerts(archive.path) as file:
        file.conn.execute("UPDATE alerts SET name = name")
        assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.glob("alerts.db*")} == {0o600}
    for one in (archive.path, snapshots_path(archive.path)):
        assert b"very-secret" not in one.read_bytes()
    with closing(sqlite3.connect(archive.path)) as conn:
        tables = {name for (name,) in conn.execute("SELECT name FROM sqlite_master")}
    assert not tables & {"alerts", "deliveries", "tokens"}


def test_tokens_are_kept_as_hashes_and_can_be_ended(archive: Archive) -> None:
    with open_alerts(archive.path) as file:
        token = store.new_token(file, "编辑部", NOW)
        assert store.opens(file, token)
        assert not store.opens(file, token[:-1]) and not store.opens(file, "")
        assert token not in "".join(file.conn.iterdump())
        assert store.revoke_tokens(file, NOW) == 1
        assert not store.opens(file, token)


def test_an_unsubscribe_link_ends_its_own_alert_only(archive: Archive, hook: Hook) -> None:
    one, other = follow(archive, hook.url), follow(archive, hook.url, "q=x")
    with open_alerts(archive.path) as file:
        token = store.unsubscribe_token(file, one.id)
        assert store.unsubscribes(file, token) == store.get(file, one.id)
        forged = token.replace(f"{one.id}-", f"{other.id}-", 1)
        for wrong in (forged, token[:-1], "", "1", "1-", "-", "²-x", "9" * 400 + "-x"):
            assert store.unsubscribes(file, wrong) is None
        store.remove(file, one.id, NOW)
        assert store.unsubscribes(file, token) is None
        with pytest.raises(ArchiveError, match="dibao alerts list"):
            store.pause(file, one.id, NOW)


@pytest.mark.parametrize(
    "wrong", [{"kinds": ()}, {"kinds": ("gone",)}, {"rhythm": "hourly"}, {"hour": 24}, {"weekday": 7}]
)
def test_what_is_no_alert_is_refused(archive: Archive, wrong: dict[str, object]) -> None:
    with open_alerts(archive.path) as file, pytest.raises(ValueError, match=r"kinds|rhythm|hour"):
        store.add(file, replace(Alert("", "", "x"), **wrong), None, NOW)  # type: ignore[arg-type]


def test_an_article_that_moves_or_is_read_again_happens_once(archive: Archive) -> None:
    stored = archive.db.conn.execute("SELECT count(*) FROM events").fetchone()
    found = get(archive, kept.url(0))
    assert found
    put(archive, replace(found.article, published_on=kept.day(5)), 99)
    archive.db.conn.execute("UPDATE articles SET id = id + 1")
    archive.db.conn.execute("CREATE TEMP TABLE held AS SELECT * FROM articles")
    archive.db.conn.execute("DELETE FROM articles")
    archive.db.conn.execute("INSERT INTO articles SELECT * FROM held")
    archive.commit()
    assert archive.db.conn.execute("SELECT count(*) FROM events").fetchone() == stored == (1,)
