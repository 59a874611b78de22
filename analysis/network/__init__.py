"""The network of a run as graphs: who gets whose traffic, what descends from what, who stakes on whom."""
