"""云澜区: a made-up district and its site, in the shapes of Fengxun 风讯 (design/sites.md 2.1).

announcements.toml  what it announces      site.py     its pages and lists, as bytes
server.py           serves them on loopback, with switches for everything that goes wrong on real sites
"""
