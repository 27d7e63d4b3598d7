"""XEP-0060 as a pure engine, and the words of the wire that every face of a channel shares.

Nothing in this package knows MIX or MUC, does any I/O, reads a clock or rolls dice.
"""
