"""Looks at the user's data while copier asks its questions, and proposes answers; imports the project's own readers.

It reads samples where the data is large, and never fails: what it cannot make sense of it says nothing about.
survey.py goes through a file or a folder; files.py, headers.py and arrays.py read; columns.py and texts.py judge;
from facts.py (of all data) and tables.py (of tables) come the answers; words.py puts them into words.
"""
