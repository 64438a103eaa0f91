"""What employers wrote or may write: with what must be found in it, and with what must not."""

SURE = {
    "criterion:sex": """
        Cherche dame sérieuse pour accueil
        Les hommes ne sont pas acceptés
        Nous préférons les garçons
        Pas de femme enceinte
        Nous cherchons une jeune femme dynamique
        Recherche secrétaire, femme uniquement
        Poste réservé aux hommes
        On recrute des filles pour la saisie
        Sexe : féminin
        De sexe masculin
        Profil féminin souhaité
        Pas de femmes sur ce site
        C'est un travail d'homme
        Female candidates only
        We are looking for a young lady
        Women only
        We want a pretty girl at the front desk
        Gender: male
        No women, please
        We need two strong men
        On cherche une jeune dame souriante pour l'accueil
    """,
    "criterion:age": """
        Profil : homme, 25 à 40 ans, musulman
        Age requis entre 22 et 27
        Pas plus de 30 ans
        Applicants must be under 35
        18-25 ans
        Vous avez entre 20 et 30 ans
        de 18 à 35 ans
        Âge maximum : 30 ans
        moins de 35 ans
        Avoir 28 ans au plus
        Vous êtes trop âgée
        Limite d’âge : 40
        Candidats nés après 1998
        Personne jeune exigée
        aged 18-25
        between 18 and 30 years old
        Maximum age 35
        under 30 years old
        You are too old for this
        Young people only
        Born after 1999
        Not older than 32
    """,
    "criterion:religion": """
        Candidate catholique exigée
        De confession musulmane
        Femme non voilée
        Sans voile
        Une personne chrétienne pratiquante
        Religion : islam
        You must be a Christian
        No hijab
        Only Muslim candidates
        born again Christians
    """,
    "criterion:origin": """
        De préférence Wolof ou Sérère
        Être originaire de la région
        De nationalité française uniquement
        Pas d’étrangers
        Langue maternelle française exigée
        Peau claire
        D’origine européenne
        Native English speaker
        Citizens only
        No foreigners
        White candidates
        Réservé aux ressortissants sénégalais de souche
        Wolof de naissance, pas de Peul
    """,
    "criterion:family": """
        Vous devez être une femme mariée
        Ne pas avoir d'enfants en bas âge
        No married women
        Célibataire sans enfant
        Être célibataire exigé
        Candidate non mariée
        Situation matrimoniale : célibataire
        Sans charge de famille
        Mère de famille s’abstenir
        Must be single
        without children
        Single ladies only
        unmarried women
    """,
    "criterion:pregnancy": """
        Test de grossesse demandé
        Femmes enceintes s’abstenir
        Ne pas être enceinte : non enceinte
        Sans projet d’enfant
        Pregnant women need not apply
        Not pregnant
    """,
    "criterion:appearance": """
        Merci de joindre une photo en pied
        Envoyer CV + photo
        Fit, healthy and good looking
        CV avec photo
        Joindre deux photos d’identité
        Envoyez votre photo
        Photo obligatoire
        Physique agréable
        Taille minimum 1m70
        Send your photo
        A resume with a recent photo
        good-looking
        attractive appearance
    """,
    "criterion:health": """
        En bonne santé
        Sans handicap
        Pas de maladie chronique
        N’ayant pas d’antécédents de maladie
        Personnes handicapées s’abstenir
        Test VIH négatif
        In good health
        No disability
        able-bodied
    """,
    "criterion:residence": """
        Uniquement les habitants de Plateau
        Pas de banlieue
        Residents of Plateau only
        no slums
    """,
    "fee:fee": """
        Caution de 20 000 francs remboursable après un mois
        Versez 10000F pour réserver votre place
        Les frais d'équipement sont à votre charge
        Prévoyez 7 500 FCFA pour votre uniforme
        Payez par Wave avant vendredi
        You need to pay a small fee
        Frais de dossier : 5 000 FCFA
        5 000 FCFA de frais d’inscription
        Vous devez verser 10 000 francs avant le début
        Caution de 15.000 FCFA
        Envoyez 2000 F par Orange Money
        Dépôt de garantie de 20 000 FCFA à payer
        Formation payante obligatoire
        À la charge du candidat
        Une participation de 3 000 FCFA est demandée
        Le candidat doit acheter son kit
        3000 FCFA pour le badge
        Registration fee: $20
        You must pay 5,000 FCFA for the training
        A refundable deposit
        Candidates must buy the starter pack
        Send 10 USD by mobile money
        pay 25 euros to start
        Application fee of 10 €
    """,
    "contact:phone": """
        Mon numéro : 77 555 44 33
        +221 77 123 45 67
        Appelez le 771234567
        Tél. : 77-123-45-67
        00221771234567
        Call 0771 23 45 67
        ٠٧٧ ١٢٣ ٤٥ ٦٧
    """,
    "contact:e-mail": """
        Écrivez à jobs@example.org
        recrutement.pont-data@gmail.com
        moi @ gmail . com
        Send it to hr@company.co.uk
    """,
    "contact:messenger": """
        Contactez rh arobase boite point com
        Contactez-moi sur WhatsApp
        Écrivez-nous sur Telegram
        Inbox moi
        Appelez-moi au bureau
        Write to me on WhatsApp
        message us on Telegram
        Call me on my number
    """,
    "insult:insult": """
        Vous n'avez rien compris, vous êtes bête
        On ne recrute pas des gens de votre niveau, rentrez au village
        T'es moche
        You are an idiot
        Vous êtes nulle
        Espèce d’idiote
        Imbécile
        Incapable de lire une consigne
        Vous nous faites perdre notre temps
        Retournez dans votre village
        Honte à vous
        Vous êtes une ignorante
        You are useless
        stupid
        You are too lazy
        Waste of our time
        Go back to your country
        pathetic
    """,
    "pay:unpaid": """
        Période d’essai non rémunérée
        Un mois d’essai non payé
        Sans salaire le temps de la formation
        Premier mois gratuit
        Unpaid trial
        No salary at first
    """,
    "hours:length": """
        60 heures par semaine
        72h/semaine
        14 heures par jour
        60 hours a week
        15 hours per day
    """,
    "hours:rest": """
        Sans congés, 7 jours par semaine
        Work every day including Sunday
        7 jours sur 7
        7j/7
        Sans jour de repos
        No days off
        Seven days a week
    """,
}
"""Refused: the kind and subject of the first thing found, which is sure."""

