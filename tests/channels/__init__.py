"""Tests of the explanations, on histories made so that the answer is known."""
