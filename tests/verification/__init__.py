"""The statistical suite: one class per law, each with a plot that is obviously right or wrong."""
