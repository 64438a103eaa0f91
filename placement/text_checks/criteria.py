"""Protected criteria in the words of advertisements. Nobody may be kept from work for them.

Sources: Code du travail (France) L1132-1 and Code pénal 225-1 for the list of criteria; Senegal, Code du travail L.1 and L.105; ILO
conventions C111 (discrimination) and C190 (violence and harassment). Forms of words: « Recruter sans discriminer »
(Défenseur des droits) and what employers wrote here. Written without accents or capitals, as ``reading`` folds them.

``SURE`` asks for or excludes people by a criterion. ``NEAR`` names the criterion: sure beside a word for a person or a
demand, doubtful alone. ``DOUBT`` is worth a look and no more.
"""

from placement.text_checks.patterns import Guard, guard_of

WOMEN = "femme femmes fille filles dame dames demoiselle demoiselles madame woman women girl girls lady ladies female females feminin feminine f"
MEN = "homme hommes garcon garcons monsieur messieurs man men boy boys gentleman gentlemen guy guys male males masculin masculine h m"
TIME_OF_WORK = (
    "experience* anciennete existence metier pratique garantie bail activite* expertise service carriere contrat cdd etudes etude duree "
    "standing warranty contract practice business formation emprunt pret credit credits loan mortgage"
)

GUARDS: dict[str, Guard] = {
    "pair": guard_of(f"{WOMEN} {MEN} tous toutes mixte all everyone", before=0, after=0),  # replaced in ``checking``
    "work": guard_of(TIME_OF_WORK, before=4, after=4),
    "since": guard_of("depuis since pendant il fonde fondee creee cree existe for over founded during", before=3),
    "things": guard_of("vetement* chaussure* mode boutique* magasin* coiffure* sante droit* droits autonomie journee association* "
                       "cooperative* groupement* prenom* nom noms image* photo* annot* etiquet* clothing clothes shoes fashion health "
                       "transcri* entretien* interview* temoignage* portrait* rights label* shop hair cosmet* entrepreneuriat entrepreneuses centre conjugu* accord* genre statistique* "
                       "donnees data voix voice voices clientele clients customers", before=5, after=2),
    "place": guard_of("ecole* lycee* college* universite* institut* association* ong centre hopital banque finance radio "
                      "secours mission* fondation* archives histoire saint eglise school university college hospital bank "
                      "foundation charity ngo relief aid history songs art", before=3, after=2),
    "youth_of": guard_of("entreprise* societe* structure* equipe* startup* pousse* public publics association* agence* marque* "
                         "projet* lecteurs lectrices enfants company team startup* organisation organization business brand", before=2, after=3),
    "leave": guard_of("conge conges remplac* service hopital clinique hospital ward leave cover replacement vetements", before=5, after=2),
    "inside": guard_of("dans bluetooth acoustique* audio son connect* hifi", before=3, after=2),
    "welcome": guard_of("ouvert* accessible* bienvenu* amenag* accueil* rqth encourag* welcome* accessib* adapt* inclusi* "
                        "encourages invited handi*", before=8, after=8),
    "products": guard_of("produit* articles article marchandise* ecran* documents travail fini chantier site facture* recu* "
                         "product* goods item* receipt* invoice* screen* work finished", after=6),
    "web": guard_of("page sign file click point", after=1),
    "name": guard_of("sainte mme madame mademoiselle prenom", before=1),
    "legal_age": guard_of("majorite legal legale legally", before=4, after=4),
    "language": guard_of("parl* langue* ecri* transcri* traduc* necessaire requis* speak* language*", before=4, after=3),
    "client": guard_of("client* customer* patient* usager* abonne* user* formulaire* champ* saisi* form forms field* base", before=5, after=3),
}  # fmt: skip

