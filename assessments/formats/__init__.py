"""Question files of other systems, in and out, through one neutral form.

    file --gift.loads--> ImportedQuestion --specs.to_spec--> what a Question stores
    file <--gift.dumps-- ImportedQuestion <--specs.from_spec--

Readers never give up on a file: what is good is returned, what is not is reported with its line.
"""
