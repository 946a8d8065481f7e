"""What an announcement says: facts with their place in the text and the rule that found them.

`facts.describe` composes the stages; the stages (people, organisations, places, money, numbers, dates, documents,
meetings, kinds, appointments, terms) are pure functions of the text and import only `evidence` and `lexicon`.
"""
