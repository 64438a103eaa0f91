"""The tree of a piece of HTML, made by libxml2 in linear time."""

import re
from typing import Any

from lxml import etree

from cms.foreign.looks import note_looks
from cms.foreign.office import tidy_tree
from lms.lib.problems import Problem

UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


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
    problems = note_looks(root, text)
    tidy_tree(root)
    return root, problems
