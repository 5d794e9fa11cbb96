"""Names of people who do not exist, as classes have them: from many languages."""

from __future__ import annotations

from itertools import product
from random import Random

#: Given names and family names that go together.
_TOGETHER = (
    ("Anouk Bram Femke Joris Lotte Sanne Thijs Zoë", "de Boer/Dekker/van den Berg/Visser/Smit"),
    ("Emma Jakob Lena Jürgen Käthe Moritz Björn Sophie", "Groß/Köhler/Lehmann/Vogel/Winter"),
    ("Camille Élodie François Hélène Léo Noël Théo", "Bélanger/Dupont/Girard/Lefèvre/Moreau"),
    ("Alejandro Inés José Lucía Íñigo Sofía Martín", "García Ruiz/Muñoz/Núñez/Ortega/Peña"),
    ("Agnieszka Łukasz Małgorzata Paweł Wojciech", "Dąbrowska/Kowalczyk/Nowak/Wójcik/Żak"),
    ("Åsa Elin Håkon Ingrid Søren Øyvind", "Bjørnstad/Håkansson/Lindqvist/Sørensen"),
    ("Aylin Çağla Emre Gülşen Ömer Yiğit", "Çelik/Demir/Öztürk/Şahin/Yıldız"),
    ("Aarav Ananya Ishaan Kavya Meera Rohan", "Banerjee/Iyer/Kulkarni/Patel/Rao"),
    ("Haruto Mei Ren Sakura Yūki", "Fujimoto/Itō/Kobayashi/Satō/Tanaka"),
    ("Fang Jing Lei Wei Xiaoming Yan", "Chen/Huang/Liu/Wang/Zhang"),
    ("Ji-woo Min-jun Seo-yeon Ye-jin", "Choi/Kim/Lee/Park"),
    ("Amina Fatima Idris Karim Layla Yusuf", "al-Masri/Benali/Haddad/Mansour/Rahimi"),
    ("Adaeze Chidi Kwame Ngozi Thandiwe Wanjiru", "Achebe/Dlamini/Mensah/Mwangi/Okafor"),
    ("Дарина Ирина Олег Степан", "Бондар/Коваль/Мельник/Шевченко"),
    ("Αλέξης Δάφνη Ελένη Νίκος", "Βλάχος/Καρρά/Παππάς"),
    ("Aoife Cian Niamh Oisín Saoirse", "Byrne/Ní Bhriain/O’Connor/Walsh"),
)


def names(count: int, draw: Random) -> list[str]:
    """So many names, all of them different, with no language much more often than others.

    Raises:
        ValueError: there are not so many.
    """
    pools = [
        [f"{given} {family}" for given, family in product(first.split(), last.split("/"))]
        for first, last in _TOGETHER
    ]
    for pool in pools:
        draw.shuffle(pool)
    if count > sum(map(len, pools)):
        raise ValueError(f"there are only {sum(map(len, pools))} names")
    found: list[str] = []
    while len(found) < count:
        found += [pool.pop() for pool in pools if pool]
    draw.shuffle(found := found[:count])
    return found
