"""Calibration: what the parameters of real systems are, fitted to their logs."""
