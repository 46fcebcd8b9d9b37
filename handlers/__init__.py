"""Decides: a room per part of a team's work, a file per subject. No SDK, no HTTP, no event loop."""
