# ruff: noqa: RUF001 - French is written with this apostrophe
"""What the customer's pages say, in each language that they speak.

A language is one `Texts`: every field is required, so that no sentence can be missing from one of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

_HOUR = timedelta(hours=1)


class Notice(NamedTuple):
    """A page that only says something."""

    title: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything that the pages say in one language; words in braces are filled in."""

    language: str
    own_name: str
    language_label: str
    title: str
    instruction: str
    label: str
    open_report: str
    error: str
    refused: str
    missing: str
    greeting: str
    greeting_without_name: str
    ready: str
    view: str
    download: str
    time_left: str
    less_than_an_hour: str
    one_hour: str
    hours: str
    look_again: str
    preparing: Notice
    unavailable: Notice
    expired: Notice
    locked: Notice
    wrong_link: Notice
    too_many: Notice
    closed: Notice
    fault: Notice
    date: str
    first_of_month: str
    months: str

    def written_date(self, moment: datetime) -> str:
        """The day of a moment, e.g. ``22 de noviembre de 2026``."""
        day = self.first_of_month if moment.day == 1 else str(moment.day)
        return self.date.format(day=day, month=self.months.split()[moment.month - 1], year=moment.year)

    def written_hours(self, time: timedelta) -> str:
        """A stretch of time in whole hours, rounded down so that it promises nothing, e.g. ``23 hours``."""
        hours = time // _HOUR
        if hours < 1:
            return self.less_than_an_hour
        return self.one_hour if hours == 1 else self.hours.format(hours=hours)


_ENGLISH = Texts(
    language="en",
    own_name="English",
    language_label="Language",
    title="Your report",
    instruction="Enter the password that the sender gave you.",
    label="Password",
    open_report="Open the report",
    error="Error",
    refused="The link or the password is wrong. Please try again. After five wrong passwords the link is locked.",
    missing="Please enter the password.",
    greeting="Hello, {name}",
    greeting_without_name="Hello",
    ready="Your report of {date} is ready.",
    view="View the report",
    download="Download the report",
    time_left="Time left for this link: {time}",
    less_than_an_hour="less than an hour",
    one_hour="1 hour",
    hours="{hours} hours",
    look_again="Look again",
    preparing=Notice("Your report is being prepared", "This takes a few minutes. Please look again soon."),
    unavailable=Notice("Your report is not available", "It could not be prepared. Please ask the sender."),
    expired=Notice(
        "This link has expired", "For your safety, a link works for 24 hours only. Please ask the sender for a new one."
    ),
    locked=Notice("This link is locked", "There were too many wrong passwords. Please ask the sender for a new link."),
    wrong_link=Notice(
        "This link does not work",
        "Perhaps a part of it is missing. Open it again from your message, or ask the sender for a new one.",
    ),
    too_many=Notice("Please wait a moment", "There were too many tries in a short time. Try again in one minute."),
    closed=Notice(
        "Please open the link again",
        "To protect you, the report is closed after one hour. Open the link from your message again and enter the "
        "password. Your browser must accept cookies.",
    ),
    fault=Notice(
        "Something went wrong",
        "This is not your mistake. Please try again in a few minutes. If it happens again, tell the sender this "
        "number: {number}",
    ),
    date="{day} {month} {year}",
    first_of_month="1",
    months="January February March April May June July August September October November December",
)

_SPANISH = Texts(
    language="es",
    own_name="Español",
    language_label="Idioma",
    title="Su informe",
    instruction="Escriba la contraseña que le dio el remitente.",
    label="Contraseña",
    open_report="Abrir el informe",
    error="Error",
    refused="El enlace o la contraseña no son correctos. Inténtelo de nuevo. Después de cinco contraseñas "
    "incorrectas, el enlace se bloquea.",
    missing="Escriba la contraseña.",
    greeting="Hola, {name}",
    greeting_without_name="Hola",
    ready="Su informe del {date} está listo.",
    view="Ver el informe",
    download="Descargar el informe",
    time_left="Tiempo restante de este enlace: {time}",
    less_than_an_hour="menos de una hora",
    one_hour="1 hora",
    hours="{hours} horas",
    look_again="Mirar de nuevo",
    preparing=Notice("Su informe se está preparando", "Tardará unos minutos. Vuelva a mirar dentro de poco."),
    unavailable=Notice("Su informe no está disponible", "No se pudo preparar. Consulte al remitente."),
    expired=Notice(
        "Este enlace ha caducado", "Por su seguridad, un enlace solo funciona 24 horas. Pida uno nuevo al remitente."
    ),
    locked=Notice(
        "Este enlace está bloqueado", "Hubo demasiadas contraseñas incorrectas. Pida un enlace nuevo al remitente."
    ),
    wrong_link=Notice(
        "Este enlace no funciona",
        "Quizás le falta una parte. Ábralo de nuevo desde su mensaje o pida uno nuevo al remitente.",
    ),
    too_many=Notice(
        "Espere un momento", "Hubo demasiados intentos en poco tiempo. Inténtelo de nuevo dentro de un minuto."
    ),
    closed=Notice(
        "Abra el enlace de nuevo",
        "Para protegerle, el informe se cierra después de una hora. Abra de nuevo el enlace de su mensaje y escriba la "
        "contraseña. Su navegador debe aceptar cookies.",
    ),
    fault=Notice(
        "Algo salió mal",
        "No es culpa suya. Inténtelo de nuevo dentro de unos minutos. Si vuelve a ocurrir, dígale este número al "
        "remitente: {number}",
    ),
    date="{day} de {month} de {year}",
    first_of_month="1",
    months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)

