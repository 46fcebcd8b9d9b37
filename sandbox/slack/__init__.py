"""A pretend Slack: Web API, Socket Mode, signed HTTP deliveries, and people who use it through the stage."""
