"""Page objects: a parsed page in, raw fields or list rows out.

family.py    Family: what one CMS looks like (selectors, list quirks)
standard.py  what every government page shares, put together: fields and body's fragment, from
             meta.py (META tags), title.py, line.py (发布日期, 来源), labels.py (the disclosure table), dates.py,
             body.py (which element), outline.py (the page as text)
lists.py     rows and next page of any list: links.py (titles), groups.py (which siblings are the list), rows.py and
             rowdates.py (a row and its own date), records.py (rows in scripts and answers), pager.py,
             pager_scripts.py, pager_numbers.py, words.py (data/lists.toml)
parts.py     articles in several pages: which addresses go on with one
fengxun.py  trs.py  hanweb.py ...  one small module per CMS family
generic.py   pages that no family knows (trafilatura's only home)
"""
