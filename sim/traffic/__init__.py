"""The data plane: sessions through router, queues, models and retries, between two ticks."""
