"""What the server says about itself: limits, versions, where to stream, preferences, health."""

from aiohttp import web

from sandbox.mastodon.access import SCOPES, Access
from sandbox.mastodon.shapes import Shape, Shapes
from sandbox.mastodon.sniffing import SUPPORTED
from sandbox.mastodon.state import World
from sandbox.mastodon.text import LINK_LENGTH

TITLE = "Social sandbox"
ABOUT = "A pretend server for trying things out."
CONTACT = "admin@social.example"


class Instance:
    """The handlers that describe the server."""

    def __init__(self, world: World, access: Access, shapes: Shapes) -> None:
        self.world, self.access, self.shapes = world, access, shapes

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        return [
            web.get("/api/v2/instance", self.second),
            web.get("/api/v1/instance", self.first),
            web.get("/api/v1/preferences", self.preferences),
            web.get("/health", self.health),
            web.get("/.well-known/oauth-authorization-server", self.oauth),
        ]

    def _limits(self) -> Shape:
        settings = self.world.settings
        return {
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
            "statuses": {
                "max_characters": settings.max_characters,
                "max_media_attachments": settings.max_media,
                "characters_reserved_per_url": LINK_LENGTH,
            },
            "media_attachments": {
                "supported_mime_types": list(SUPPORTED),
                "description_limit": settings.description_limit,
                "image_size_limit": settings.image_size,
                "image_matrix_limit": settings.image_matrix,
                "video_size_limit": settings.video_size,
                "video_frame_rate_limit": 120,
                "video_matrix_limit": settings.video_matrix,
            },
            "polls": {
                "max_options": 4,
                "max_characters_per_option": 50,
                "min_expiration": 300,
                "max_expiration": 2_629_746,
            },
        }

    def _streaming(self) -> str:
        return self.shapes.address.replace("http", "ws", 1)

    async def second(self, _request: web.Request) -> web.Response:
        """GET /api/v2/instance."""
        settings = self.world.settings
        picture = f"{self.shapes.address}/headers/original/missing.png"
        shape: Shape = {
            "domain": settings.domain,
            "title": TITLE,
            "version": settings.version,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": ABOUT,
            "usage": {"users": {"active_month": len(self.world.people)}},
            "thumbnail": {"url": picture},
            "icon": [],
            "languages": ["en"],
            "configuration": self._limits()
            | {
                "urls": {"streaming": self._streaming(), "about": f"{self.shapes.address}/about"},
                "vapid": {"public_key": ""},
                "translation": {"enabled": False},
                "limited_federation": False,
            },
            "registrations": {"enabled": False, "approval_required": False, "message": None, "url": None},
            "contact": {"email": CONTACT, "account": None},
            "rules": [],
            "api_versions": {"mastodon": settings.api_version},
        }
        return web.json_response(shape)

    async def first(self, _request: web.Request) -> web.Response:
        """GET /api/v1/instance (deprecated)."""
        settings = self.world.settings
        limits = self._limits()
        limits["accounts"] = {"max_featured_tags": 10}
        shape: Shape = {
            "uri": settings.domain,
            "title": TITLE,
            "short_description": ABOUT,
            "description": ABOUT,
            "email": CONTACT,
            "version": settings.version,
            "urls": {"streaming_api": self._streaming()},
            "stats": {
                "user_count": len(self.world.people),
                "status_count": len(self.world.statuses),
                "domain_count": 1,
            },
            "thumbnail": None,
            "languages": ["en"],
            "registrations": False,
            "approval_required": False,
            "invites_enabled": False,
            "configuration": limits,
            "contact_account": None,
            "rules": [],
        }
        if settings.persona == "gotosocial":
            shape["max_toot_chars"] = settings.max_characters
        return web.json_response(shape)

    async def preferences(self, request: web.Request) -> web.Response:
        """GET /api/v1/preferences."""
        self.access.person(request, "read", "read:accounts")
        return web.json_response(
            {
                "posting:default:visibility": "public",
                "posting:default:sensitive": False,
                "posting:default:language": None,
                "reading:expand:media": "default",
                "reading:expand:spoilers": False,
                "reading:autoplay:gifs": False,
            }
        )

    async def health(self, _request: web.Request) -> web.Response:
        """GET /health."""
        return web.Response(text="OK")

    async def oauth(self, _request: web.Request) -> web.Response:
        """GET /.well-known/oauth-authorization-server (Mastodon >= 4.3)."""
        at = self.shapes.address
        return web.json_response(
            {
                "issuer": f"{at}/",
                "service_documentation": "https://docs.joinmastodon.org/",
                "authorization_endpoint": f"{at}/oauth/authorize",
                "token_endpoint": f"{at}/oauth/token",
                "revocation_endpoint": f"{at}/oauth/revoke",
                "userinfo_endpoint": f"{at}/oauth/userinfo",
                "app_registration_endpoint": f"{at}/api/v1/apps",
                "scopes_supported": list(SCOPES),
                "response_types_supported": ["code"],
                "response_modes_supported": ["query", "fragment", "form_post"],
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
                "code_challenge_methods_supported": ["S256"],
            }
        )
