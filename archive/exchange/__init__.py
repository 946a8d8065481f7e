"""Data of other formats, in and out.

warc.py    responses as WARC; coding.py takes content codings off   folders.py  folders of saved pages
export.py  tables as CSV, Parquet, JSON lines, data packages: export_tables.py says which, export_files.py,
           export_parquet.py and export_package.py write them
"""
