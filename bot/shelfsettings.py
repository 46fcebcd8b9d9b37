"""The bucket in which files lie that a network fetches itself."""

from typing import Annotated, Self

from pydantic import AfterValidator, SecretStr, model_validator

from bot.appsettings import HERE
from bot.section import Secret, Section, Url, shaped


def _private(url: Url) -> Url:
    if url.scheme != "https" and url.host not in HERE:
        raise ValueError("must begin with https://: networks fetch files from there")
    return url


class ShelfSettings(Section):
    """An S3-compatible bucket; without one files are lent through [web]."""

    url: Annotated[
        str,
        AfterValidator(shaped(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w.-]+)*", "write it like s3://bucket/folder")),
    ] = ""
    endpoint: Annotated[Url, AfterValidator(_private)] | None = None  #: None: Amazon's own
    region: str = "us-east-1"
    key: Secret = SecretStr("")
    secret: Secret = SecretStr("")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.url and not (self.key.get_secret_value() and self.secret.get_secret_value()):
            raise ValueError("key and secret are needed where url names a bucket")
        return self
