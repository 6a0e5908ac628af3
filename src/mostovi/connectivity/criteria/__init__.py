"""Who needs a connection most, by criteria that a partner owns, edits and compares.

Criteria are documents with versions: which indicators count, on which scale, with which weight. From them
follow an index, a ranking, how far a rank may move when weights do, and why a school stands where it stands.
"""
