"""``turnstile tune``: settings of governance that do best by several measures at once, over many worlds."""
