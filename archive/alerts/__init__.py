"""alerts.db, which is private: saved.py searches and tokens, deliveries.py messages; events.py reads what happened."""