DOUBTFUL = """
    Groupe sanguin à préciser
    Assistante, la vingtaine, jolie
    Personnes de grande taille et minces
    Habiter impérativement Cocody
    Inscription : 2 500 FCFA
    Une somme de 15 000 FCFA vous sera demandée
    Le kit de démarrage coûte 12 000 FCFA
    Ecris-moi en privé sur Insta
    Rejoignez le groupe t.me/jobsdakar
    Ladies between 20 and 28
    Male, 25-35, Christian
    Training costs 50 dollars, payable in advance
    Text me at 0612345678
    We do not hire people like you, go home
    12 hours daily
    Salaire selon les ventes uniquement
    Modérer les insultes comme « idiot »
    You will moderate comments about religion and politics
    Une équipe de femmes formidables
    Nous cherchons des gens jeunes
    Bonne présentation
    Hôtesse d’accueil
    Habitant à Dakar
    Certificat médical
    On parle aussi de religion
    Prévoir 5 000 FCFA
    Une caution
    Orange Money
    Voir https://pont-data.sn/jobs
    Notre site : pont-data.com
    Nous utilisons WhatsApp
    12 heures par jour
    Stage non rémunéré
    Travail de nuit
    Votre niveau est ridicule
    Vous avez répondu n’importe quoi
    Vous êtes trop lente
    A good-natured team of ladies
    Recent graduates
    Nice appearance
    Registration fee
    See www.example.org/apply
    Night shift
    Unpaid
    Too slow
    Lazy
"""
"""Held for a person of the programme: something found, nothing sure."""

