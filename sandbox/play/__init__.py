"""The story player: people of the sandboxes do a day's work with the bot and check what each of them sees."""