SURE: dict[str, str] = {
    "sex": """
        jeune|jeunes|jolie|belle|belles femme|femmes|fille|filles|dame|dames|demoiselle*|homme|hommes|garcon* ! pair things
        femme|femmes|fille|filles|dame|dames|homme|hommes|garcon|garcons uniquement|seulement|exclusivement|only|exige*|demande*|souhaite* ! pair things
        uniquement|seulement|exclusivement|only|que ..1 femme|femmes|fille|filles|dames|homme|hommes|garcons|women|men|girls|boys|ladies|females|males ! pair things
        reserve|reservee|reserves|reservees|destine|destinee aux|a ..1 femme|femmes|fille|filles|dames|homme|hommes|garcons ! pair
        recherch*|cherch*|recrut*|embauch*|engage|engageons|veut|voulons|besoin|preference|preferons|prefere ..3 femme|femmes|fille|filles|dame|dames|demoiselle*|homme|hommes|garcon|garcons ! pair things
        sexe ..1 feminin|masculin|f|m ! pair client
        sexe : feminin|masculin|f|m|femme|homme ! pair client
        profil|candidat|candidate|candidature|candidatures|personnel feminin*|masculin* ! pair
        female|male candidate*|applicant*|only|staff|assistant*|worker*|employee* ! pair
        looking|seeking|hire|hiring|recruit*|want|wanted|need|prefer* ..4 woman|women|girl|girls|lady|ladies|man|men|boy|boys|gentleman|gentlemen|guy|female|male ! pair things
        young|pretty|attractive woman|women|girl|girls|lady|ladies|man|men|boy|boys|guy ! pair things
        woman|women|girls|ladies|man|men|boys|females|males only|preferred|wanted ! pair
        gender|sex : female|male|woman|man ! pair client
        femme|femmes|homme|hommes|fille|filles|garcons ne ..2 pas ! pair things client
        pas de|d femme|femmes|fille|filles|homme|hommes ! pair
        no women|men|girls|females|males ! pair
        travail|poste|metier|job d|de|pour|for homme|hommes|femme|femmes|men|women ! pair
    """,
    "age": """
        <age> -|a|et|to|and <age> ans|an|years ! work since
        entre|between <n> et|and <age> ans|years ! work since
        age|agee|ages|agees|aged ..2 de|entre|between|from|under|over|moins|plus|maximum ..1 <age>
        age|agee|ages|agees|aged <age> ! client
        aged <age>
        <age> -|to <age> year|years|yrs
        moins|plus|inferieur|superieur de|a <age> ans ! work since
        pas plus|moins de <age> ans ! work
        <age> ans maximum|max|maxi ! work
        <age> ans au plus ! work
        maximum|max|maxi|jusqu ..1 <age> ans ! work since
        age maximum|maximal|max|maxi|limite|requis|exige|souhaite|ideal ! client
        limite|limites|tranche|condition|conditions d|de age ! client
        age : <age> ! client
        age limit|range|group|requirement ! client
        maximum|max|minimum age <age>? ! client legal_age
        under|below|over|above <age> years|yrs old ! client
        not older|younger than <age>
        no older|younger than <age>
        <age> years old ! since client
        ne|nee|nes|nees|born apres|avant|en|after|before|in|since <year> ! client
        must|should|be under|below|over <age>
        trop|too vieux|vieille|vieil|agee|age|ages|agees|old|jeune|young
        young|youthful person|people|candidate*|applicant*|graduate*|staff|professional* ! youth_of
        personne|personnes|candidat|candidats|candidate|candidates|profil|profils|collaborateur*|agent* jeune|jeunes
        jeune|jeunes personne|personnes|candidat|candidats|candidate|candidates|profil|profils|collaborateur*
        pas|sans|no de? seniors|retraite|retraites|retirees|elderly
    """,
    "religion": """
        de confession|religion|foi ..1 catholique*|chretien*|musulman*|islam*|protestant*|evangelique*|juive|juif|bouddhiste
        religion|confession : catholique*|chretien*|musulman*|islam*|protestant*|evangelique*|juive|christian|muslim|catholic
        religion exigee|souhaitee|requise|obligatoire
        sans|non|pas de? voile|voilee|voilees|foulard|hijab
        no hijab|veil|veils|headscar*
        femme|fille|candidate|personne non? voilee
        must|should be ..3 christian|muslim|catholic|protestant|jewish|religious ! place
        born again christian|christians|believer*
        bon|bonne|bons|good chretien|chretienne|chretiens|musulman|musulmane|musulmans|croyant|christian|muslim|catholic|catholique ! place
    """,
    "origin": """
        de race ..1 blanche|noire|pure
        ethnie|ethnique : <n>?
        preference ..2 wolof|serere|peul|peulh|diola|mandingue|bambara|baoule|bete|dioula|bamileke|beti|ewondo|bassa|fon|yoruba|haoussa|igbo|mossi|malinke
        d|de ethnie ..3 uniquement|seulement|exige*|preference
        de nationalite ..1 senegalaise|ivoirienne|francaise|camerounaise|beninoise|togolaise|malienne|burkinabe|guineenne|gabonaise|malgache|marocaine|europeenne|africaine ! client
        nationalite ..2 exigee|requise|obligatoire|uniquement|seulement|souhaitee ! client
        pas d etrangers|etrangere|etrangeres|immigre*|africain*
        no foreigner*|immigrant*|africans
        d origine ..1 africaine|europeenne|francaise|asiatique|arabe|maghrebine|ethnique|senegalaise|libanaise ! client
        type|peau|teint|skin europeen|caucasien|claire|clair|noire|blanche|white|black|fair|light
        native english|french speaker*
        locuteur*|locutrice* natif|natifs|native|natives
        citizens|nationals only
        african|european|white|black|asian|arab candidate*|applicant*|staff|people|women|woman|men|man|only ! client
        francais|francaise|senegalais|senegalaise|ivoirien|ivoirienne|camerounais|camerounaise|malgache|europeen|europeenne de souche
        reserve|reservee|reserves|reservees aux ressortissants|ressortissantes|nationaux
        pas|sauf|no de? wolof|serere|peul|peuls|peulh|diola|mandingue|bambara|baoule|dioula|bamileke|beti|ewondo|bassa|yoruba|haoussa|igbo|mossi|malinke|touareg ! language
        wolof|serere|peul|peulh|diola|bambara|baoule|bamileke|yoruba|haoussa|igbo de|d naissance|origine|sang|souche
        sans accent africain|etranger
        no african|foreign accent
    """,
    "family": """
        celibataire|celibataires sans|uniquement|seulement|exige*|preference
        sans|avec|no|without|with enfant|enfants|children|kids a? charge? ! client things
        pas d enfant|enfants ! client things
        ne pas avoir d enfant|enfants
        sans charge|charges|attache|attaches de? famille|familiale|familiales
        non|pas|ni mariee|mariees|marie|maries
        married|unmarried women|woman|only|candidate*|applicant*
        must|should be ..2 single|unmarried|married|divorced
        single women|woman|men|man|ladies|lady|only
        situation|statut|etat matrimoniale|familiale|matrimonial|familial|civil : ! client
        marital|family status|situation : ! client
        mere|meres|pere|peres de famille ..1 s? abstenir|exclu*
        childless
    """,
    "pregnancy": """
        test|tests de grossesse
        pregnancy test
        non|pas|ni enceinte|enceintes ! inside
        not|no pregnant|pregnancy|pregnancies
        sans|pas|ni|no de? projet d|de enfant|maternite|grossesse
        femme|femmes|candidate|candidates enceinte|enceintes ..3 abstenir|exclu*|refus*|pas
        pregnant women|woman|candidates ..4 not|apply|excluded|refused
        pas de grossesse
        ne ..3 tomber|tombe enceinte
    """,
    "appearance": """
        photo|photos|photographie|picture obligatoire|obligatoires|exigee|exigees|requise|requises|required|mandatory ! products
        cv|resume|dossier|candidature ..2 avec|et|with|and|plus|+ ..2 photo|photos|photographie|picture ! products
        avec|et|with|plus|+ ..1 photo|photos|picture|photographie ..1 recente|identite|plein|pied|recent ! products
        photo|photos d|de identite
        photo|photos|selfie|picture|pictures de|of ..1 vous|toi|yourself|you
        votre|vos|ta|your|recent photo|photos|picture|pictures|selfie recente? ! products
        photo|photos en? plein? pied|entier
        passport size? photo|photos|picture
        physique agreable|avenant|attrayant|soigne|exige
        belle|jolie|bonne apparence|plastique|silhouette
        belle|belles|jolie|jolies femme|femmes|fille|filles|hotesse|hotesses
        taille ..1 minimum|minimale|mannequin|fine
        mesur* ..3 <n> m|cm
        good looking
        attractive|pretty|beautiful|slim candidate*|applicant*|appearance|woman|women|girl*|lady|ladies|person|face
        mince|minces|pas|non ronde|rondes|grosse|grosses|obese|obeses
        minimum height
    """,
    "health": """
        en|etre|d|une|de ..1 bonne|parfaite|excellente sante ! client
        bonne|parfaite|excellente sante exigee|requise|obligatoire|physique
        sans|pas|aucun|aucune|non|ni de? handicap|handicape|handicapee|handicapes|invalidite|maladie|maladies|infirmite
        no|without disability|disabilities|disabled|illness|handicap ! welcome client
        good|perfect|excellent health ! client
        able bodied
        must be ..2 healthy|able|fit
        test ..2 vih|hiv|sida
        hiv|vih test|negatif|negative|negatif
        seronegati*
        candidat*|personne* ..1 handicap* ..2 s? abstenir|exclu*|refus*
        handicap* s? abstenir
    """,
    "residence": """
        uniquement|seulement|exclusivement|only|reserve ..3 habitant|habitants|residents|resident de|du|d|of|aux?
        residents|habitants de|of ..3 only|uniquement|seulement
        pas|no de? banlieue|banlieues|banlieusard*|bidonville*|slum|slums
        must|doit|devez|imperativement ..2 live|reside|habiter|resider|vivre ..3 quartier|district|neighbourhood|neighborhood|commune
        habitant|residant|domicilie* imperativement|obligatoirement|exclusivement
    """,
    "opinion": """
        non|pas syndique*|syndicaliste*
        pas|sans de syndicat|syndicalistes
        no union ..1 members?
        membre|militant|carte|member du|d|of ..2 parti|party
    """,
    "orientation": """
        homosexuel*|gay|gays|lesbienne*|transgenre*|lgbt* ..2 s? abstenir|exclu*|refus*|pas
        pas|no|sans d|de? homosexuel*|gays|gay|lesbienne*|lgbt*
        heterosexuel*
    """,
}  # fmt: skip

