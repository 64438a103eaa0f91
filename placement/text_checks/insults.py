"""Words that humiliate: they reach nobody.

Sources: ILO C190 art. 1 (violence and harassment at work, from the first contact of a job seeker on); injures publiques,
loi du 29 juillet 1881 art. 29. The list is short on purpose: what is contemptuous without such a word is for people.
"""

from placement.text_checks.patterns import Guard, guard_of

GUARDS: dict[str, Guard] = {
    "work": guard_of("resultat* part match score* valeur* champ* ecart risque* cellule* donnees client* customer* annot* mots liste", before=3, after=2),
    "file": guard_of("fichier* data file* travail* code* question* donnee* bin can collect* tri", before=2, after=3),
}  # fmt: skip
QUOTED = guard_of(
    "moder* insult* injur* signal* haine hate haineux toxi* exemple example offensi* contenu* content",
    before=8,
    after=5,
)
"""Work about such words: somebody looks, nothing is refused."""
SURE = """
    idiot|idiote|idiots|idiotes|imbecile*|abruti*|debile|debiles|cretin*|stupide|stupides|connard*|connasse*|conne|connes|salope*|pute|putes|batard*|ordure|ordures|encul*|merdique*
    negre|negres|negresse*|bougnoul*|bamboula*|macaque|macaques|sauvageonne*|broussard*
    stupid|idiots|moron*|dumb|dumbass|imbeciles|retard|retarded|bitch|whore|slut|nigg*|bastard*|asshole|shit|shitty|fuck*
    minable|minables|pathetique|pathetiques|pathetic|worthless|loser|losers
    vous|tu|etes|es|t|trop ..2 nulle|nulles|nul|nuls|bete|betes|moche|moches|grosse|laide ! work
    incapable|incapables de|d|of ..1 lire|ecrire|comprendre|reflechir|penser|rien|read*|think*|understand*
    you|are|re|so|too ..2 useless|lazy|ugly|fat|ignorant|incompetent|illiterate ! file
    vous|tu|etes|es ..3 ignorant|ignorante|paresseuse|paresseux|faineant|faineante|incompetente|incompetent|illettree|illettre|analphabete|ridicule|incapable|villageoise
    retourn*|rentr*|go ..2 dans|a|au|back|to ..1 ton|votre|your|village|cuisine|kitchen|country|pays
    perd* ..2 notre|mon|nos temps
    wast* ..2 our|my time
    honte a|de|d ..2 vous|toi
    shame on you
    femme|femmes|fille a la cuisine
"""
DOUBT = """
    nulle|nul|nuls|nulles ! work
    incompetent|incompetente|incompetents|incompetentes|incapable|incapables|ignorant|ignorante|ignorants|paresseux|paresseuse|faineant*
    ridicule|ridicules|honteux|honteuse|lamentable|lamentables|risible
    useless|lazy|incompetent|ignorant|ridiculous|laughable|disgraceful|joke ! file
    illettre*|analphabete*|illiterate|villageois*
    pas assez intelligent*
    not smart|clever|intelligent enough
    trop lente|lent|lents|lentes|bete
    too slow|stupid
    n importe quoi
    niveau ..2 primaire|enfant|maternelle
    poubelle|garbage|trash ! file
    ne savez rien|meme
    know nothing
    go home
    gens|personnes|people comme|like vous|toi|you
"""
