"""Who and what is there at the beginning: five people, their private chats, a forum and a plain group."""

from sandbox.telegram.world import ADMIN_RIGHTS, GENERAL, Chat, Member, Person, Topic, World

PEOPLE = (
    Person(1001, "Ada", "ada_sandbox", "en"),
    Person(1002, "Bruno", "bruno_sandbox", "en"),
    Person(1003, "Chiara", "chiara_sandbox", "it"),
    Person(1004, "Dario", "dario_sandbox", "it"),
    Person(1009, "Eve", "eve_sandbox", "en"),
)
DESK, REVIEW_ROOM = -1001000000001, -4000001
TOPICS = ("Review", "Inbox")


def populate(world: World) -> None:
    """Ada owns "Desk" (forum supergroup; topics General, Review, Inbox) and "Review room" (basic group); Bruno helps.

    Eve is in no group. The bot is a plain member of both groups and nobody has started it in private.
    """
    for template in PEOPLE:
        person = Person(template.id, template.first_name, template.username, template.language_code)
        world.people[person.id] = person
        world.chats[person.id] = Chat(person.id, "private")
    for chat in (Chat(DESK, "supergroup", "Desk", forum=True), Chat(REVIEW_ROOM, "group", "Review room")):
        world.chats[chat.id] = chat
        chat.members = {person.id: Member() for person in PEOPLE[:4]} | {world.bot.id: Member()}
        chat.members[1001] = Member("creator")
        chat.members[1002] = Member("administrator", set(ADMIN_RIGHTS))
    desk = world.chats[DESK]
    desk.topics[GENERAL] = Topic(GENERAL, "General", creator=1001)
    desk.last_id = GENERAL
    for name in TOPICS:
        world.open_topic(desk, name, 1001)
