"""What stands between the simulator and whoever types at it: complaints, choices, progress and the printed summary."""
