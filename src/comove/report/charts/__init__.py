"""Exhibits become pictures: one kind a file in ``kinds``, each at the width there is room for."""
