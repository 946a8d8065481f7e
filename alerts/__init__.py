"""Tells people what they follow: composes messages, hands them to mail servers, webhooks and other services."""
