"""The members and their desk: who they are, what waits for them, how everything is."""
