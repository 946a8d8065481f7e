"""Page objects: a parsed page in, raw fields or list rows out.

family.py    Family: what one CMS looks like (selectors, list quirks)
standard.py  what every government page shares: META tags, label tables, the visible line
lists.py     rows and next page of any list, by structure
fengxun.py  trs.py  hanweb.py ...  one small module per CMS family
generic.py   pages that no family knows (trafilatura's only home)
"""
