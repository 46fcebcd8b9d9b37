"""config.toml, secrets.env and the environment: who wins, and what every fault says."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import config
from bot.lines import line_of
from bot.settings import Settings

PLATFORMS = {"mastodon": "", "fixed": "https://fixed.example"}
NOWHERE: Mapping[str, str] = {}


class Loader:
    """Loads a config.toml of this text, with variables and with a secrets.env beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, text: str, environ: Mapping[str, str] = NOWHERE, secrets: str = "") -> Settings:
        """The settings."""
        (self.folder / "config.toml").write_text(text)
        if secrets:
            (self.folder / "secrets.env").write_text(secrets)
        return config.load(self.folder / "config.toml", PLATFORMS, environ)

    def refusal(self, text: str, environ: Mapping[str, str] = NOWHERE, secrets: str = "") -> str:
        """The words with which it is refused, without the folder."""
        with pytest.raises(config.ConfigError) as refused:
            self(text, environ, secrets)
        return str(refused.value).replace(f"{self.folder}/", "")


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    return Loader(tmp_path)


# -- who wins ----------------------------------------------------------------------------------------------------------


def test_an_empty_file_is_a_configuration(load: Loader) -> None:
    assert load("").desk.name == "Bottega"


def test_the_environment_wins_over_the_secrets_file_and_that_over_the_file(load: Loader) -> None:
    text = '[telegram]\ntoken = "1:file"\n'
    assert load(text).telegram.token.get_secret_value() == "1:file"
    assert load(text, secrets="BOTTEGA_TELEGRAM__TOKEN=1:secrets").telegram.token.get_secret_value() == "1:secrets"
    environ = {"BOTTEGA_TELEGRAM__TOKEN": "1:environ"}
    found = load(text, environ, secrets="BOTTEGA_TELEGRAM__TOKEN=1:secrets")
    assert found.telegram.token.get_secret_value() == "1:environ"


def test_a_secret_can_lie_in_a_file_of_its_own(load: Loader, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("1:abc\n")
    found = load("", {"BOTTEGA_TELEGRAM__TOKEN_FILE": str(tmp_path / "token")})
    assert found.telegram.token.get_secret_value() == "1:abc"


def test_a_variable_reaches_into_an_account(load: Loader) -> None:
    text = '[accounts.acme]\nplatform = "mastodon"\nbase_url = "https://social.example"\ntitle = "Acme"\n'
    account = load(text, {"BOTTEGA_ACCOUNTS__ACME__TOKEN": "abc"}).accounts["acme"]
    assert (account.token.get_secret_value(), account.title) == ("abc", "Acme")


def test_a_whole_account_can_come_from_variables(load: Loader) -> None:
    environ = {"BOTTEGA_ACCOUNTS__NEW__PLATFORM": "fixed", "BOTTEGA_ACCOUNTS__NEW__TOKEN": "abc"}
    assert load("", environ).accounts["new"].platform == "fixed"


def test_lists_in_variables_are_json(load: Loader) -> None:
    found = load("", {"BOTTEGA_MEMBERS": '[{"name": "Ada", "slack": "U1"}]', "BOTTEGA_POLICY__ROLES": '["admin"]'})
    assert found.members[0].name == "Ada"
    assert found.policy.roles == ("admin",)


def test_variables_that_are_no_settings_are_left_alone(load: Loader) -> None:
    assert load("", {"BOTTEGA_CONFIG": "x", "HOME": "/", "BOTTEGA_NO_SKIPS": "1"}) == load("")


def test_an_unfilled_line_of_the_secrets_file_sets_nothing(load: Loader) -> None:
    text = '[telegram]\ntoken = "1:file"\n'
    secrets = "# where it comes from\nBOTTEGA_TELEGRAM__TOKEN=\n\nexport BOTTEGA_DESK__NAME='Our \"team\"'\n"
    found = load(text, secrets=secrets)
    assert found.telegram.token.get_secret_value() == "1:file"
    assert found.desk.name == 'Our "team"'


def test_relative_paths_count_from_the_folder_of_the_file(load: Loader, tmp_path: Path) -> None:
    assert load("").desk.data == tmp_path / "data"
    assert load('[desk]\ndata = "/srv"\n').desk.data == Path("/srv")
    assert load('[desk]\ndatabase = "sqlite:///my.db"\n').database_url == f"sqlite:///{tmp_path}/my.db"
    assert load('[desk]\ndatabase = "sqlite:////srv/my.db"\n').database_url == "sqlite:////srv/my.db"
    assert load('[desk]\ndatabase = "postgresql://db/x"\n').database_url == "postgresql://db/x"


# -- faults of the file ------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match=r"No such file or directory.*“bottega init” writes one"):
        config.load(tmp_path / "config.toml", PLATFORMS, {})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    for raw, why in (
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"\0" * 2_000_000, "zero bytes"),
        (b" " * 2_000_000, "longer"),
    ):
        (tmp_path / "config.toml").write_bytes(raw)
        with pytest.raises(config.ConfigError, match=f"config.toml cannot be read .*{why}"):
            config.load(tmp_path / "config.toml", PLATFORMS, {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[desk]\nname = Acme\n", "config.toml, line 2: Invalid value."),
        ('[desk]\nname = "a"\nname = "b"\n', "config.toml, line 3: Cannot overwrite a value. It is written twice"),
        ("[slack]\n\n[slack]\n", "config.toml, line 3: Cannot declare ('slack',) twice. It is written twice"),
        ("[desk\n", "config.toml, line 1: "),
        ('[desk]\nname = "', "config.toml: Unterminated string"),
    ],
)
def test_broken_toml_is_named_with_its_line(load: Loader, text: str, said: str) -> None:
    assert said in load.refusal(text)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_what_an_editor_on_windows_writes_is_read(load: Loader, tmp_path: Path, mark: bytes) -> None:
    for name, text in (("config.toml", "[web]\r\nport = 1\r\n"), ("name", "Acme\r\n"), ("token", "1:abc\r\n")):
        (tmp_path / name).write_bytes(mark + text.encode())
    (tmp_path / "secrets.env").write_bytes(mark + f"BOTTEGA_TELEGRAM__TOKEN_FILE={tmp_path}/token\r\n".encode())
    found = config.load(tmp_path / "config.toml", PLATFORMS, {"BOTTEGA_DESK__NAME_FILE": f"{tmp_path}/name"})
    assert (found.web.port, found.desk.name, found.telegram.token.get_secret_value()) == (1, "Acme", "1:abc")


