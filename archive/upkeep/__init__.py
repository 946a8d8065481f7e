"""What a person does with the archive: look at it, mend it, prove it.

status.py    how it stands                        rebuild.py  every article again from its stored responses
takedown.py  articles out of view and back        verify.py   does it say what the sites sent?
evidence.py  a pack that proves what a site said and when
"""
