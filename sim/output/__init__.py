"""A run on disk: its folder, its tables, its attempt log and where it came from."""
