"""What messages say, how hostile titles look in them, and what is a channel."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from alerts.addresses import LOCAL, public_url
from alerts.channels import ChannelError, check, is_chat, masked, send
from alerts.message import LISTED, LONGEST, Links, Message, compose, plain, trial
from archive.alerts.events import KINDS, Entry, Event
from tests.receivers import Hook, Mailbox

LINKS = Links("https://d.example", "https://d.example/?q=x", "https://d.example/unsubscribe/1-a")
EVIL = "标题\r\nBcc: all@example.org\x00\u202e<!channel> @everyone [点此](http://evil.example) <script>"


def entry(number: int, kind: str = "new", title: str = "") -> Entry:
    event = Event(number, f"{number:016x}", kind, "new", "2026-11-01T00:00:00+00:00")
    name = title or f"第{number}号通告"
    return Entry(number, f"{number:016x}", "https://x.example", name, "yunlan", "公告", "2026-11-01", "", "", "", event)


def said(*entries: Entry, language: str = "zh", chat: bool = False) -> Message:
    return compose("名称", entries, LINKS, {"yunlan": "云澜区"}, language, chat=chat)


def test_a_message_groups_by_kind_and_keeps_the_order() -> None:
    text = said(entry(1, "removed"), entry(2), entry(3, "minor"), entry(4)).text
    places = [
        text.index(word)
        for word in ("【新收录】2", "第2号", "第4号", "【小改】1", "第3号", "【已从网站撤下】1", "第1号")
    ]
    assert places == sorted(places)
    assert "2026-11-01  云澜区 · 公告" in text and f"https://d.example/a/{4:016x}" in text
    assert text.endswith("退订: https://d.example/unsubscribe/1-a")


def test_a_long_message_counts_the_rest_and_programs_get_all() -> None:
    message = said(*(entry(n) for n in range(LISTED + 7)))
    assert message.text.count("号通告") == LISTED and "另有 7 条" in message.text
    assert len(message.items) == LISTED + 7
    assert message.subject == f"邸报：名称（{LISTED + 7} 条）"


def test_languages_say_the_same() -> None:
    tables = tomllib.loads((Path(__file__).parents[1] / "alerts/data/messages.toml").read_text("utf-8"))
    assert tables["zh"].keys() == tables["en"].keys()
    assert tables["zh"]["kinds"].keys() == tables["en"]["kinds"].keys() == set(KINDS)
    assert "Unsubscribe: https://" in said(entry(1), language="en").text
    assert said(entry(1), language="xx") == said(entry(1))


def test_a_hostile_title_is_one_line_and_in_chats_no_markup() -> None:
    mail, chat = said(entry(1, title=EVIL)), said(entry(1, title=EVIL), chat=True)
    (line,) = [line for line in mail.text.split("\n") if "标题" in line]
    assert line == "标题 Bcc: all@example.org <!channel> @everyone [点此](http://evil.example) <script>"
    assert not set("@<>[]") & set(chat.text)
    assert len(plain("长" * 999)) == LONGEST


def test_a_hostile_name_makes_no_header(tmp_path: Path) -> None:
    with Mailbox() as box:
        answer = send("reader@example.org", trial(EVIL, LINKS, "zh"), "uid", {"DIBAO_MAIL": box.server})
        assert answer.ok
        (mail,) = box.mails
    assert mail["Bcc"] is None and mail["To"] == "reader@example.org"
    assert "\n" not in str(mail["Subject"]) and "Bcc: all@example.org" in str(mail["Subject"])


@pytest.mark.parametrize(
    ("channel", "shown", "chat"),
    [
        ("https://hook.example.org:8443/secret?token=1", "https://hook.example.org/…", False),
        ("jsons://user:pass@hook.example.org/secret", "https://hook.example.org/…", False),
        ("mailtos://user:pass@example.org?to=reader@example.org", "reader@example.org", False),
        ("https://open.feishu.cn/open-apis/bot/v2/hook/very-secret-token", "feishu://v...n/", True),
        ("https://oapi.dingtalk.com/robot/send?access_token=verysecrettoken", "dingtalk://v...n//", True),
        ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=verysecretkey", "wecombot://v...y/", True),
    ],
)
def test_channels_and_how_they_are_shown(channel: str, shown: str, chat: bool) -> None:
    check(channel, {})
    assert masked(channel, {}) == shown
    assert is_chat(channel, {}) is chat


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("", "cannot send"),
        ("nobody", "cannot send"),
        ("http://[", "no web address"),
        ("dbus://", "acts on the machine"),
        ("SYSLOG://", "acts on the machine"),
        ("json://a.example\n", "one line"),
        ("a@b.example", "DIBAO_MAIL"),
        ("mailto://x.example?from=a@b.example&to=a@b.example,c@d.example", "one receiver"),
    ],
)
def test_what_is_no_channel_says_why(channel: str, told: str) -> None:
    with pytest.raises(ChannelError, match=told):
        check(channel, {})
    assert not send(channel, trial("x", LINKS, "zh"), "uid", {}).ok


def test_a_mail_server_that_is_none() -> None:
    with pytest.raises(ChannelError, match="mailtos://"):
        check("a@b.example", {"DIBAO_MAIL": "json://x.example"})


def test_what_a_service_answers_is_told() -> None:
    message = said(entry(1))
    with Hook([404]) as hook:
        assert "404" in send(hook.url, message, "uid", {}).text
        assert send(hook.url, message, "uid", {}).ok
        assert hook.posts[1].body["links"]["unsubscribe"] == LINKS.unsubscribe
    assert not send(hook.url, message, "uid", {}).ok
    with Mailbox(["554 no thanks"]) as box:
        answer = send("reader@example.org", message, "uid", {"DIBAO_MAIL": box.server})
    assert not answer.ok and "554" in answer.text


@pytest.mark.parametrize("given", ["", "dibao.example", "ftp://x.example", "http://[", "javascript:x"])
def test_a_public_address_that_is_none(given: str) -> None:
    assert public_url({"DIBAO_PUBLIC_URL": given}) == LOCAL
