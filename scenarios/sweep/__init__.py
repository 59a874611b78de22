"""``turnstile sweep``: an ad-hoc grid of keys, by the runner of studies."""
