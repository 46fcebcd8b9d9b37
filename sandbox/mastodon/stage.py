"""The stage: visitors act as people do in their apps, and the server is made kind or unkind."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.mastodon import engaging, publishing
from sandbox.mastodon.access import Access
from sandbox.mastodon.bodies import Upload
from sandbox.mastodon.media import store
from sandbox.mastodon.notices import release
from sandbox.mastodon.settings import Settings
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.state import Draft, Person, Status, World
from sandbox.mastodon.streaming import Streaming
from sandbox.mastodon.view import post
from sandbox.service import Refusal

Asked = dict[str, Any]


class Stage:
    """The handlers under /_/ that only this sandbox has. All take JSON; refusals are 409 with a sentence."""

    def __init__(
        self, world: World, access: Access, shapes: Shapes, streaming: Streaming, changed: Callable[[], None]
    ) -> None:
        self.world, self.access, self.shapes = world, access, shapes
        self.streaming, self.changed = streaming, changed
        self.restart: Callable[[Settings], None] = lambda _settings: None

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        acts: dict[str, Callable[[Asked], Any]] = {
            "visit/post": self._post,
            "visit/edit": self._edit,
            "visit/delete": self._delete,
            "visit/favourite": self._favourite,
            "visit/unfavourite": self._unfavourite,
            "visit/reblog": self._reblog,
            "visit/unreblog": self._unreblog,
            "visit/follow": self._follow,
            "visit/unfollow": self._unfollow,
            "person": self._is_known,
            "settings": self._settings,
            "streams/drop": lambda _asked: {"dropped": self.streaming.drop()},
        }
        return [web.post(f"/_/{path}", self._handler(act)) for path, act in acts.items()]

    def _handler(self, act: Callable[[Asked], Any]) -> Any:
        async def handler(request: web.Request) -> web.Response:
            try:
                answer = act(await request.json() if request.can_read_body else {})
            except KeyError as error:
                raise Refusal(f"The field {error} is missing.") from error
            self.changed()
            return web.json_response(answer)

        return handler

    def _person(self, asked: Asked, name: str = "as") -> Person:
        person = self.world.known(str(asked[name]))
        if person is None:
            raise Refusal(f"There is nobody called {asked[name]} here.")
        return person

    def _visible(self, asked: Asked, person: Person) -> Status:
        """The status named by `id`, if the person may see it (the original of a reblog)."""
        status = self.world.statuses.get(str(asked["id"]))
        if status is None or not self.world.visible(status, person.id):
            raise Refusal(f"{person.name} cannot see that post.")
        return self.world.statuses[status.reblog_of] if status.reblog_of else status

    def _own(self, asked: Asked, person: Person) -> Status:
        status = self._visible(asked, person)
        if status.author != person.id:
            raise Refusal(f"That post is not by {person.name}.")
        return status

    # -- visitors ------------------------------------------------------------------------------------------------------

    def _post(self, asked: Asked) -> Asked:
        """{as, text, reply_to?, visibility?, warning?, language?, media?: [{name, mime, base64, description?}], id?}.

        With `id` it has that one: it was posted on an earlier run of this server.
        """
        person = self._person(asked)
        draft = Draft(
            text=str(asked.get("text") or ""),
            warning=str(asked.get("warning") or ""),
            visibility=str(asked.get("visibility") or "public"),
            language=asked.get("language"),
            reply_to=str(asked["reply_to"]) if asked.get("reply_to") else None,
        )
        draft.media = [self._upload(person, item) for item in asked.get("media") or []]
        try:
            status = publishing.create(self.world, person, draft, status_id=str(asked.get("id") or ""))
        except Exception:
            for media_id in draft.media:
                del self.world.media[media_id]
            raise
        return post(self.world, self.shapes, status)

    def _upload(self, person: Person, item: Asked) -> str:
        try:
            data = base64.b64decode(item["base64"], validate=True)
        except binascii.Error as error:
            raise Refusal(f"The file {item.get('name', '')} is not written in base64.") from error
        media = store(self.world, person, Upload(str(item.get("name", "")), str(item.get("mime", "")), data))
        media.ready_at, media.failed = self.world.now(), False
        media.description = item.get("description")
        self.world.media[media.id] = media
        return media.id

    def _edit(self, asked: Asked) -> Asked:
        """{as, id, text, warning?}; the pictures stay."""
        person = self._person(asked)
        status = self._own(asked, person)
        draft = Draft(text=str(asked["text"]), warning=str(asked.get("warning") or ""), sensitive=status.sensitive)
        draft.media = list(status.media)
        publishing.edit(self.world, status, draft)
        return post(self.world, self.shapes, status)

    def _delete(self, asked: Asked) -> Asked:
        """{as, id}."""
        person = self._person(asked)
        status = self._own(asked, person)
        publishing.delete(self.world, status, with_media=True)
        return {"deleted": status.id}

    def _favourite(self, asked: Asked) -> Asked:
        """{as, id}; the same for unfavourite, reblog and unreblog."""
        person = self._person(asked)
        status = self._visible(asked, person)
        engaging.favourite(self.world, person, status)
        return post(self.world, self.shapes, status)

    def _unfavourite(self, asked: Asked) -> Asked:
        person = self._person(asked)
        status = self._visible(asked, person)
        engaging.unfavourite(self.world, person, status)
        return post(self.world, self.shapes, status)

    def _reblog(self, asked: Asked) -> Asked:
        person = self._person(asked)
        status = self._visible(asked, person)
        engaging.reblog(self.world, person, status)
        return post(self.world, self.shapes, status)

    def _unreblog(self, asked: Asked) -> Asked:
        person = self._person(asked)
        status = self._visible(asked, person)
        engaging.unreblog(self.world, person, status)
        return post(self.world, self.shapes, status)

    def _follow(self, asked: Asked) -> Asked:
        """{as, whom}; the same for unfollow. Our own accounts may be made to follow visitors, too."""
        person, target = self._person(asked), self._person(asked, "whom")
        engaging.follow(self.world, person, target)
        return {"following": target.acct}

    def _unfollow(self, asked: Asked) -> Asked:
        person, target = self._person(asked), self._person(asked, "whom")
        engaging.unfollow(self.world, person, target)
        return {"following": None}

    def _is_known(self, asked: Asked) -> Asked:
        """{as, id}: the person has the id of an earlier run, before anything was posted here."""
        person, known = self._person(asked), str(asked["id"])
        if self.world.statuses:
            raise Refusal("People have their ids for good once something was posted: reset first.")
        del self.world.people[person.id]
        for token in self.access.tokens.values():
            token.person = known if token.person == person.id else token.person
        person.id = known
        self.world.people[known] = person
        return {"id": known}

    # -- the server ----------------------------------------------------------------------------------------------------

    def _settings(self, asked: Asked) -> Asked:
        """Any field of `Settings`; `revoke_token`/`restore_token`: an account, `scopes`: {account: scopes}.

        `persona` starts the server anew and empty, as the other software.
        """
        changes = dict(asked)
        if "persona" in changes:
            self.restart(Settings.of(changes.pop("persona")))
        for word, revoked in (("revoke_token", True), ("restore_token", False)):
            if word in changes:
                account = self._person(changes, word)
                del changes[word]
                for token in self.access.tokens.values():
                    token.revoked = revoked if token.person == account.id else token.revoked
        for handle, scopes in changes.pop("scopes", {}).items():
            account = self._person({"as": handle})
            for token in self.access.tokens.values():
                token.scopes = scopes if token.person == account.id else token.scopes
        for name, value in changes.items():
            if not self.world.settings.change(name, value):
                raise Refusal(f"There is no setting called {name}.")
        if self.world.settings.notifications != "paused":
            release(self.world)
        if not self.world.settings.streaming:
            self.streaming.drop()
        return {"ok": True}
