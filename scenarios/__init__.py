"""What is done with the simulator: the command line, calibration, the demo, verification and benchmarks."""
