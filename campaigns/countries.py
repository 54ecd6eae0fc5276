"""Names of countries by their two letters (ISO 3166-1 alpha-2), in the site's languages: Europe, and where else
cities usually have partners. A code that is not here is shown as it is.
"""

from __future__ import annotations

from typing import Final

from cms.multilingual import LocalizedText

_NAMES: Final[dict[str, tuple[str, str, str]]] = {
    "AL": ("Albania", "Albania", "Albánia"),
    "AM": ("Armenia", "Armenia", "Örményország"),
    "AT": ("Austria", "Austria", "Ausztria"),
    "AU": ("Australia", "Australia", "Ausztrália"),
    "AZ": ("Azerbaidjan", "Azerbaijan", "Azerbajdzsán"),
    "BA": ("Bosnia și Herțegovina", "Bosnia and Herzegovina", "Bosznia-Hercegovina"),
    "BE": ("Belgia", "Belgium", "Belgium"),
    "BG": ("Bulgaria", "Bulgaria", "Bulgária"),
    "BR": ("Brazilia", "Brazil", "Brazília"),
    "CA": ("Canada", "Canada", "Kanada"),
    "CH": ("Elveția", "Switzerland", "Svájc"),
    "CN": ("China", "China", "Kína"),
    "CY": ("Cipru", "Cyprus", "Ciprus"),
    "CZ": ("Cehia", "Czechia", "Csehország"),
    "DE": ("Germania", "Germany", "Németország"),
    "DK": ("Danemarca", "Denmark", "Dánia"),
    "EE": ("Estonia", "Estonia", "Észtország"),
    "EG": ("Egipt", "Egypt", "Egyiptom"),
    "ES": ("Spania", "Spain", "Spanyolország"),
    "FI": ("Finlanda", "Finland", "Finnország"),
    "FR": ("Franța", "France", "Franciaország"),
    "GB": ("Regatul Unit", "United Kingdom", "Egyesült Királyság"),
    "GE": ("Georgia", "Georgia", "Grúzia"),
    "GR": ("Grecia", "Greece", "Görögország"),
    "HR": ("Croația", "Croatia", "Horvátország"),
    "HU": ("Ungaria", "Hungary", "Magyarország"),
    "IE": ("Irlanda", "Ireland", "Írország"),
    "IL": ("Israel", "Israel", "Izrael"),
    "IN": ("India", "India", "India"),
    "IS": ("Islanda", "Iceland", "Izland"),
    "IT": ("Italia", "Italy", "Olaszország"),
    "JP": ("Japonia", "Japan", "Japán"),
    "KR": ("Coreea de Sud", "South Korea", "Dél-Korea"),
    "KZ": ("Kazahstan", "Kazakhstan", "Kazahsztán"),
    "LI": ("Liechtenstein", "Liechtenstein", "Liechtenstein"),
    "LT": ("Lituania", "Lithuania", "Litvánia"),
    "LU": ("Luxemburg", "Luxembourg", "Luxemburg"),
    "LV": ("Letonia", "Latvia", "Lettország"),
    "MA": ("Maroc", "Morocco", "Marokkó"),
    "MC": ("Monaco", "Monaco", "Monaco"),
    "MD": ("Republica Moldova", "Moldova", "Moldova"),
    "ME": ("Muntenegru", "Montenegro", "Montenegró"),
    "MK": ("Macedonia de Nord", "North Macedonia", "Észak-Macedónia"),
    "MT": ("Malta", "Malta", "Málta"),
    "MX": ("Mexic", "Mexico", "Mexikó"),
    "NL": ("Țările de Jos", "Netherlands", "Hollandia"),
    "NO": ("Norvegia", "Norway", "Norvégia"),
    "PL": ("Polonia", "Poland", "Lengyelország"),
    "PT": ("Portugalia", "Portugal", "Portugália"),
    "RO": ("România", "Romania", "Románia"),
    "RS": ("Serbia", "Serbia", "Szerbia"),
    "SE": ("Suedia", "Sweden", "Svédország"),
    "SI": ("Slovenia", "Slovenia", "Szlovénia"),
    "SK": ("Slovacia", "Slovakia", "Szlovákia"),
    "TN": ("Tunisia", "Tunisia", "Tunézia"),
    "TR": ("Turcia", "Türkiye", "Törökország"),
    "UA": ("Ucraina", "Ukraine", "Ukrajna"),
    "US": ("Statele Unite ale Americii", "United States", "Amerikai Egyesült Államok"),
}


def country_name(code: str) -> str:
    """The name of a country in the active language; the code itself where no name is known."""
    code = code.upper()
    if code not in _NAMES:
        return code
    ro, en, hu = _NAMES[code]
    return str(LocalizedText(ro=ro, en=en, hu=hu))
