"""What a trainer fills in for each kind of question. The block's name is the question type's name.

List items carry ids that survive reordering and are kept in translations: they are the stable ids of answers.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("answer"), max_length=400)
    correct = blocks.BooleanBlock(label=_("right"), required=False)
    feedback = blocks.CharBlock(label=_("feedback"), max_length=600, required=False)


class ChoiceBlock(blocks.StructBlock):
    options = blocks.ListBlock(OptionBlock(), min_num=2, max_num=12, default=[{}, {}], label=_("answers"))
    shuffle = blocks.BooleanBlock(label=_("shuffle the answers"), required=False, default=True)


class SingleBlock(ChoiceBlock):
    class Meta:
        icon = "radio-empty"
        label = _("One right answer")


class MultipleBlock(ChoiceBlock):
    class Meta:
        icon = "check"
        label = _("Several right answers")


class TrueFalseBlock(blocks.StructBlock):
    answer = blocks.ChoiceBlock(choices=[("true", _("True")), ("false", _("False"))], label=_("right answer"))
    feedback_true = blocks.CharBlock(label=_("feedback to “true”"), max_length=600, required=False)
    feedback_false = blocks.CharBlock(label=_("feedback to “false”"), max_length=600, required=False)

    class Meta:
        icon = "success"
        label = _("True or false")


def credit_block(default: int) -> blocks.IntegerBlock:
    return blocks.IntegerBlock(label=_("share of the points, %"), default=default, min_value=0, max_value=100)


def feedback_block(label: Any = None) -> blocks.CharBlock:
    return blocks.CharBlock(label=label or _("feedback"), max_length=600, required=False)


class OtherNumberBlock(blocks.StructBlock):
    answer = blocks.DecimalBlock(label=_("number"))
    tolerance = blocks.DecimalBlock(label=_("accepted difference"), default=0, min_value=0)
    credit = credit_block(0)
    feedback = feedback_block()


class NumericBlock(blocks.StructBlock):
    answer = blocks.DecimalBlock(label=_("right number"))
    tolerance = blocks.DecimalBlock(label=_("accepted difference"), default=0, min_value=0)
    unit = blocks.CharBlock(label=_("unit"), max_length=20, required=False)
    decimals = blocks.IntegerBlock(
        label=_("decimals expected"),
        required=False,
        min_value=0,
        max_value=6,
        help_text=_("Tells how to read “1,250”. Empty: the learner is asked to write it clearly."),
    )
    feedback = feedback_block(_("feedback to the right number"))
    others = blocks.ListBlock(
        OtherNumberBlock(), min_num=0, max_num=10, default=[], label=_("other numbers you expect")
    )
    otherwise = feedback_block(_("feedback to any other number"))

    class Meta:
        icon = "decimal"
        label = _("Number")


class AcceptedBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("accepted answer"), max_length=200)
    credit = credit_block(100)
    feedback = feedback_block()


class ShortTextBlock(blocks.StructBlock):
    accepted = blocks.ListBlock(AcceptedBlock(), min_num=1, max_num=20, label=_("accepted answers"))
    otherwise = feedback_block(_("feedback to any other answer"))

    class Meta:
        icon = "pilcrow"
        label = _("Short text")


class PairBlock(blocks.StructBlock):
    left = blocks.CharBlock(label=_("this"), max_length=250)
    right = blocks.CharBlock(label=_("goes with"), max_length=250)


class MatchingBlock(blocks.StructBlock):
    pairs = blocks.ListBlock(PairBlock(), min_num=2, max_num=10, default=[{}, {}], label=_("pairs"))
    distractors = blocks.ListBlock(
        blocks.CharBlock(max_length=250),
        min_num=0,
        max_num=6,
        default=[],
        label=_("answers that fit nothing"),
    )

    class Meta:
        icon = "link"
        label = _("Matching")


class OrderingBlock(blocks.StructBlock):
    items = blocks.ListBlock(
        blocks.CharBlock(max_length=250), min_num=2, max_num=10, default=["", ""], label=_("lines, in the right order")
    )

    class Meta:
        icon = "order"
        label = _("Putting in order")


class AnswerBlocks(blocks.StreamBlock):
    single = SingleBlock()
    multiple = MultipleBlock()
    true_false = TrueFalseBlock()
    numeric = NumericBlock()
    short_text = ShortTextBlock()
    matching = MatchingBlock()
    ordering = OrderingBlock()
