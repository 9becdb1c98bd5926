"""Drafts: what somebody is still writing, kept on the server for them alone.

A draft is nobody's but its author's: encrypted with a key of its own purpose and owner, in no
search, no export and no trail; gone when it is sent, thrown away, too old, or when a role ends.
"""