ACCOUNT = '[accounts.a]\nplatform = "fixed"\n'
DEEP = "[" * 10_000 + "]" * 10_000
LONG = "9" * 5000
DEEPER = "is nested deeper than any setting"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{ACCOUNT}options.x = {DEEP}", "line 3: what begins here is nested deeper, or has a longer number, than"),
        (f"[web]\nport = {LONG}\n[desk]", "line 2: what begins here is nested deeper, or has a longer number, than"),
        (f"{ACCOUNT}options.x = {DEEP[9900:-9900]}", f"line 3: “accounts.a.options”: {DEEPER}."),
        (f"{ACCOUNT}[accounts.a.options.{'.'.join('a' * 10_000)}]", f"line 3: “accounts.a.options”: {DEEPER}."),
        (f"[web]\nport = 0x{LONG}", "line 2: “web.port”: has more digits than any setting."),
        ("[web]\nport = inf", "line 2: “web.port”: must be a number."),
        ("[policy.boosts]\nmonth_cap = '1e999999'", "line 2: “policy.boosts.month_cap”: must be at most 1000000000000"),
        ('[desk]\ndata = "a\\u0000"', "line 2: “desk.data”: has a character that no text has; write it once more."),
        (f'[telegram]\nreview = "{LONG}"', "line 2: “telegram.review”: write the chat's number"),
    ],
    ids=lambda text: text[-30:],
)
def test_what_no_parser_or_database_takes_is_named(load: Loader, text: str, said: str) -> None:
    assert said in load.refusal(text)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ACCOUNTS", "1", "BOTTEGA_ACCOUNTS: “accounts”: must be a table in square brackets."),
        ("ACCOUNTS", "[1]", "BOTTEGA_ACCOUNTS: “accounts”: must be a table in square brackets."),
        ("ACCOUNTS", DEEP, "BOTTEGA_ACCOUNTS…: is nested deeper, or has a longer number, than any setting."),
        ("WEB", f'{{"port": {LONG}}}', "BOTTEGA_WEB…: is nested deeper, or has a longer number, than any setting."),
        ("WEB__PORT", LONG, "BOTTEGA_WEB__PORT: “web.port”: must be a whole number, and a shorter one."),
        (
            "ACCOUNTS",
            '{"a": {"title": "\\u0000"}}',
            "BOTTEGA_ACCOUNTS: “accounts.a.title”: has a character that no text",
        ),
        ("DESK__NAME", "a\udcff", "BOTTEGA_DESK__NAME: “desk.name”: has a character that no text has"),
        (
            "DESK__NAME_FILE",
            "/a\0b",
            "BOTTEGA_DESK__NAME_FILE: /a\ufffdb cannot be read (a path that no file can have).",
        ),
        (
            "DESK__NAME_FILE",
            "/a\ud800",
            "BOTTEGA_DESK__NAME_FILE: /a\ufffd cannot be read (a path that no file can have",
        ),
        (
            "DESK__NAME_FILE",
            "/dev/zero",
            "BOTTEGA_DESK__NAME_FILE: /dev/zero cannot be read (zero bytes, which no text has",
        ),
    ],
    ids=lambda text: text[:30],
)
def test_whatever_stands_in_a_variable_is_used_or_named(load: Loader, name: str, value: str, said: str) -> None:
    assert said in load.refusal(ACCOUNT, {f"BOTTEGA_{name}": value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[slack]\nbot_tokn = "x"\n', "line 2: “slack.bot_tokn” is no setting. Did you mean “bot_token”?"),
        ("[slak]\n", "line 1: “slak” is no setting. Did you mean “slack”?"),
        ("[qqq]\n", "line 1: “qqq” is no setting."),
        ('slack.mod = "socket"\n', "line 1: “slack.mod” is no setting. Did you mean “mode”?"),
        ('\n[accounts.a]\nplatform = "fixed"\nbase_ur = "x"', "line 4: “accounts.a.base_ur” is no setting. Did you"),
        ("[accounts.a.policy]\naprovals = 1", "line 2: “accounts.a.policy.aprovals” is no setting. Did you mean “appr"),
        ('[[members]]\nname = "A"\nslack = "U1"\n[[members]]\nnam = "B"', "line 5: “members.2.nam” is no setting"),
        ("[web]\nport = 80000\n", "line 2: “web.port”: must be at most 65535."),
        ('[web]\nport = "many"\n', "line 2: “web.port”: must be a whole number."),
        ("[web]\nenabled = 3\n", "line 2: “web.enabled”: must be true or false."),
        ('[log]\nlevel = "loud"\n', "line 2: “log.level”: must be 'debug', 'info', 'warning' or 'error'."),
        ("desk = 3\n", "line 1: “desk”: must be a table in square brackets."),
        ("accounts = 3\n", "line 1: “accounts”: must be a table in square brackets."),
        ("members = 3\n", "line 1: “members”: must be a list in square brackets."),
        ("[desk]\nname = 5\n", "line 2: “desk.name”: must be a text in quotes."),
        ('[desk]\nzone = "Rome"\n', "line 2: “desk.zone”: 'Rome' is no IANA time zone; write it like Europe/Rome."),
        ('[slack]\napi_url = "slack"\n', "line 2: “slack.api_url”: must be an address like https://social.example."),
        ("[policy]\nroles = [\n 'king',\n]", "line 2: “policy.roles.1”: must be 'author', 'approver'"),
        ("[policy]\nroles = []\n", "line 2: “policy.roles”: is empty, so nobody could approve: name a role"),
        ("[accounts.acme]\n", "line 1: “accounts.acme.platform”: is missing."),
        ('[accounts.Acme]\nplatform = "fixed"\n', "line 1: “accounts”: account 'Acme': use up to 40 small letters"),
        ('[slack]\nbot_token = "xoxb-1"\n', "line 1: “slack”: app_token is missing: Socket Mode needs"),
        ("[desk]\nname = '''\n[slack]\n'''\nx = 1", "line 5: “desk.x” is no setting."),
    ],
)
def test_a_fault_is_named_with_its_line_and_its_cure(load: Loader, text: str, said: str) -> None:
    assert f"config.toml, {said}" in load.refusal(text)


