"""The tree of a piece of HTML, made by libxml2 in linear time."""

from typing import Any

from lxml import etree

from cms.foreign.lost_formatting import record_lost_formatting
from cms.foreign.office import tidy_tree
from lms.lib.comparison import UNSTORABLE
from lms.lib.problems import Problem


def parse(source: str) -> Any:
    """The tree of a piece of HTML; None for one without content."""
    return parse_with_problems(source)[0]


def parse_with_problems(source: str) -> tuple[Any, list[Problem]]:
    """(the tree, what of the looks of the source is not in it)"""
    text = UNSTORABLE.sub("\ufffd", source)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True)
    root = etree.fromstring(b"<html><body>" + text.encode(), parser)
    if root is None:
        return None, []
    problems = record_lost_formatting(root, text)
    tidy_tree(root)
    return root, problems
