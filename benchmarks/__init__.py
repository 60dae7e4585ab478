"""How long things take, how much memory they need, and that they are still right."""
