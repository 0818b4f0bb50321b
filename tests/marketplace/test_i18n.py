import os
from pathlib import Path

import pytest
from babel.support import Translations
from flask import Flask

from marketplace import catalogue
from marketplace.i18n import SOURCE, choose_locale, compile_catalogues
from tests.support.web import Visitor


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("zh-Hans-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-CN", "zh"),
        ("zh_TW", "zh"),
        ("zh", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr-FR,zh;q=0.5", "zh"),
        ("fr-FR", "en"),
        ("", "en"),
    ],
)
def test_every_kind_of_chinese_gets_the_one_catalogue(app: Flask, asked: str, given: str) -> None:
    with app.test_request_context(headers={"Accept-Language": asked}):
        assert choose_locale() == given


def test_a_page_says_which_language_it_is_in(app: Flask) -> None:
    page = Visitor(app, language="zh-CN").get("/sign-in").text

    assert '<html lang="zh-Hans"' in page
    assert "登录" in page


def test_a_choice_outweighs_the_browser_and_lasts(app: Flask) -> None:
    visitor = Visitor(app, language="en")

    answer = visitor.post("/preferences", locale="zh", next="/sign-in")

    assert answer.headers["Location"] == "/sign-in"
    assert "登录" in visitor.get("/sign-in").text


def test_the_choice_of_a_person_is_kept_with_their_account(app: Flask, bob: Visitor) -> None:
    bob.post("/preferences", locale="zh", theme="dark")

    elsewhere = Visitor(app)
    elsewhere.sign_in("bob")
    page = elsewhere.get("/account").text

    assert '<html lang="zh-Hans" data-ts-theme="dark" data-bs-theme="dark"' in page


def test_a_language_that_does_not_exist_changes_nothing(visitor: Visitor) -> None:
    visitor.post("/preferences", locale="tlh", theme="pink")

    assert '<html lang="en" data-ts-theme="system">' in visitor.get("/").text


@pytest.mark.parametrize("po", sorted(SOURCE.glob("*/LC_MESSAGES/messages.po")))
def test_every_message_is_translated(app: Flask, po: Path) -> None:
    assert app

    faults = list(catalogue.missing(po))

    assert not faults, "\n".join(["Run `flask i18n update`, then fill in these messages:", *faults])


def test_a_catalogue_is_compiled_when_its_source_is_newer(tmp_path: Path) -> None:
    po = tmp_path / "source/zh/LC_MESSAGES/messages.po"
    po.parent.mkdir(parents=True)
    source, target = tmp_path / "source", tmp_path / "target"
    po.write_text('msgid ""\nmsgstr ""\n\nmsgid "Loan"\nmsgstr "借款"\n', "utf-8")

    compile_catalogues(source, target)
    first = Translations.load(target, ["zh"]).gettext("Loan")
    po.write_text('msgid ""\nmsgstr ""\n\nmsgid "Loan"\nmsgstr "贷款"\n', "utf-8")
    os.utime(po, (po.stat().st_atime, po.stat().st_mtime + 5))
    compile_catalogues(source, target)

    assert (first, Translations.load(target, ["zh"]).gettext("Loan")) == ("借款", "贷款")
    assert [file.name for file in (target / "zh/LC_MESSAGES").iterdir()] == ["messages.mo"]
