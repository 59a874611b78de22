"""Studies: a question, its arms, and the measures that decide it, each in one YAML file of ``scenarios/studies``."""
