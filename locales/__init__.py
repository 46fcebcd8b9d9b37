"""The catalogues: one folder per language besides English, whose sentences stand in the code."""
