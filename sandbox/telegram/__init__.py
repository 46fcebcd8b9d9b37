"""A pretend Telegram: the Bot API over HTTP, people, chats and topics on localhost."""
