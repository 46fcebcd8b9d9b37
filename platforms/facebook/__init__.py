"""Facebook Pages, by Meta's Graph API."""

from platforms.facebook.adapter import CAN, Facebook
from platforms.facebook.login import FacebookLogin
from platforms.facebook.scopes import WANTED
from platforms.facebook.webhook import FacebookHooks
from platforms.facebook.wire import LIMITS
from platforms.spec import Spec

SPEC = Spec(
    name="facebook",
    title="Facebook",
    connect=Facebook,
    can=CAN,
    limits=LIMITS,
    setup=(
        "Sign in to developers.facebook.com as a person who manages the Page, and create an app of the type Business.",
        "Add the use case that manages everything on a Page; under App settings, Basic, copy the app's id and secret.",
        "Put them into config.toml under [apps.facebook], the secret as BOTTEGA_APPS__FACEBOOK__SECRET.",
        f"In the Graph API Explorer choose the app and these permissions: {' '.join(WANTED)}.",
        "Get a user token there; it lasts an hour or two.",
        "Run `bottega accounts connect facebook` and give it the token: it is exchanged for one of the Page's own.",
        "For Pages of people who have no role in the app, ask for Advanced Access to the permissions (App Review).",
        "Run `bottega doctor`: it names the Page and any permission that is missing.",
    ),
    base_url="https://graph.facebook.com",
    login=FacebookLogin(),
    hooks=FacebookHooks(),
)
