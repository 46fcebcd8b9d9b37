"""What the settings take, refuse and give on."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from bot.settings import AccountSettings, DeskSettings, MemberSettings, Settings, Slack, Telegram
from handlers.intents import Place
from handlers.setup import Preset
from models.member import Role


def refusal(**given: Any) -> str:
    """The words with which the settings refuse."""
    with pytest.raises(ValidationError) as refused:
        Settings.model_validate(given)
    return "\n".join(error["msg"] for error in refused.value.errors())


def test_nothing_needs_to_be_set() -> None:
    settings = Settings()
    assert not settings.slack.is_on
    assert not settings.telegram.is_on
    assert settings.places("review") == ()
    assert settings.claim == timedelta(minutes=30)


def test_socket_mode_needs_the_app_token_and_http_the_signing_secret() -> None:
    assert "app_token is missing" in refusal(slack={"bot_token": "xoxb-1"})
    assert "signing_secret is missing" in refusal(slack={"bot_token": "xoxb-1", "mode": "http"})


def test_swapped_slack_tokens_are_noticed() -> None:
    assert "begins xoxb-" in refusal(slack={"bot_token": "xapp-1", "app_token": "xapp-1"})
    assert "begins xapp-" in refusal(slack={"bot_token": "xoxb-1", "app_token": "xoxb-1"})


def test_a_webhook_needs_its_address_and_its_secret() -> None:
    assert "webhook_url and webhook_secret" in refusal(telegram={"token": "1:a", "mode": "webhook"})


@pytest.mark.parametrize("token", ["abc", "12345", ":abc", "x1:abc"])
def test_what_is_no_bot_token_is_refused_before_telegram_is_asked(token: str) -> None:
    assert "@BotFather" in refusal(telegram={"token": token})


@pytest.mark.parametrize("token", ["12:a b", "12:ñ", "12:a\tb"])
def test_a_token_that_was_copied_badly_is_refused_without_being_repeated(token: str) -> None:
    said = refusal(telegram={"token": token})
    assert "copy it once more" in said
    assert token not in said


def test_a_token_loses_the_line_end_that_copying_gave_it() -> None:
    assert Telegram(token=SecretStr(" 12:abc\n")).token.get_secret_value() == "12:abc"


def test_a_webhook_secret_that_telegram_would_refuse_is_refused() -> None:
    assert "letters, digits" in refusal(telegram={"webhook_secret": "not.allowed"})


@pytest.mark.parametrize("command", ["social", "/Social", "/so cial", "/" + "x" * 32])
def test_a_command_that_slack_would_refuse_is_refused(command: str) -> None:
    assert "/social" in refusal(slack={"command": command})


@pytest.mark.parametrize("room", ["#review", "review room"])
def test_a_slack_room_is_an_id_and_not_a_name(room: str) -> None:
    assert "id (C…)" in refusal(slack={"review": room})


@pytest.mark.parametrize("room", ["@team", "-100/", "12/a", "one"])
def test_a_telegram_room_is_a_number_with_perhaps_a_topic(room: str) -> None:
    assert "-1001234567890/5" in refusal(telegram={"inbox": room})


@pytest.mark.parametrize("zone", ["Rome", "europe/rome", "", "+01:00", "../etc/passwd"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    assert "Europe/Rome" in refusal(desk={"zone": zone})


def test_a_language_without_a_catalogue_is_refused() -> None:
    assert "en, it" in refusal(desk={"language": "tlh"})


@pytest.mark.parametrize("url", ["mysql://a@b/c", "sqlite://", "bottega.db", "postgres://a@b/c"])
def test_a_database_of_another_kind_is_refused(url: str) -> None:
    assert "postgresql://name:password@host/database" in refusal(desk={"database": url})


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://desk:hun@ter2@db.example/desk",
        "postgresql://desk:hunter2@db.example:ter2/desk",
        "postgresql://desk@db.example:54x2/desk",
    ],
)
def test_a_database_address_that_would_be_read_wrongly_is_refused_without_its_password(url: str) -> None:
    said = refusal(desk={"database": url})
    assert "in a password write @ as %40" in said
    assert "ter2" not in said


@pytest.mark.parametrize(
    "url", ["postgresql://desk:hun%40ter2@db.example:5433/desk", "postgresql:///desk?host=/run/pg", "sqlite:////a@b.db"]
)
def test_usual_database_addresses_are_taken(url: str) -> None:
    assert Settings.model_validate({"desk": {"database": url}}).database_url == url


@pytest.mark.parametrize("name", ["Acme", "acme-it", "acme it", "1st", "a__b", "acme_", "_a", "a" * 41, "", "è"])
def test_an_account_name_must_fit_into_a_variable(name: str) -> None:
    assert "small letters" in refusal(accounts={name: {"platform": "mastodon"}})


@pytest.mark.parametrize("name", ["a", "acme", "acme_it", "a1", "a" * 40])
def test_usual_account_names_are_taken(name: str) -> None:
    assert Settings(accounts={name: AccountSettings(platform="mastodon")}).accounts[name].platform == "mastodon"


def test_a_member_needs_an_identity() -> None:
    assert "nobody can act" in refusal(members=[{"name": "Ada"}])


@pytest.mark.parametrize(
    "second", [{"name": "ada", "slack": "U2"}, {"name": "Bo", "slack": "U1"}, {"name": "Bo", "telegram": 5}]
)
def test_the_same_name_or_id_twice_is_refused(second: dict[str, Any]) -> None:
    assert "two members have" in refusal(members=[{"name": "Ada", "slack": "U1", "telegram": 5}, second])


def test_an_account_keeps_the_desks_policy_where_its_own_says_nothing() -> None:
    settings = Settings.model_validate(
        {
            "policy": {"lead_minutes": 30, "roles": ["admin"]},
            "accounts": {
                "acme": {"platform": "mastodon", "policy": {"approvals": 2}},
                "other": {"platform": "mastodon"},
            },
        }
    )
    own = settings.policy_of("acme")
    assert (own.approvals, own.lead_minutes, own.roles) == (2, 30, (Role.ADMIN,))
    assert settings.policy_of("other") == settings.policy


def test_an_account_may_spend_more_than_the_others_and_keeps_who_must_agree() -> None:
    settings = Settings.model_validate(
        {
            "policy": {"boosts": {"first_limit": 20, "month_cap": 100}},
            "boosts": {"payor": "Acme", "presets": {"near": {"countries": ["IT"], "genders": ["female"]}}},
            "accounts": {
                "acme": {"platform": "mastodon", "policy": {"boosts": {"month_cap": 900}}},
                "other": {"platform": "mastodon"},
            },
        }
    )
    own = settings.policy_of("acme").boosts
    assert [own.first_limit, own.second_limit, own.month_cap] == [Decimal(20), Decimal(500), Decimal(900)]
    assert settings.policy_of("other").boosts.month_cap == 100
    assert Settings().policy.boosts.month_cap == 0, "no money unless somebody says so"
    assert settings.boosts.offered.payor == "Acme"
    assert settings.boosts.offered.presets["near"] == Preset(("IT",), genders=("female",))


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ({"policy": {"boosts": {"first_limit": 20, "second_limit": 10}}}, "first_limit is above second_limit"),
        ({"boosts": {"presets": {"near": {"countries": ["Italy"]}}}}, "code of two capital letters"),
        ({"boosts": {"presets": {"near": {"countries": []}}}}, "at least 1"),
        ({"boosts": {"presets": {"near": {"countries": ["IT"], "age_min": 40, "age_max": 30}}}}, "age_min is above"),
    ],
)
def test_money_and_audiences_that_make_no_sense_are_refused(section: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Settings.model_validate(section)


def test_a_chat_that_is_off_has_no_places() -> None:
    slack = Slack(review="C1", inbox="C2")
    telegram = Telegram(token=SecretStr("1:a"), review="-100/7", inbox="-5")
    settings = Settings(slack=slack, telegram=telegram)
    assert settings.places("review") == (Place(chat="telegram", room="-100", thread="7"),)
    assert settings.places("inbox") == (Place(chat="telegram", room="-5"),)


def test_both_chats_give_a_place_each() -> None:
    slack = Slack(bot_token=SecretStr("xoxb-1"), app_token=SecretStr("xapp-1"), review="C1")
    telegram = Telegram(token=SecretStr("1:a"), review="-100")
    rooms = [place.room for place in Settings(slack=slack, telegram=telegram).places("review")]
    assert rooms == ["C1", "-100"]


def test_every_secret_is_known_to_whoever_must_hide_it() -> None:
    settings = Settings.model_validate(
        {
            "desk": {"database": "postgresql://bot:p%40ss-word@db/desk"},
            "slack": {"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "secret-8"},
            "telegram": {"token": "1:a", "webhook_secret": "secret-9"},
            "accounts": {"acme": {"platform": "mastodon", "token": "toot", "ads_token": "purse"}},
        }
    )
    wanted = {"xoxb-1", "xapp-1", "secret-8", "1:a", "secret-9", "toot", "purse", "p%40ss-word", "p@ss-word"}
    assert set(settings.secrets()) == wanted
    assert not any(secret in repr(settings) for secret in wanted if len(secret) > 3)


def test_the_database_lies_in_the_data_folder_unless_it_is_named() -> None:
    inside = Settings(desk=DeskSettings(data=Path("/srv/desk")))
    assert inside.database_url == "sqlite:////srv/desk/bottega.db"
    assert inside.media_folder == Path("/srv/desk/media")
    named = Settings(desk=DeskSettings(database=SecretStr("postgresql://db/desk")))
    assert named.database_url == "postgresql://db/desk"


def test_the_first_member_is_admin_unless_said_otherwise() -> None:
    assert MemberSettings(name="Ada", slack="U1").roles == (Role.ADMIN,)


def test_the_metrics_have_a_door_of_their_own() -> None:
    with pytest.raises(ValidationError, match="give the metrics another port"):
        Settings.model_validate({"web": {"enabled": True, "port": 9000}, "metrics": {"enabled": True, "port": 9000}})
