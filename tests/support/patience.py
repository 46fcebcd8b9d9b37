"""How long tests wait for what surely comes: a bound that only limits a failure, so that a busy machine breaks none."""

#: Seconds until a test gives up waiting; below the limit of a whole test in pyproject.toml.
PATIENCE = 60.0
#: Likewise for a command in a process of its own, whose start alone takes many seconds on a busy machine.
COMMAND = 110.0
#: Connecting and reading, of an adapter in a test that is not about its timeouts.
CALLS = (20.0, 60.0)
