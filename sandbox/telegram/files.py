"""Files on the pretend Telegram: photos in several sizes, videos and documents, each with its identifiers."""

import io
import itertools
import mimetypes
from dataclasses import dataclass
from typing import Any

from PIL import Image, UnidentifiedImageError

from sandbox.telegram.errors import bad

MEGABYTE = 1024 * 1024
#: Bytes: uploads, photos, downloads (core.telegram.org/bots/api "Sending files", getFile).
UPLOAD_LIMIT, PHOTO_LIMIT, DOWNLOAD_LIMIT = 50 * MEGABYTE, 10 * MEGABYTE, 20 * MEGABYTE
#: A photo's width plus height, and its longer side over its shorter one (sendPhoto.photo).
SIDES_LIMIT, RATIO_LIMIT = 10_000, 20
#: Longer sides of the sizes that Telegram makes of a photo.
SIZES = (90, 320, 800, 1280)
FOLDERS = {"photo": "photos", "video": "videos", "document": "documents"}


@dataclass
class Upload:
    """What somebody sends."""

    name: str
    mime: str
    data: bytes


@dataclass
class Stored:
    """One stored file; `kind` is photo, video or document; `path` is where getFile says it is."""

    id: str
    unique: str
    kind: str
    path: str
    upload: Upload
    fields: dict[str, Any]

    def json(self) -> dict[str, Any]:
        """PhotoSize, Video or Document."""
        size = len(self.upload.data)
        named = {} if self.kind == "photo" else {"file_name": self.upload.name, "mime_type": self.upload.mime}
        return {"file_id": self.id, "file_unique_id": self.unique, **self.fields, **named, "file_size": size}


class Files:
    """Every stored file, found by identifier or path."""

    def __init__(self) -> None:
        self.by_id: dict[str, Stored] = {}
        self.by_path: dict[str, Stored] = {}
        #: The content of a message (photo sizes, video, document) by the identifier of any of its files.
        self.contents: dict[str, dict[str, Any]] = {}
        self._numbers = itertools.count()

    def store(self, kind: str, upload: Upload, **fields: Any) -> dict[str, Any]:
        """Keep an upload and return the part of a message that shows it: `{kind: …}`; raises ApiError."""
        if len(upload.data) == 0:
            raise bad("file must be non-empty")
        if kind == "photo":
            content: dict[str, Any] = {"photo": self._photo(upload)}
        else:
            if kind == "video":
                fields = {"width": 640, "height": 360, "duration": 1} | {k: v for k, v in fields.items() if v}
            content = {kind: self._keep(kind, upload, fields).json()}
        for part in content[kind] if kind == "photo" else [content[kind]]:
            self.contents[part["file_id"]] = content
        return content

    def reuse(self, kind: str, file_id: str) -> dict[str, Any]:
        """The content that an identifier stands for; refuses unknown ones and another kind."""
        content = self.contents.get(file_id)
        if content is None:
            raise bad("wrong file identifier/HTTP URL specified")
        found = next(iter(content))
        if found != kind:
            raise bad(f"type of file mismatch: can't use file of type {found.title()} as {kind.title()}")
        return content

    def _keep(self, kind: str, upload: Upload, fields: dict[str, Any]) -> Stored:
        number = next(self._numbers)
        ending = mimetypes.guess_extension(upload.mime) or ".bin"
        path = f"{FOLDERS[kind]}/file_{number}{'.jpg' if kind == 'photo' else ending}"
        letter = {"photo": "AgAC", "video": "BAAC", "document": "BQAC"}[kind]
        stored = Stored(f"{letter}AgQAAx{number:08d}sandbox", f"AQAD{number:08d}", kind, path, upload, fields)
        self.by_id[stored.id] = self.by_path[path] = stored
        return stored

    def _photo(self, upload: Upload) -> list[dict[str, Any]]:
        if len(upload.data) > PHOTO_LIMIT:
            raise bad(
                f"file of size {len(upload.data)} bytes is too big for a photo; the maximum size is {PHOTO_LIMIT} bytes"
            )
        try:
            with Image.open(io.BytesIO(upload.data)) as opened:
                picture = opened.convert("RGB")
        except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
            raise bad("IMAGE_PROCESS_FAILED") from None
        width, height = picture.size
        if width + height > SIDES_LIMIT or max(width, height) > RATIO_LIMIT * min(width, height):
            raise bad("PHOTO_INVALID_DIMENSIONS")
        largest = min(max(width, height), SIZES[-1])
        return [self._size(picture, side) for side in (*(s for s in SIZES if s < largest), largest)]

    def _size(self, picture: Image.Image, side: int) -> dict[str, Any]:
        copy = picture.copy()
        copy.thumbnail((side, side))
        data = io.BytesIO()
        copy.save(data, "JPEG", quality=85)
        upload = Upload("photo.jpg", "image/jpeg", data.getvalue())
        return self._keep("photo", upload, {"width": copy.width, "height": copy.height}).json()
