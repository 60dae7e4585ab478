"""From a text to clauses with their names, figures and dates; nothing here knows what is tested."""