NEAR: dict[str, str] = {
    "religion": """
        catholique|catholiques|chretien|chretienne|chretiens|chretiennes ! place
        musulman|musulmane|musulmans|musulmanes|protestant|protestante|protestants|protestantes ! place
        evangelique|evangeliques|pentecotiste*|juif|juive|juifs|juives|bouddhiste*|athee|athees ! place
        catholic|catholics|muslim|muslims|christian|christians|jewish|evangelical ! place
        pratiquant|pratiquante|pratiquants|croyant|croyante|croyants|believer|believers ! place
        convictions|conviction religieus*
        religion|religions|religious ! place client
        voile|voilee|voilees|hijab|headscar*
    """,
    "family": """
        celibataire|celibataires ! client
        mariee|mariees|divorce|divorcee|divorces|veuve|veuf ! client
        mere|meres|pere|peres de famille
        situation|statut|etat matrimoniale|familiale|matrimonial|familial ! client
        marital|family status|situation ! client
        married|unmarried|divorced|widow|widowed ! client
        single mother|mothers|parent|parents ! client
    """,
    "pregnancy": """
        enceinte|enceintes ! inside leave
        grossesse|grossesses ! leave
        pregnant|pregnancy ! leave
    """,
    "origin": """
        nationalite|nationalites ! client
        ethnie|ethnies|ethnique|ethniques|ethnicity|tribe|tribal ! client
        langue maternelle
        mother tongue
        native speaker|speakers
        natif|native|natifs|natives de|du|d|of
        autochtone|autochtones
        originaire|originaires de|du|d ! client
        african|africain|africaine|europeen|europeenne|libanais|libanaise|asiatique souhaite*|exige*|prefer*
    """,
    "health": """
        handicap|handicape|handicapee|handicapes|handicapees|invalide|invalides|disabled|disability ! welcome client
        etat de sante ! client
        certificat|visite|examen medical|medicale
        medical certificate|test|exam*
        maladie|maladies chronique*
        antecedent|antecedents ..1 maladie|maladies|medicaux|medical|medicale|medicales ! client
        groupe sanguin ! client
        blood type|group ! client
        condition physique
        physically fit
        seropositi*|diabetique*|epileptique*
    """,
}  # fmt: skip

