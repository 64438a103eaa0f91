"""Money asked of candidates, told from pay that is offered, and work without pay.

Sources: ILO, General principles for fair recruitment and definition of recruitment fees and related costs (2019): no
fee or cost, of any kind, to be borne by workers or jobseekers; ILO C181 art. 7. The names of fees are those of
warnings against false recruiters in the region.
"""

from placement.text_checks.patterns import Guard, guard_of

GUARDS: dict[str, Guard] = {
    "ours": guard_of("charge* rembourse rembourses remboursee remboursees remboursons remboursement remboursements offert* gratuit* sans aucun aucune zero pas jamais never no free paid reimburs* cover* "
                     "prend prenons payons finance* assume* inclus* notre our employer", before=5, after=6),
    "never": guard_of("jamais never aucun aucune sans pas zero no not gratuit* free interdit* forbidden", before=6, after=2),
    "paid_out": guard_of("salaire* paie paies payons paye payee payes remuner* gagn* prime* verse* versons virement salary wage* "
                         "pay paid earn* payment payments bonus recev* touch* client* customer* agent* marchand* compte*",
                         before=6, after=4),
    "file": guard_of("note notes gestion saisi* calcul* traiter traitement comptab* client* customer* declar* fichier releve* expense* "
                     "process* enter* record*", before=5, after=3),
}  # fmt: skip

SURE_FEES = """
    frais ..2 dossier|dossiers|inscription|inscriptions|formation|candidature|recrutement|visa|badge|uniforme|adhesion|entretien|test|placement|agence ..4 <money> ! ours
    <money> ..4 frais|caution|inscription|depot|garantie ! ours paid_out
    <money> ..2 pour|for ..3 dossier|inscription|formation|candidature|badge|uniforme|visa|registration|training|application|materiel|kit ! ours paid_out
    frais|fee|fees|cout|cost ..3 a|to payer|verser|regler|prevoir|deposer|pay|send ! ours never
    frais ..4 a votre|vos|leur|sa charge ! never
    frais ..3 a la? charge du|de|des candidat|candidats|candidate|candidates|employe*|stagiaire*
    a|aux la? charge|frais du|de|des candidat|candidats|candidate|candidates|participant*|stagiaire*
    caution|depot|cautionnement|garantie de|of? ..2 <money> ! ours
    payer|payez|paierez|paieront|verser|versez|verserez|regler|reglez|deposer|deposez|cotiser|cotisez|avancer|avancez|envoyez|envoyer|transferez|transferer|debourser ..4 <money> ! never client_pays
    <money> a|to payer|verser|regler|deposer|envoyer|prevoir|pay|send|deposit ! never
    participation|contribution ..3 <money>
    pay|paying|send|sending|deposit|transfer ..3 <money> ! never we_pay wage
    registration|application|processing|training|visa|admin|administrative|enrolment|enrollment|joining|security|uniform|badge|medical fee|fees|deposit ..4 <money> ! ours never
    refundable|non refundable? deposit|fee|fees
    pay|paying|pays ..3 fee|fees ! never we_pay
    you|candidates|candidate|applicants|applicant|trainees must|will|should|have|need ..2 pay|send|deposit|buy|purchase ! never
    vous|candidat|candidats|candidate|candidates ..2 devez|devrez|doit|doivent|devra|devront ..1 payer|verser|acheter|deposer|cotiser|regler|avancer ! never
    vous paierez|paieriez|acheterez|verserez
    frais ..2 dossier|inscription|formation|candidature|recrutement ..3 obligatoire*|avant|demande*|exige*|non ! ours never
    formation|stage|test|entretien|kit payant|payante|payants|payantes ! never
    achat|acheter|achetez obligatoire? ..2 kit|pack|uniforme|badge|mallette ! ours
    buy|purchase ..3 kit|starter|pack|uniform|badge ! ours
    envoyez|envoyer|deposez|deposer|payez|payer|payable|transferez ..4 orange|mobile|wave|mtn|moov|airtel|western|moneygram|mpesa|paypal ! paid_out never
    send|pay|payable|deposit ..4 orange|mobile|wave|mtn|moov|airtel|western|moneygram|mpesa|paypal ! never we_pay
"""
NEAR_FEES = """
    frais ..2 dossier|dossiers|inscription|inscriptions|formation|candidature|recrutement|visa|badge|uniforme|adhesion|placement|agence ! ours file never
    registration|application|processing|training|visa|joining|enrolment|recruitment|placement|agency fee|fees ! ours never file
    caution|cautionnement ! never ours
    depot de garantie ! never ours file
    security deposit ! never ours file
    orange|mobile|mtn|moov|airtel money ! paid_out
    western union
    moneygram|mpesa
    formation a? vos|leurs frais
    at your|their own? expense|cost
    a vos|ses|leurs frais
    pay for|to ..2 training|register|registration|apply|start ! never we_pay
"""
GUARDS |= {
    "client_pays": guard_of("client* customer* facture* fournisseur* nous employeur salaire* salaries", before=3),
    "wage": guard_of(
        "per an month* hour* day week* monthly hourly daily net gross salary bonus rate", before=1, after=5
    ),
    "we_pay": guard_of("we nous will clients customers they employer company", before=2),
}
PAY_WORDS = guard_of(
    "salaire* remuner* paie paies paye payee payes payons gagn* prime* mois mensuel* heure* horaire jour journalier* "
    "tache* net nette brut brute commission* indemnit* bonus bourse gratification per month* hour* day week* task* salary wage* pay paid "
    "earn* stipend allowance gross semaine piece fiche budget fiches transport smig smic",
    before=6, after=5,
)  # fmt: skip
"""Beside an amount: it goes to the person who works."""
MATTER = guard_of(
    "facture* prix chiffre commande* credit* transaction* client* achat* ventes vente stock* subvention* don dons invoice* price* "
    "turnover order orders purchase* sale sales grant grants",
    before=8, after=3,
)  # fmt: skip
"""Beside an amount: it is what the work is about."""
UNPAID = {
    "sure": """
        non|pas remunere|remuneree|remuneres|remunerees|paye|payee|payes|payees ..1 pendant|durant|essai|periode|premier*|debut
        essai|test|periode|mois|semaine|semaines|journee|jours|heures non|pas remunere*|paye|payee|payes|payees
        unpaid trial|test|training|overtime|work|period|month|week
        work|trial|test|job without pay|salary|payment
        sans salaire|remuneration|paie
        no salary|pay|wage|wages ! trick
        premier|first mois|month ..2 gratuit|gratuitement|free|unpaid
    """,
    "doubtful": """
        non remunere|remuneree|remuneres|remunerees
        unpaid
        benevole|benevoles|benevolat|benevolement
        volunteer|volunteers|volunteering
        a la commission
        commission only|uniquement|seulement|seule
        uniquement ..3 commission|commissions|pourcentage
        stage gratuit
        selon|sur|aux les? ventes|resultats uniquement|seulement
    """,
}
GUARDS["trick"] = guard_of("gap cut discrimination", after=2)
