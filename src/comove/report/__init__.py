"""A result becomes a document, and a document becomes text, HTML, Markdown, JSON or CSV."""
