"""The tables that migrations.py makes, a module for each step that is long. Released with its step, so never edited."""
