"""The benchmarks behind `turnstile bench`, and the peers that Turnstile is measured against."""
