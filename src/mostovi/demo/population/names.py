"""Given and family names in use in the country, all writable in both scripts.

A family draws its names from one of the lists, so that they fit each other as they do in life; the choice
depends on nothing else, least of all on a place, and is kept nowhere.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Names:
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]


def _names(women: str, men: str, families: str) -> Names:
    return Names(tuple(women.split()), tuple(men.split()), tuple(families.split()))


# Names that fit any family of the country, whatever it calls itself.
_ANY_WOMEN = "Ana Ena Hana Iva Lana Lea Maja Mia Nina Sara Sandra Tea Vesna Jasna Zlata Dunja Ema Daria"
_ANY_MEN = "Adi Damir Dino Denis Goran Igor Mak Boris Robert Zlatan Vedran Edin Jasmin Sven Toni Zoran"
_ANY_FAMILIES = "Kovač Babić Kovačević Filipović Šarić Delić Begić Lovrić Popović Perić Marić Tomić Zec Vuk"

LISTS = (
    _names(
        "Amra Lejla Emina Selma Džejla Merima Ajla Azra Fatima Šejla Nejra Alma Džana Senada Mirela Hatidža "
        "Aida Belma Ilma Zehra Nermina Sabina Đula Mersiha " + _ANY_WOMEN,
        "Emir Adnan Haris Amar Tarik Kenan Mirza Armin Nedžad Senad Hamza Džemal Faruk Samir Alen Jusuf "
        "Enver Nermin Mustafa Elvir Muamer Sead Ahmed Benjamin " + _ANY_MEN,
        "Hodžić Hadžić Mujić Hasanović Bešić Džaferović Šabanović Karić Omerović Ćosić Alić Halilović "
        "Čaušević Mehić Muratović Imamović Đulić Suljić Ramić Husić Smajić Ibrahimović Ahmetović Salihović "
        + _ANY_FAMILIES,
    ),
    _names(
        "Marija Ivana Katarina Antonija Kata Ivka Željka Anđela Matea Lucija Petra Ružica Slavica Gabrijela "
        "Mirjana Nikolina Josipa Božana Dragica Ljubica Magdalena Klara Valentina Štefica " + _ANY_WOMEN,
        "Ivan Ante Josip Luka Mato Marko Tomislav Krešimir Zvonimir Anto Šimun Franjo Mario Stjepan Dražen "
        "Niko Petar Filip Hrvoje Željko Mijo Jozo Bruno Karlo " + _ANY_MEN,
        "Knežević Jurić Božić Matić Pavlović Lučić Bošnjak Jozić Ćorić Vidović Brkić Šimić Ivanković "
        "Petrušić Barišić Zovko Grgić Mandić Jukić Čolak Ljubić Andrić Džoić Anđić " + _ANY_FAMILIES,
    ),
    _names(
        "Jelena Milica Dragana Snježana Bojana Svjetlana Ljiljana Gordana Tijana Nataša Biljana Slađana "
        "Radmila Stojanka Vanja Jovana Anđelka Sofija Danijela Željana Mila Dušanka Teodora Nevena "
        + _ANY_WOMEN,
        "Milan Nikola Stefan Dragan Miloš Đorđe Nemanja Vladimir Aleksandar Branko Radovan Ljubiša Siniša "
        "Slobodan Njegoš Bogdan Vuk Dejan Žarko Nebojša Srđan Mladen Predrag Uroš " + _ANY_MEN,
        "Savić Ilić Jovanović Petrović Đurić Stanić Vuković Radić Simić Lazić Mitrović Đukić Tešić Gajić "
        "Kuzmanović Ljubojević Šćepanović Njegovan Cvijetić Bjelić Todorović Milošević Stojanović Pajić "
        + _ANY_FAMILIES,
    ),
    _names(
        "Rašela Estera Rebeka Luna Klara Elma Đulijeta Marina Oksana Olga Stefanija Terezija Bianka Đina "
        "Elvira Ramona Suzana Mirsada Esmeralda Fljora Vjolca Ksenija Ludmila Hermina " + _ANY_WOMEN,
        "Jakob David Moris Albert Ervin Rikard Elio Đovani Stefan Pavle Taras Bohdan Ivo Emil Oskar Alfred "
        "Ramiz Agron Besim Arben Ernest Leon Mihal Egon " + _ANY_MEN,
        "Altarac Finci Papo Kabiljo Levi Kohut Semenjuk Paljuh Ostapčuk Kunicki Moreti Agostini Fantov "
        "Dvoržak Novotni Hudec Horvat Osmani Krasnići Beriša Zahirović Kamberović Šehović Oračevski "
        + _ANY_FAMILIES,
    ),
)

STREETS = (
    "Ulica lipa",
    "Ulica breza",
    "Ulica jasena",
    "Ulica javora",
    "Ulica kestenova",
    "Ulica hrastova",
    "Riječna ulica",
    "Školska ulica",
    "Mlinska ulica",
    "Zelena ulica",
    "Cvjetna ulica",
    "Sunčana ulica",
    "Potočna ulica",
    "Livadska ulica",
    "Voćarska ulica",
    "Solna ulica",
    "Željeznička ulica",
    "Ulica pod brdom",
)
