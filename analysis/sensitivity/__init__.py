"""Which parameters move an output, and by how much, beside the noise of seeds: Morris, Sobol, signs of findings."""
