"""Effects: what a handler wants to be seen. All but Ask become deliveries in the transaction of the decision."""

from handlers.cards import Card, Part
from handlers.forms import Form
from handlers.intents import Place


class Effect(Part):
    """Base of all effects."""


class Show(Effect):
    """A living card for the subject at the place, or in the thread of the card of `under` in that room."""

    subject: str
    place: Place
    under: str = ""


class Redraw(Effect):
    """Every card of the subject is drawn anew."""

    subject: str


class Tell(Effect):
    """A message in the thread of every card of the subject: everybody who follows it sees it."""

    subject: str
    card: Card


class Post(Effect):
    """A message at a place."""

    place: Place
    card: Card


class Direct(Effect):
    """A private message to a member, in a chat in which they are linked and the bot may write."""

    member_id: int
    card: Card


class Whisper(Effect):
    """An answer that only the acting person sees, where the chat can."""

    card: Card
    instead: bool = False  #: it takes the place of the pressed message, which was for that person alone too
    subject: str = ""  #: of the card of which it is a copy
    mint: str = ""  #: whose secret is made when the card leaves (handlers.minting)
    secret: bool = False  #: nobody else may ever see it: where the chat cannot whisper it is written in private


class Reveal(Effect):
    """What a card leaves out, in order: in the card's thread, or to the acting person who looks at a copy of it."""

    subject: str
    revision: int
    cards: tuple[Card, ...]
    under: int = 0  #: number of the card's row; 0: a copy


class Home(Effect):
    """The acting member's home is drawn anew."""


class Ask(Effect):
    """A form opens for the acting person. Not stored: a form that could not open is asked for again by a press."""

    form: Form