FINE = """
    Mission : transcrire des entretiens avec des femmes entrepreneures
    Pay: 300 USD per month, bonus 20 USD
    Pay: $5 per hour
    Transcrire des appels en wolof, pas de peul nécessaire
    Assurance maladie prise en charge
    Congé maternité payé
    Frais de transport remboursés
    Appels téléphoniques entrants, 20 par jour
    Vous accompagnez les femmes entrepreneuses dans leurs démarches
    Public accueilli : enfants de 6 à 12 ans
    Saisir des factures de 5 000 à 10 000 FCFA
    Un ordinateur de moins de 5 ans
    Le prix d'un cahier est de 500 FCFA
    Nous proposons une mutuelle santé
    Formation offerte de deux semaines, payée 30 000 FCFA
    Paie : 1 000 FCFA l'heure
    Numéro de facture : 20261234
    Vous utiliserez Gmail et Google Drive
    Vous enregistrez les numéros de téléphone des abonnés
    Contrôler les adresses e-mail des clients
    Vous transcrivez des voix d'hommes et de femmes
    Le mot « race » doit être signalé par les modérateurs
    Décrire une photo de chien
    Votre test montre 62 % de bonnes réponses, il en faut 80 %
    We pay $40 for each batch of 1,000 images
    Label 18-25 images per hour
    Contract from 2026-12-01 to 2027-05-31
    Your typing speed is 20 words a minute, we need 30
    sans distinction d’âge, de sexe, de religion ou d’origine
    Sans distinction d'âge
    vous avez entre 18 et 25 dossiers à traiter
    femmes et hommes bienvenus
    connaissance du français
    Opérateur de saisie (H/F)
    Opératrice ou opérateur de saisie, F/H
    Nous recrutons des femmes et des hommes
    Poste ouvert aux personnes en situation de handicap
    Quel que soit votre âge, votre origine ou votre religion
    Tous âges bienvenus
    2 ans d’expérience minimum
    Une expérience de 15 à 20 ans dans la comptabilité
    Contrat de 2 ans
    Une entreprise fondée il y a 25 ans
    Depuis plus de 20 ans, nous numérisons des archives
    75 000 FCFA par mois
    Salaire : 150 000 - 200 000 FCFA net
    Rémunération de 500 FCFA par heure
    Prime de 10 000 FCFA
    25 € par tâche
    Votre paie de 75 000 FCFA par mois est versée par Orange Money
    Nous ne demandons jamais d’argent aux candidats
    Sans frais de dossier
    Aucun frais d’inscription
    Formation gratuite et payée
    Les frais de transport sont remboursés
    Saisir les notes de frais des agents
    Vous répondez aux clients sur WhatsApp et Messenger
    Support client par e-mail et téléphone
    40 heures par semaine, du lundi au vendredi
    8 heures par jour
    35h/semaine, pauses comprises
    Vous saisissez 10 000 lignes par jour
    Plateforme ouverte 7j/7, équipes en rotation, deux jours de repos
    Annoter des photos de produits
    Retouche de photos
    Vêtements pour femmes et hommes : étiqueter les images
    Étiqueter des photos de chaussures pour femmes
    Une jeune entreprise de Dakar
    Équipe jeune et motivée
    Être majeur, au moins 18 ans
    Avoir 18 ans révolus
    Saisir le nom, l’âge et le sexe des patients dans le formulaire
    Champ « situation matrimoniale » du formulaire client
    École catholique : saisie des notes
    Remplacement d’un congé maternité
    Marie vous accueille le premier jour
    Parler wolof et français
    Bonne connaissance d’Excel
    Vous aurez entre 20 et 30 appels par jour
    Du 01/12/2026 au 31/03/2027
    Réunion le 15/01/2027 à 14h30
    Référence 2026-114
    Budget des clients entre 1 500 000 et 2 000 000
    Un résultat nul est aussi un résultat
    Merci pour votre candidature, le poste est pris
    Il manque le niveau 2 en saisie
    Votre français écrit doit encore progresser
    Entretien mardi à 10 h : https://meet.google.com/abc-defg-hij
    Entretien par vidéo : https://us02web.zoom.us/j/123
    Les horaires ne vous convenaient pas
    Enceinte acoustique : décrire le produit
    Sales assistant
    Sales Manager, 2 years of experience
    We never ask candidates for money
    No fees at any step
    Free of charge
    Regardless of age, gender, religion or origin
    We welcome women and men of all ages
    Equal opportunity employer
    You will handle between 18 and 25 files a day
    People with disabilities are welcome
    Paid training
    We pay $5 per hour
    $300 per month
    A salary of 200 euros a month, paid by mobile money
    Over 20 years of experience in archives
    For over 25 years we have scanned archives
    A young company in Dakar
    40 hours a week
    8 hours a day
    Answer customers on WhatsApp
    Label images of women's and men's clothes
    Single-page forms
    At least 18 years old
    Fluent French, English B1
    Data entry, 5,000 lines a day
    Thank you, the position is taken
    The level is not high enough yet
    Interview on Tuesday at 10: https://teams.microsoft.com/l/meetup-join/19
    Node.js and Vue.js
    Version 2.0.1
    Fichier Excel de 10 000 lignes, 12 colonnes
    Horaires : 8h-12h et 14h-18h
    Début le 3 janvier, six mois renouvelables
    Merci d’apporter votre carte d’identité le premier jour
    CDD de 6 mois, temps partiel 20 h
"""


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
