from pathlib import Path

import pytest

from marketplace.settings import UnusableSettings, read_settings

SECRET = "0123456789abcdef0123456789abcdef"


def test_without_a_secret_only_the_demo_starts(tmp_path: Path) -> None:
    assert read_settings({"DEMO": True}, instance=tmp_path)["SECRET_KEY"]

    with pytest.raises(UnusableSettings, match="SECRET_KEY"):
        read_settings({"DEMO": False}, instance=tmp_path)


@pytest.mark.parametrize("secret", ["", "short", "for-the-demo-only"])
def test_a_secret_that_is_none_is_refused(secret: str, tmp_path: Path) -> None:
    with pytest.raises(UnusableSettings, match="SECRET_KEY"):
        read_settings({"DEMO": False, "SECRET_KEY": secret}, instance=tmp_path)


def test_every_unusable_setting_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAILER", "pigeon")
    monkeypatch.setenv("SMTP_PORT", "the usual")
    monkeypatch.setenv("SESSION_IDLE_MINUTES", "0")

    with pytest.raises(UnusableSettings) as refusal:
        read_settings({"DEMO": False}, instance=tmp_path)

    for name in ("MAILER", "SMTP_PORT", "SESSION_IDLE_MINUTES", "SECRET_KEY"):
        assert name in str(refusal.value)


def test_the_database_is_a_file_of_the_installation_unless_told(tmp_path: Path) -> None:
    settings = read_settings({"DEMO": True}, instance=tmp_path)

    assert settings["DATABASE_URL"] == f"sqlite:///{tmp_path}/tessera.db"


def test_over_https_the_cookie_belongs_to_this_host_alone(tmp_path: Path) -> None:
    settings = read_settings({"SECRET_KEY": SECRET, "HTTPS": True}, instance=tmp_path)

    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["SESSION_COOKIE_HTTPONLY"] is True
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"
