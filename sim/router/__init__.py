"""The router: allocation x health x dispatch."""
