"""``turnstile sensitivity``: which constants move what is measured, and where findings of studies turn."""
