"""The page on which people play with the desk: Slack, Telegram and a network side by side, live."""
