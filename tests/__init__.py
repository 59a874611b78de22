"""Exact and fast tests."""
