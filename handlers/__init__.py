"""Decides: one file per subject of a team's work. No SDK, no HTTP, no event loop."""
