"""The page of the HTML writer: template, stylesheet, and how each block becomes markup."""
