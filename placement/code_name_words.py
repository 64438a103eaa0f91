"""Code names of candidates: trees, birds and rivers of Africa and Europe, in plain letters for an address.

No river that is also a country: a code name says nothing about origin.
"""

TREES = """
Acacia Acajou Amandier Anacardier Avocatier Badamier Balanites Bambou Baobab Bouleau Cacaoyer Cedre Chene
Citronnier Cocotier Cypres Ebene Erable Eucalyptus Figuier Filao Flamboyant Frangipanier Fromager Gommier
Goyavier Hetre Jacaranda Jujubier Kapokier Karite Kolatier Laurier Magnolia Mandarinier Manguier Marronnier
Mimosa Moabi Moringa Neem Noyer Okoume Olivier Oranger Palmier Papayer Peuplier Platane Pommier Raphia Rosier
Rotin Sapin Saule Tamarinier Teck Tilleul Tulipier Vetiver Wenge
"""
BIRDS = """
Aigrette Alouette Avocette Bergeronnette Bulbul Calao Chardonneret Cigogne Colibri Courlis Engoulevent
Fauvette Flamant Grue Guepier Heron Hirondelle Huppe Ibis Loriot Martinet Merle Mesange Moineau Ombrette
Outarde Pelican Pinson Pintade Pluvier Rollier Rossignol Sarcelle Souimanga Sterne Tisserin Touraco
Tourterelle Vanneau Verdier
"""
RIVERS = """
Bandama Benoue Betsiboka Casamance Comoe Danube Dordogne Douro Ebre Faleme Garonne Kagera Loire
Logone Mangoky Mono Moselle Ogooue Oubangui Oueme Rhone Sanaga Sassandra Saloum Tage Volta Wouri
Zambeze
"""
NAMES = (*TREES.split(), *BIRDS.split(), *RIVERS.split())


class NameEndedError(Exception):
    """The person hid, or left the employer, a moment after it read their page."""
