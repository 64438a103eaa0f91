"""The admin's own pages in the house's words."""


def test_a_lost_trainer_is_led_back_in_our_words(site, sign_in, trainer):
    answer = sign_in(trainer).get("/cms/nowhere/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "Cette page n’existe pas" in page
    assert 'href="/cms/"' in page
    assert "Wagtail" not in page.partition("<main")[2]
