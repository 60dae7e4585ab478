"""A user's own files: tables become rows of declared series, and nothing about them is guessed."""
