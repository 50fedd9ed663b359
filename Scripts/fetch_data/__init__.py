"""The fetch step of the project: pinned packages in, plain UTF-8 text per domain and split out.

`Scripts/fetch-data --help` explains the command; `catalogue.py` lists the sources.
"""
