"""The web: webhooks in and health. No port is open unless something needs one."""
