"""What a host is asked for in a day (Asia/Shanghai), by all runs together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from scraper.manners import SHANGHAI, Manners

ASK_AGAIN = 50  # requests after which the archive is asked again what other processes have spent


@dataclass(slots=True)
class Spent:
    """What a host was asked for on a day, as far as this process knows. since: requests of ours since it asked."""

    day: date
    requests: int = 0
    bytes: int = 0
    since: int = 0


@dataclass(slots=True)
class Budget:
    """The day's spending of every host that this process asks."""

    hosts: dict[str, Spent] = field(default_factory=dict)

    def used_up(self, host: str, manners: Manners, ask: Callable[[str], tuple[int, int]]) -> str:
        """What of a host's budget is used up, in words; "" when it may be asked. ask: scraper.spiders.memory.spent."""
        day = datetime.now(SHANGHAI).date()
        spent = self.hosts.get(host)
        if spent is None or spent.day != day or spent.since >= ASK_AGAIN:
            before = spent if spent is not None and spent.day == day else Spent(day)
            requests, size = ask(host)
            spent = self.hosts[host] = Spent(day, max(requests, before.requests), max(size, before.bytes))
        if spent.requests >= manners.daily_requests:
            return f"daily_requests = {manners.daily_requests}"
        if spent.bytes >= manners.daily_bytes:
            return f"daily_megabytes = {manners.daily_bytes / 1_000_000:g}"
        return ""

    def add(self, host: str, size: int) -> None:
        if spent := self.hosts.get(host):
            spent.requests += 1
            spent.bytes += size
            spent.since += 1
