import pytest

from agent.errors import SettingsError
from agent.settings import load_settings


def test_defaults():
    settings = load_settings(None)
    assert settings.policy.quote_window_days == 90
    assert settings.policy.near_ldos_months == 24
    assert settings.store.url == "sqlite:///netcover.db"


def test_the_first_folder_with_a_file_is_taken(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "netcover.toml").write_text("[policy]\nquote_window_days = 60\n")
    assert load_settings(None, tmp_path / "a", tmp_path).policy.quote_window_days == 60


def test_the_environment_stands_before_the_file(tmp_path, monkeypatch):
    (tmp_path / "netcover.toml").write_text("[policy]\nquote_window_days = 60\n")
    monkeypatch.setenv("NETCOVER_POLICY__QUOTE_WINDOW_DAYS", "30")
    monkeypatch.setenv("NETCOVER_PASSWORD", "not-a-setting")
    assert load_settings(None, tmp_path).policy.quote_window_days == 30


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[policy]\nquote_window = 9\n", "policy.quote_window: key is not known; known here: ldos"),
        (
            "[policy]\nquote_window_days = 'x'\n",
            "policy.quote_window_days: input should be a valid",
        ),
        ("[sweep]\nworkers = 0\n", "sweep.workers: input should be greater than or equal to 1"),
        ("[store\n", "not a readable TOML file"),
        ("[stores]\n", "stores: key is not known; known here: "),
    ],
)
def test_a_wrong_file_names_the_key(tmp_path, text, message):
    path = tmp_path / "netcover.toml"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_wrong_variable_is_named(monkeypatch):
    monkeypatch.setenv("NETCOVER_SWEEP__TIMEOUT", "-1")
    with pytest.raises(SettingsError, match=r"^NETCOVER_SWEEP__TIMEOUT: "):
        load_settings(None)


def test_a_missing_file_that_was_asked_for(tmp_path):
    with pytest.raises(SettingsError, match="no such settings file"):
        load_settings(tmp_path / "none.toml")
