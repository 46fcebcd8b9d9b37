"""Groups of people that boosts reach or leave out: asked for, agreed to, made, and looked at now and then."""
