"""Many runs: content-addressed jobs, on this machine or a Dask cluster, into a store that survives anything."""
