"""The site over an archive, served by Datasette. Nothing here writes; all SQL is asked of archive/.

serve.py      Datasette with its settings, and the server
pages.py      the search page, the article page, the data dictionary
errors.py     what a visitor sees when a page cannot be given
body.py       a stored text as paragraphs, lists and tables
words.py      the words of the pages by language (data/strings.toml); times and addresses as shown
querying.py   the page of a ready-made question (queries.yml): its form, chart and cells
plugins/      Datasette's hooks: routes, Chinese ?_search=, labels, safe headers
templates/  static/  metadata.yml (the data dictionary)  queries.yml (the ready-made questions)
"""