_PORTUGUESE = Texts(
    language="pt",
    own_name="Português",
    language_label="Idioma",
    title="O seu relatório",
    instruction="Escreva a senha que o remetente lhe deu.",
    label="Senha",
    open_report="Abrir o relatório",
    error="Erro",
    refused="O link ou a senha não estão corretos. Tente de novo. Depois de cinco senhas erradas, o link é bloqueado.",
    missing="Escreva a senha.",
    greeting="Olá, {name}",
    greeting_without_name="Olá",
    ready="O seu relatório de {date} está pronto.",
    view="Ver o relatório",
    download="Baixar o relatório",
    time_left="Tempo restante deste link: {time}",
    less_than_an_hour="menos de uma hora",
    one_hour="1 hora",
    hours="{hours} horas",
    look_again="Ver de novo",
    preparing=Notice("O seu relatório está sendo preparado", "Isso leva alguns minutos. Volte daqui a pouco."),
    unavailable=Notice("O seu relatório não está disponível", "Não foi possível prepará-lo. Fale com quem o enviou."),
    expired=Notice(
        "Este link expirou", "Para a sua segurança, um link funciona só 24 horas. Peça um novo a quem o enviou."
    ),
    locked=Notice("Este link está bloqueado", "Houve senhas erradas demais. Peça um novo link a quem o enviou."),
    wrong_link=Notice(
        "Este link não funciona",
        "Talvez falte uma parte. Abra-o de novo a partir da sua mensagem ou peça um novo a quem o enviou.",
    ),
    too_many=Notice("Espere um momento", "Houve tentativas demais em pouco tempo. Tente de novo daqui a um minuto."),
    closed=Notice(
        "Abra o link de novo",
        "Para a sua proteção, o relatório se fecha depois de uma hora. Abra de novo o link da sua mensagem e escreva a "
        "senha. O seu navegador precisa aceitar cookies.",
    ),
    fault=Notice(
        "Algo deu errado",
        "O erro não é seu. Tente de novo daqui a alguns minutos. Se acontecer outra vez, diga este número a quem "
        "enviou o link: {number}",
    ),
    date="{day} de {month} de {year}",
    first_of_month="1",
    months="janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
)

