"""Thin doors to the desk."""
