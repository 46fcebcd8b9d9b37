"""How long pretend people wait for what surely comes."""

#: Seconds to look, or to wait for an answer: a bound for failures, not for slow machines.
PATIENCE = 60.0