def test_every_fault_is_named_at_once(load: Loader) -> None:
    assert load.refusal('[desk]\nzone = "x"\n[slack]\nmod = "y"\n').count("\n") == 1


def test_an_unknown_platform_is_refused_with_those_there_are(load: Loader) -> None:
    said = load.refusal('[accounts.a]\nplatform = "mastodn"\n')
    assert said == "config.toml, line 2: “accounts.a.platform”: there is no platform 'mastodn'. Known: mastodon, fixed."


def test_a_network_of_many_servers_needs_the_address_of_one(load: Loader) -> None:
    said = load.refusal('[accounts.a]\nplatform = "mastodon"\n')
    assert said.startswith("config.toml, line 1: “accounts.a.base_url”: is missing: mastodon has many servers")
    assert load('[accounts.a]\nplatform = "fixed"\n').accounts["a"].base_url is None


# -- faults of variables -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("BOTTEGA_SLAK__BOT_TOKEN", "x", "BOTTEGA_SLAK__BOT_TOKEN: there is no section [slak]. Sections: desk, slack"),
        ("BOTTEGA_SLACK_BOT_TOKEN", "x", "Did you mean BOTTEGA_SLACK__BOT_TOKEN, with two underscores?"),
        (
            "BOTTEGA_SLACK__BOT_TOKN",
            "x",
            "BOTTEGA_SLACK__BOT_TOKN: “slack.bot_tokn” is no setting. Did you mean “bot_token”?",
        ),
        ("BOTTEGA_WEB__PORT", "many", "BOTTEGA_WEB__PORT: “web.port”: must be a whole number."),
        ("BOTTEGA_ACCOUNTS__ACNE__TOKEN", "x", "BOTTEGA_ACCOUNTS__ACNE__TOKEN: there is no account “acne”. Did you"),
        ("BOTTEGA_ACCOUNTS__QQQ__TOKEN", "x", "there is no account “qqq”. Write [accounts.qqq] with its platform."),
        ("BOTTEGA_MEMBERS", "{", "BOTTEGA_MEMBERS…: write lists and tables in variables as JSON"),
        ("BOTTEGA_TELEGRAM__TOKEN_FILE", "/nowhere/token", "/nowhere/token cannot be read (No such file or directory)"),
    ],
)
def test_a_wrong_variable_is_named(load: Loader, name: str, value: str, said: str) -> None:
    text = '[accounts.acme]\nplatform = "fixed"\n'
    assert said in load.refusal(text, {name: value})


