"""Made-up announcements, their reposts, and what only looks like one."""
