"""Why assets move together: one folder per explanation, each with its own words.

A member exposes ``channel``, a :class:`comove.core.protocols.Channel`, and a ``words.toml``.  The
modules with a leading underscore hold what every explanation shares: the decision rule, the
evidence and the attacks that a share of the joint split brings with it.
"""