def test_a_secret_given_twice_is_refused(load: Loader, tmp_path: Path) -> None:
    environ = {"BOTTEGA_TELEGRAM__TOKEN": "1:a", "BOTTEGA_TELEGRAM__TOKEN_FILE": str(tmp_path / "config.toml")}
    assert "are both set; keep one" in load.refusal("", environ)
    assert "are both set; keep one" in load.refusal("", dict(reversed(environ.items())))


def test_a_binary_secret_file_is_refused(load: Loader, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xff")
    assert "no text in UTF-8" in load.refusal("", {"BOTTEGA_TELEGRAM__TOKEN_FILE": str(tmp_path / "token")})


@pytest.mark.parametrize("line", ["BOTEGA_SLACK__BOT_TOKEN=abcdef", "abcdef", "BOTTEGA_x=abcdef"])
def test_a_line_of_the_secrets_file_that_sets_nothing_of_ours_is_refused_unrepeated(load: Loader, line: str) -> None:
    said = load.refusal("", secrets=f"\n{line}\n")
    assert said.startswith("secrets.env, line 2: write BOTTEGA_NAME=value")
    assert "abcdef" not in said


def test_a_secrets_file_that_cannot_be_read_is_named(load: Loader, tmp_path: Path) -> None:
    (tmp_path / "secrets.env").mkdir()
    assert "secrets.env cannot be read (Is a directory)" in load.refusal("")


def test_a_secret_is_never_repeated_in_a_fault(load: Loader) -> None:
    assert "hunter2" not in load.refusal('[telegram]\ntoken = "hunter2"\n[slack]\nbot_token = ["hunter2"]\n')


# -- lines -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (["a"], 1),
        (["a", "x"], 2),
        (["a", "list"], 3),
        (["a", "missing"], 1),
        (["b", "c", "y"], 8),
        (["m", 1, "n"], 12),
        (["m", 2, "n"], 9),
        (["nowhere"], 0),
    ],
)
def test_a_key_is_found_on_its_line(where: list[str | int], line: int) -> None:
    text = "[a]\nx = 1\nlist = [\n 1,\n]\n# y = 3\n[b.c]\n'y' = 2\n[[m]]\nn = 1\n[[m]]\nn = 2\n"
    assert line_of(text, where) == line
