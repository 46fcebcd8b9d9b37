"""views.*: modals and the Home tab. Source: docs.slack.dev/reference/methods/views.* ("Arguments", "Errors")."""

from sandbox.slack.arguments import Json
from sandbox.slack.errors import ApiError, invalid_arguments
from sandbox.slack.view_shape import check_view
from sandbox.slack.web_api import Call, Method


def _view(call: Call, kind: str) -> Json:
    view = call.args.nested("view", "invalid_arguments")
    if view is None:
        raise invalid_arguments("missing required field: view")
    check_view(view, kind, call.core.has_file)
    return dict(view)


def open_view(call: Call) -> Json:
    """views.open: a new modal for whoever the trigger belongs to."""
    trigger = call.args.needed("trigger_id")
    view = _view(call, "modal")
    member = call.core.use_trigger(trigger)
    return {"view": call.core.modals.open(member, view, call.core.stamp()).public()}


def push_view(call: Call) -> Json:
    """views.push: on top of the open modal."""
    trigger = call.args.needed("trigger_id")
    view = _view(call, "modal")
    member = call.core.use_trigger(trigger)
    return {"view": call.core.modals.push(member, view, call.core.stamp()).public()}


def update_view(call: Call) -> Json:
    """views.update, by `view_id` or `external_id`; a stale `hash` is a `hash_conflict`."""
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id")
    found = call.core.modals.find(view_id, external_id)
    if found is None:
        raise ApiError("not_found")
    view = _view(call, found.wanted["type"])
    call.core.modals.update(found, view, call.core.stamp(), call.args.text("hash") or None)
    return {"view": found.public()}


def publish_view(call: Call) -> Json:
    """views.publish: a member's Home tab."""
    member = call.args.needed("user_id")
    if member not in call.core.workspace.members:
        raise ApiError("user_not_found")
    view = _view(call, "home")
    published = call.core.modals.publish(member, view, call.core.stamp(), call.args.text("hash") or None)
    return {"view": published.public()}


METHODS = [
    Method("views.open", open_view, (), ("trigger_id", "view"), posts_json=True, tier=4),
    Method("views.push", push_view, (), ("trigger_id", "view"), posts_json=True, tier=4),
    Method("views.update", update_view, (), ("view_id", "external_id", "view", "hash"), posts_json=True, tier=4),
    Method("views.publish", publish_view, (), ("user_id", "view", "hash"), posts_json=True, tier=4),
]
