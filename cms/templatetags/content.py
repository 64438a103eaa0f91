"""What the templates of content blocks need: sizes in plain words, durations, tables, pictures for small screens."""

from django import template

from cms import units
from cms.pictures import bytes_of, photo
from cms.superscripts import superscripts
from cms.table_text import table_rows

register = template.Library()
for unit in (units.kilobytes, units.file_size, units.minutes, units.duration):
    register.filter(unit.__name__, unit)
register.filter(table_rows)
register.filter(superscripts)
register.simple_tag(photo)
register.filter(bytes_of)
