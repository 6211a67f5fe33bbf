"""The questions of tab 2: what is said of a guess where its outcome is shown."""

from __future__ import annotations

from models.core import artifacts
from models.wider.cost import module_costs
from visuals.wider import question
from visuals.wider.cost import question as price


def test_the_card_answers_in_whole_sentences():
    def answered(branch: str) -> str:
        value = question.card_of() | {"state": "given"}
        return question.answer(value | {"guesses": [{"id": "branch", "value": branch}]})

    run = artifacts.load_run("surgery")
    whole, left = 100 * run["whole"].mean(), 100 * run["cut"][0, :4].mean(1).min()
    most = list(question.TITLES.values())[run["cut"][0, :4].mean(1).argmin()]
    other = next(title for title in question.TITLES.values() if title != most)
    said = answered(other)
    assert f"You said {other}; it is the {most} branch. Without it the network gets {left:.1f} %" in said
    assert f"right, instead of {whole:.1f} %.{question.BELOW}" in said
    assert f"It is the {most} branch, as you said. Without it" in answered(most)
    assert "all 2,600 validation images" in said  # and not 2,600 of 2,600
    assert "ou said" not in question.answer(None)
    assert "below" not in question.IN_CLASS.outcome().said  # in class there is none


def test_the_price_names_the_guess():
    five = module_costs()["3a"].reduce_5x5
    value = price.card_of() | {"state": "given", "guesses": [{"id": "cheaper", "value": 5.0}]}
    assert f"{five.naive / five.bottleneck:.1f} times fewer weights. You said 5.0." in price.priced(value)
    assert price.priced(price.card_of() | {"state": "skipped"}) == ""
