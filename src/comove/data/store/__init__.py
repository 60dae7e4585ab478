"""The store of a user's own data: kept for ever, read as of any instant."""