_FRENCH = Texts(
    language="fr",
    own_name="Français",
    language_label="Langue",
    title="Votre rapport",
    instruction="Saisissez le mot de passe que l’expéditeur vous a donné.",
    label="Mot de passe",
    open_report="Ouvrir le rapport",
    error="Erreur",
    refused="Le lien ou le mot de passe est incorrect. Veuillez réessayer. Après cinq mots de passe incorrects, "
    "le lien est bloqué.",
    missing="Veuillez saisir le mot de passe.",
    greeting="Bonjour {name}",
    greeting_without_name="Bonjour",
    ready="Votre rapport du {date} est prêt.",
    view="Voir le rapport",
    download="Télécharger le rapport",
    time_left="Temps restant pour ce lien\N{NO-BREAK SPACE}: {time}",
    less_than_an_hour="moins d’une heure",
    one_hour="1 heure",
    hours="{hours} heures",
    look_again="Regarder à nouveau",
    preparing=Notice("Votre rapport est en préparation", "Cela prend quelques minutes. Revenez un peu plus tard."),
    unavailable=Notice(
        "Votre rapport n’est pas disponible", "Il n’a pas pu être préparé. Adressez-vous à l’expéditeur."
    ),
    expired=Notice(
        "Ce lien a expiré",
        "Pour votre sécurité, un lien ne fonctionne que 24 heures. Demandez-en un nouveau à l’expéditeur.",
    ),
    locked=Notice(
        "Ce lien est bloqué",
        "Il y a eu trop de mots de passe incorrects. Demandez un nouveau lien à l’expéditeur.",
    ),
    wrong_link=Notice(
        "Ce lien ne fonctionne pas",
        "Il en manque peut-être une partie. Ouvrez-le à nouveau depuis votre message, ou demandez-en un nouveau à "
        "l’expéditeur.",
    ),
    too_many=Notice("Patientez un instant", "Il y a eu trop d’essais en peu de temps. Réessayez dans une minute."),
    closed=Notice(
        "Ouvrez le lien à nouveau",
        "Pour vous protéger, le rapport se ferme après une heure. Ouvrez à nouveau le lien de votre message et "
        "saisissez le mot de passe. Votre navigateur doit accepter les cookies.",
    ),
    fault=Notice(
        "Une erreur s’est produite",
        "Ce n’est pas votre faute. Réessayez dans quelques minutes. Si cela se reproduit, donnez ce numéro à "
        "l’expéditeur\N{NO-BREAK SPACE}: {number}",
    ),
    date="{day} {month} {year}",
    first_of_month="1er",
    months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
)

_SWAHILI = Texts(
    language="sw",
    own_name="Kiswahili",
    language_label="Lugha",
    title="Ripoti yako",
    instruction="Weka nenosiri ulilopewa na mtumaji.",
    label="Nenosiri",
    open_report="Fungua ripoti",
    error="Hitilafu",
    refused="Kiungo au nenosiri si sahihi. Tafadhali jaribu tena. Baada ya kukosea nenosiri mara tano, kiungo "
    "hufungwa.",
    missing="Tafadhali weka nenosiri.",
    greeting="Habari, {name}",
    greeting_without_name="Habari",
    ready="Ripoti yako ya {date} iko tayari.",
    view="Tazama ripoti",
    download="Pakua ripoti",
    time_left="Muda uliobaki wa kiungo hiki: {time}",
    less_than_an_hour="chini ya saa moja",
    one_hour="saa 1",
    hours="saa {hours}",
    look_again="Angalia tena",
    preparing=Notice("Ripoti yako inaandaliwa", "Itachukua dakika chache. Tafadhali angalia tena baadaye kidogo."),
    unavailable=Notice("Ripoti yako haipatikani", "Haikuweza kuandaliwa. Tafadhali wasiliana na mtumaji."),
    expired=Notice(
        "Muda wa kiungo hiki umekwisha",
        "Kwa usalama wako, kiungo hufanya kazi kwa saa 24 tu. Tafadhali mwombe mtumaji akupe kipya.",
    ),
    locked=Notice(
        "Kiungo hiki kimefungwa",
        "Nenosiri limekosewa mara nyingi mno. Tafadhali mwombe mtumaji akupe kiungo kipya.",
    ),
    wrong_link=Notice(
        "Kiungo hiki hakifanyi kazi",
        "Huenda sehemu yake inakosekana. Kifungue tena kutoka kwenye ujumbe wako, au mwombe mtumaji akupe kipya.",
    ),
    too_many=Notice(
        "Tafadhali subiri kidogo", "Umejaribu mara nyingi mno kwa muda mfupi. Jaribu tena baada ya dakika moja."
    ),
    closed=Notice(
        "Tafadhali fungua kiungo tena",
        "Kwa usalama wako, ripoti hufungwa baada ya saa moja. Fungua tena kiungo kilicho kwenye ujumbe wako, kisha "
        "weka nenosiri. Kivinjari chako lazima kikubali vidakuzi (cookies).",
    ),
    fault=Notice(
        "Kuna hitilafu imetokea",
        "Si kosa lako. Tafadhali jaribu tena baada ya dakika chache. Ikitokea tena, mpe mtumaji nambari hii: {number}",
    ),
    date="{day} {month} {year}",
    first_of_month="1",
    months="Januari Februari Machi Aprili Mei Juni Julai Agosti Septemba Oktoba Novemba Desemba",
)

TEXTS = {texts.language: texts for texts in (_ENGLISH, _SPANISH, _PORTUGUESE, _FRENCH, _SWAHILI)}
"""By the language's code (ISO 639-1)."""
