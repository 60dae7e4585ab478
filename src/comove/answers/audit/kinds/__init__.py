"""Kinds of claims: one file each, with the rule that finds it and the test it goes to."""