DOUBT: dict[str, str] = {
    "sex": """
        femme|femmes|homme|hommes|fille|filles|garcon|garcons|demoiselle*|woman|women|girl|girls|lady|ladies|female|females|male|males|gentleman|gentlemen ! pair things client
        femme|homme|fille de|a menage|chambre|service|tout|maison|comptoir|cuisine
        hotesse|hotesses|nounou|nourrice
        salesman|saleswoman|waitress|housemaid|maid|handyman|foreman
    """,
    "age": """
        jeune|jeunes ! youth_of
        young ! youth_of
        age|ages|agee|agees|aged ! client work
        <age> - <age> ans ! since
        <age> ans ! work since
        retraite|retraites|retraitee
        la vingtaine|trentaine|quarantaine|cinquantaine
        teenager*
        senior|seniors s? abstenir|exclu*
        digital native|natives
        recent graduate|graduates
    """,
    "appearance": """
        bonne|excellente|belle presentation
        presentable
        bien presenter
        well groomed|presented
        pleasant|nice|smart appearance|presentation
        apparence|physique soignee|agreable
        grande|petite taille ! things products client
        mince|minces|slim ! things products
        jolie|jolies|pretty ! things products
        envoy*|joindre|joignez|transmett*|fourni*|send|attach|include|enclose ..3 photo|photos|picture|pictures|selfie ! products
    """,
    "residence": """
        habitant|residant|resident|residents|domicilie|domiciliee|domicilies ..1 a|au|aux|dans|in|de ! client
        habiter|resider|vivre|live|reside imperativement|obligatoirement
        habiter|resider|vivre|live|reside ..2 quartier|district|neighbourhood|neighborhood|proximite|banlieue|commune|near|nearby
    """,
    "opinion": """
        syndique*|syndicaliste*
        parti politique
        political party|opinion*
        opinions politiques
    """,
    "orientation": """
        homosexuel*|lesbienne*|bisexuel*|gay|gays
        orientation sexuelle
        sexual orientation
    """,
}  # fmt: skip

