"""Making containers and asking how far they are (meta.md 4.1)."""

from datetime import timedelta

from sandbox.meta.containers import begin, children, fetched, looked_at, state
from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.fetching import NotFetched, fetch
from sandbox.meta.graph import Answer, Ask, Call, Created, Edge, Upload
from sandbox.meta.instagram import checking
from sandbox.meta.instagram.model import Cover, InstagramAccount, InstagramContainer
from sandbox.meta.instagram.reaching import account_of, both
from sandbox.meta.params import File
from sandbox.meta.tables import instagram as tables
from sandbox.meta.world import Json, World

#: How many children a carousel has.
FEWEST, MOST = 2, 10
#: What of a call a container keeps.
MADE_OF = {*tables.MEDIA, *tables.MEDIA_FACEBOOK}
#: What the status says, by its code.
WORDS = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: Media was not published within 24 hours and has expired.",
}


async def create(call: Call) -> Answer:
    """POST /{account}/media: the file is fetched; a bad picture is refused at once, a bad film fails in processing."""
    world, account = call.world, account_of(call)
    sort = checking.kind(call)
    checking.check(call, sort)
    _room(world, account)
    container = InstagramContainer(
        id=world.new_id("178"), holder=account.id, sort=sort, at=world.now(), ready=world.now(),
        app=call.speaker.app.id, child=sort.startswith("CHILD"),
        params={name: value for name, value in call.params.items() if name in MADE_OF},
    )  # fmt: skip
    film = bool(call.get("video_url") or call.get("upload_type"))
    if sort == "CAROUSEL":
        container.children = _children(call, account)
    elif call.get("image_url"):
        container.file = await fetched(call.get("image_url"))
        checking.check_picture(container.file, feed=sort != "STORIES")
    elif call.get("video_url"):
        await _film(container, call.get("video_url"))
    if call.get("cover_url"):
        container.cover = await _cover(call, account)
    container.uploading = bool(call.get("upload_type"))
    begin(world, container, film=film)
    world.add(container)
    uri = f"{world.address}/rupload/ig-api-upload/{call.version}/{container.id}"
    return Created(container, {"uri": uri} if container.uploading else {})


def _room(world: World, account: InstagramAccount) -> None:
    """Raises GraphError 9/2207042 for more containers than a day has room for."""
    since = world.now() - timedelta(days=1)
    if sum(c.at > since for c in world.all(InstagramContainer, account.id)) >= world.settings.containers_a_day:
        raise GraphError(9, "(#9) Application request limit reached", subcode=2207042)


def _children(call: Call, account: InstagramAccount) -> list[str]:
    names = [str(name) for name in call.get("children", [])]
    if not FEWEST <= len(names) <= MOST:
        text = f"(#100) A carousel has {FEWEST} to {MOST} children, not {len(names)}"
        raise GraphError(100, text, subcode=2207028, title="Wrong number of children")
    for name in names:
        child = call.world.objects.get(name)
        if not isinstance(child, InstagramContainer) or child.holder != account.id or not child.child:
            raise invalid(f"Param children: {name} is not the id of a carousel item")
        if state(call.world, child) in {"PUBLISHED", "EXPIRED"}:
            raise GraphError(-2, f"The carousel item {name} has expired", subcode=2207020)
    return names


async def _film(container: InstagramContainer, address: str) -> None:
    try:
        container.file = await fetch(address)
    except NotFetched:
        container.outcome, container.error = "ERROR", "2207077"
        return
    _processed(container, container.file)


def _processed(container: InstagramContainer, file: File) -> None:
    if trouble := checking.trouble_with_film(file, container.sort):
        container.outcome, container.error = "ERROR", trouble


async def _cover(call: Call, account: InstagramAccount) -> str:
    file = await fetched(call.get("cover_url"))
    checking.check_picture(file, feed=False)
    cover = Cover(id=call.world.new_id("177"), holder=account.id, data=file.data, mime="image/jpeg")
    return call.world.add(cover).id


async def receive_bytes(upload: Upload) -> Json:
    """POST to the `uri` of a resumable upload: all bytes at once with `offset` 0 and `file_size`, or a `file_url`."""
    container = upload.world.get(upload.node_id, InstagramContainer, "post")
    account = upload.world.get(container.holder, InstagramAccount)
    strange = upload.token.kind == "page" and upload.token.owner != account.page
    if strange or not container.uploading:
        raise GraphError(190, "Invalid OAuth access token.", status=401)
    address = upload.headers.get("file_url")
    if address:
        container.file = await fetched(address)
    elif upload.headers.get("offset") != "0" or upload.headers.get("file_size") != str(len(upload.body)):
        return _failed("PartialRequestError", "Partial request (did not match length of file)", retriable=True)
    else:
        container.file = File("upload", "video/mp4", upload.body)
    if checking.trouble_with_film(container.file, container.sort):
        return _failed("ProcessingFailedError", "Request processing failed", retriable=False)
    container.uploading = False
    begin(upload.world, container, film=True)
    return {"success": True, "message": "Upload successful."}


def _failed(kind: str, sentence: str, *, retriable: bool) -> Json:
    return {"debug_info": {"retriable": retriable, "type": kind, "message": sentence}}


def read(call: Call) -> Answer:
    """GET /{container}: looking at its status gets it on where the settings say so."""
    assert isinstance(call.node, InstagramContainer)
    if any(ask.name in {"status", "status_code"} for ask in call.fields):
        looked_at(call.world, call.node)
    return call.node


def status_code(call: Call, container: InstagramContainer, _ask: Ask) -> str:
    """IN_PROGRESS, FINISHED, PUBLISHED, ERROR or EXPIRED."""
    return how_far(call.world, container)


def how_far(world: World, container: InstagramContainer) -> str:
    """The state, which is IN_PROGRESS while bytes have not come."""
    waits = container.uploading or any(isinstance(c, InstagramContainer) and c.uploading
                                       for c in children(world, container))  # fmt: skip
    found = state(world, container)
    return "IN_PROGRESS" if waits and found in {"FINISHED", "ERROR"} else found


def status(call: Call, container: InstagramContainer, ask: Ask) -> str:
    """The state in words; of an error with its subcode."""
    code = status_code(call, container, ask)
    if code == "ERROR":
        failed = next((c for c in (container, *children(call.world, container)) if c.error), container)
        return f"Error: Media upload has failed with error code {failed.error or '2207053'}"
    return WORDS[code]


EDGES: tuple[Edge, ...] = (
    *both("IGUser", "media", "POST", tables.MEDIA, create, "publish", facebook_too=tables.MEDIA_FACEBOOK),
    *both("IGContainer", "", "GET", {}, read, "publish"),
)
