"""What turns tables into fits, measures and figures. It reads tables and never runs the simulator."""