PEOPLE = guard_of(
    "personne* candidat* candidate* profil* collabor* employe* femme* homme* fille* garcon* dame* applicant* candidates people person "
    "woman women man men girl* boy* lady ladies recherch* cherch* recrut* exige* exigee requis* obligatoire* souhait* "
    "preference* prefer* uniquement seulement exclusivement only must required looking seeking etre soyez doit doivent devez "
    "jeune jeunes ans not pas non sans trop too because parce etes are",
    before=6, after=6,
)  # fmt: skip
"""Words for a person, or for a demand, beside which a criterion is one that is asked for."""

FAIR = """
    sans ..1 distinction|discrimination|consideration|condition ..2 de|d|du
    quel|quelle|quels|quelles que soit|soient
    peu importe|importent
    independamment de|du|d
    non discrimination
    aucune ..1 discrimination|distinction|condition d|de age|sexe|origine|religion|nationalite
    ne ..4 discrimin*
    lutte|lutter|luttons|contre|refus|refusons|combattons ..3 discriminations|discrimination
    egalite|egal ..3 femmes|hommes|entre|chances|professionnelle|acces
    equal ..1 opportunit*|opportunity|treatment|pay|access
    regardless|irrespective of
    without ..1 distinction|discrimination|regard of|to|as|on
    no matter
    we do not|never discriminate|ask|select|consider
    nous ne ..2 demandons|regardons|selectionnons|tenons|posons
    all|any gender|genders|age|ages|religion|religions|origins|backgrounds
    tous|toutes|tout ..1 ages|age|profils|horizons|genres|religions|origines
    aucune|pas|no de? limite|condition d|de age
    no age limit
    ouvert|ouverte|ouverts a|aux toutes|tous|femmes
    open to all|everyone|women|men
"""
"""What says that a criterion does not count: the words after it, to the end of the sentence or to a "but", are fair."""
WELCOME = """
    bienvenu|bienvenue|bienvenus|bienvenues
    welcome
    encouraged to apply
    encouragees|encourages a
    sont|are acceptes|acceptees|accepted
    sont egaux|egales
"""
"""The same of the words before it."""
BUT = frozenset(
    [
        "mais",
        "but",
        "cependant",
        "toutefois",
        "however",
        "sauf",
        "except",
        "preference",
        "preferons",
        "uniquement",
        "seulement",
        "exclusivement",
        "only",
    ]
)
