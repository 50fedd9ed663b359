"""A teacher of real vision models behind an OpenAI-compatible server.

`rules` reads prompts, `reader` and `classifier` look at pictures, `answers` makes replies, `protocol` and `server`
speak HTTP.
"""
