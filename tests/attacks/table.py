"""The attacks that were tried, and what happened: one row, one line of text, one test or more.

References are to OWASP ASVS 4.0.3, level 2. ``proof.py`` ties rows and tests together.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attack:
    """One line: what was tried, and what happened."""

    id: str
    asvs: str
    tried: str
    happened: str


# fmt: off
ATTACKS = (
    # --- Access: other people's things ------------------------------------------------------------
    Attack("ids-1", "4.2.1",
        "Guess or copy the id of a case, record, person or export of another school in an "
        "address, by GET and POST, as each role",
        "404, the same as for what does not exist; nothing changes"),
    Attack("ids-2", "4.2.1",
        "Put somebody else's pupil, person, guest, role or school into a field of a form that"
        " one may use",
        "refused at the field as no choice; nothing is written"),
    Attack("ids-3", "4.2.1",
        "Put an id of another case under a case that one may see (a participant, a conflict "
        "of interest)",
        "404; nothing changes"),
    Attack("ids-4", "4.2.1",
        "Name a pupil, a case or a school of somebody else in a query (?q=, ?pupil=, "
        "?pupil_query=, ?school=, ?page=)",
        "the answer is that for a name that does not exist; no word of it is shown"),
    Attack("ids-5", "4.1.1",
        "Ask the fragments of a page (htmx) as somebody who may not see the page",
        "404, with and without the header of htmx"),
    Attack("ids-6", "4.2.1",
        "Send the idempotency key of somebody else's form, to be shown or to take over what "
        "they filed",
        "refused or filed as one's own; what they filed stays theirs"),
    Attack("ids-7", "4.1.3",
        "Send a field that a form does not show to one's role (a teacher who invites guests)",
        "the field is not read"),
    Attack("ids-8", "4.1.5",
        "Use another method than GET or POST, or ask the headers alone",
        "405 to everybody alike; HEAD tells no more than GET"),
    # --- Mass assignment --------------------------------------------------------------------------
    Attack("mass-1", "5.1.2",
        "Send with every form a value for every column of every table (author, case, school, "
        "restricted, closed_at, is_superuser, …)",
        "none of them is written: forms name their fields"),
    Attack("mass-2", "5.1.2",
        "Send role, school, e-mail address and is_superuser when accepting an invitation or "
        "changing one's own password or language",
        "the role is that of the invitation; nothing else changes"),
    # --- Requests from another site ---------------------------------------------------------------
    Attack("csrf-1", "4.2.2",
        "Send each form of the site from elsewhere: without a token, with a token of another "
        "browser",
        "403; nothing changes"),
    Attack("csrf-2", "4.2.2",
        "Send each form with a foreign Origin, or over TLS with a foreign Referer, and a "
        "token that is right",
        "403; nothing changes"),
    Attack("csrf-3", "4.2.2",
        "Let a page of a stranger plant text in somebody's form, or sign them out, through "
        "what keeps typed text (one's own typed_by token)",
        "403; nothing is kept, and no session cookie is set"),
    Attack("csrf-4", "4.2.2",
        "Change something by a link or a picture: GET and HEAD of each page",
        "no row of ours changes"),
    Attack("csrf-5", "8.3.4",
        "Get somebody to open a link that asks a page something (a search, a filter), and tell by "
        "the length of the encrypted answer what it found",
        "the page is opened, and asked nothing that stands in a link of another site, also by way "
        "of signing in; one that names somebody is opened by a press alone"),
    Attack("csrf-6", "4.2.2",
        "Show a page of ours as a picture, a script or a frame in one of a neighbour, ask for it "
        "by a socket or in advance, or open it "
        "in its own tab without a press and stop before it is seen: keep a session awake, ask anew "
        "what somebody is just answering, see by the time it takes whether they are signed in, "
        "keep the web at work",
        "as a part, by a socket or in advance: refused before a session is read; opened without a "
        "press, or sent a form: one small page, the same for everybody, before a session or the "
        "database is read"),
    # --- Scripts ----------------------------------------------------------------------------------
    Attack("xss-1", "5.3.3",
        "Write HTML and script into every text field of every form, and into every name, and "
        "read each page as each role",
        "shown as text everywhere: no element, attribute or javascript: link comes of it"),
    Attack("xss-2", "5.3.3",
        "The same text in the dossier (HTML before it becomes PDF)",
        "shown as text"),
    Attack("xss-3", "5.3.3",
        "Put script into every query parameter, the path, next=, Referer and User-Agent",
        "shown as text or not at all"),
    Attack("xss-4", "14.4.3",
        "Look for inline script, style or event handlers that the policy would have to allow",
        "none on any page of any role"),
    # --- What the server fetches ------------------------------------------------------------------
    Attack("pdf-1", "12.6.1",
        "Let WeasyPrint open http:, ftp:, file:, data: and relative addresses by each of thirty "
        "ways that HTML, CSS and SVG know",
        "our url_fetcher refuses each: a listening socket hears nothing, no file is read; the "
        "paper is made without it, or (two ways) not at all"),
    Attack("pdf-2", "5.2.6",
        "Write such references into records and export the dossier",
        "they stand in the PDF as text; nothing is opened"),
    Attack("name-1", "8.3.4",
        "Be called in a way that no text is searched for: by a name with brackets, a comma, a "
        "slash, a dash or an apostrophe, as an administration has it; by one that is written as "
        "one word, as in an address of mail; say a birth date with another dash",
        "each part of a name is found by itself, however it is written, in a question without a "
        "name and on the paper of another family"),
    # --- Queries ----------------------------------------------------------------------------------
    Attack("sql-1", "5.3.4",
        "Quotes, UNION, comments, wildcards, NUL, huge numbers and half characters in every "
        "query parameter",
        "no error; the answer is that of a search without a match"),
    Attack("sql-2", "5.3.4",
        "The same in every field of every form",
        "texts are kept to the letter; what is no choice, date or number is refused at its "
        "field"),
    # --- Mail and addresses -----------------------------------------------------------------------
    Attack("mail-1", "5.2.3",
        "Line breaks and headers in names, e-mail addresses and school names, before each "
        "kind of mail",
        "one recipient, one line of subject, no header of ours or theirs is added"),
    Attack("mail-2", "5.2.3",
        "Ask for a new password with a forged Host (another port, X-Forwarded-Host)",
        "the link leads to SITE_URL; a host that is not ours gets 400"),
    Attack("redirect-1", "5.1.5",
        "Lead somebody to another site after signing in, out, language, second factor (next=)",
        "one stays on this site"),
    Attack("path-1", "12.3.1",
        "Leave the folder of static files, or name files by ../, encoded or not",
        "404"),
    # --- Sessions ---------------------------------------------------------------------------------
    Attack("session-1", "3.2.1",
        "Fixation: plant a session cookie before somebody signs in, at the password and at "
        "the second factor",
        "the key is another after signing in; the planted one opens nothing"),
    Attack("session-2", "3.3.1",
        "Use a cookie again after its owner signed out, changed or reset the password, took a"
        " second factor away, lost a role, or ended the session elsewhere",
        "it opens nothing: sessions are looked up and ended on the server, one that is renewed "
        "stays one, and what stands in no list of its owner's is none"),
    Attack("session-3", "3.3.2",
        "Keep a session alive for ever, or use one that rested",
        "over after 30 minutes of rest and 12 hours in all"),
    Attack("session-4", "3.4.1",
        "Read or send the cookies by script, from another site or without TLS",
        "HttpOnly, SameSite=Lax, and over TLS Secure with the prefix __Host-, each of them; none "
        "holds a word of somebody, also not what the next page tells them"),
    Attack("session-5", "3.3.3",
        "At the very moment at which one's sessions end (a role ends, a second factor is reset, "
        "the owner chooses a new password): change the password, also by a link of before, or set "
        "up a second factor",
        "nothing of it stays, and the link neither; the owner's password does. What came first "
        "stands, and whoever signs out meanwhile does it in no silence: with its mail and its row, "
        "or not at all"),
    Attack("session-6", "3.2.3",
        "Read the database, a replica or a copy, and send each key that stands there as a cookie; "
        "take from a session the key of a link to a new password, or the secret of a new app",
        "it is nobody's: what a browser sends stands there as a hash, what a session holds is "
        "encrypted"),
    Attack("session-7", "3.2.1",
        "Hold a copy of somebody's cookie (a backup, a log, a minute at the machine), and wait "
        "until its owner gives their second factor again, sets one up, or ends all other sessions",
        "the owner goes on by another cookie from there, and the copy opens nothing; it is shown no"
        " app that is being set up"),
    # --- Invitations and roles --------------------------------------------------------------------
    Attack("role-1", "4.1.2",
        "Accept an invitation with another account, twice, after it was withdrawn, expired or"
        " replaced, or with a made-up link",
        "it opens nothing"),
    Attack("role-2", "4.1.2",
        "Accept it with a higher role, another school or address in what is sent",
        "the role is that of the invitation"),
    Attack("role-3", "4.1.3",
        "As an administrator: give oneself a role, invite oneself, or somebody to another "
        "school",
        "refused"),
    Attack("role-4", "4.1.3",
        "As an administrator: come in by a second address, to see cases",
        "possible, and not in silence: leader and administrators are told by mail when the "
        "role is taken"),
    Attack("role-5", "4.1.2",
        "Accept an invitation to a role that one holds already",
        "said so; the role stays what it is, once"),
    Attack("role-6", "8.3.4",
        "As an administrator who teaches too: log a signal, and read in the trail of the school in "
        "which case it came, to follow what colleagues do in it",
        "one's own row names no case that one does not see; what one did by its reference does"),
    Attack("role-7", "8.3.4",
        "As an administrator who teaches too, or has a token for signals: look among the records "
        "that can be handed over of each case for one's own signal, to see which case is whose",
        "who does not see a case reads no reference of a record there, nor which day a signal is "
        "about"),
    Attack("role-8", "4.1.2",
        "Look in the history of a browser for the link of an invitation that somebody opened and "
        "did not finish, and choose the password",
        "half an hour after it was first opened it opens nothing and says of nobody; a new one "
        "goes to who was invited"),
    Attack("role-9", "4.1.2",
        "As an insider: let so much hang on one's role, or keep its school so busy, that the page "
        "which ends it cannot take all of that back",
        "the role ends first, with its sessions and every way back; what hung on it opens nothing "
        "any more, goes behind that, by beat where the page could not, and a next role, of "
        "tomorrow too, opens nothing before"),
    # --- One-time codes ---------------------------------------------------------------------------
    Attack("code-1", "2.8.4",
        "Use the code of an app a second time, for as long as it is valid (the half minute "
        "before, now and after), also the one it was set up with",
        "refused: a code works once"),
    Attack("code-2", "2.8.4",
        "Use a recovery code a second time, or the code of somebody else's app",
        "refused"),
    Attack("code-3", "2.2.1",
        "Guess codes: of the app and recovery codes, at signing in and when asked again",
        "five mistakes in five minutes, then one waits, also with the right code"),
    Attack("code-4", "2.7.6",
        "Answer the challenge of a passkey again, in the same or another session, or with "
        "broken data",
        "refused; a challenge is answered once"),
    Attack("code-6", "2.7.1",
        "Sign in with a stolen key alone: without finger or PIN, on the challenge of one's own "
        "second step, for the account of somebody else",
        "refused: without a password the key must have known its holder"),
    Attack("code-7", "12.1.1",
        "As a stranger: keep the server at work by the answer of a passkey that is megabytes "
        "long, or goes thousands deep",
        "refused by its length before it is read; what goes deep is wrong, and no error"),
    Attack("code-9", "2.7.1",
        "From a page of a name below ours, of another port of it, or in a frame: ask a visitor's "
        "passkey for an answer to a challenge of ours, and sign in by it",
        "refused: it answered another page than ours"),
    Attack("code-10", "3.7.1",
        "At a screen that was left open: send what asks for a fresh second factor (a passkey of "
        "one's own, no app any more), so that it is done when the owner gives the next code",
        "nothing of it is kept; the owner does it themselves, or not at all"),
    Attack("code-11", "2.2.1",
        "As a stranger: make up answers of passkeys for one account after another, to count them, "
        "or for somebody who has thousands of passkeys, to keep the server at work",
        "whatever it names the same is looked up; ten passkeys of one person, a name as a name is"),
    Attack("code-5", "3.7.1",
        "Get past a fresh second factor by POST or HEAD without GET, by htmx, by the password"
        " alone",
        "asked for the factor; nothing happens"),
    Attack("code-8", "2.2.3",
        "With a stolen password alone: say it again, wait until the owner sets up a second "
        "factor, and add one of one's own beside it",
        "asked for the one there is: what was said before does not count"),
    # --- Guessing ---------------------------------------------------------------------------------
    Attack("limit-1", "2.2.1",
        "Guess the password of one account, from many addresses, in capitals, with another "
        "port in Host",
        "five mistakes in five minutes and fifty a day, then one waits, also with the right "
        "one"),
    Attack("limit-2", "2.2.1",
        "Guess passwords of many accounts from one address",
        "thirty mistakes a minute, a hundred tries in all, then a page says so (429), in the "
        "language of the reader"),
    Attack("limit-3", "2.2.1",
        "Learn from the limits, pages, headers or mails whether somebody has an account here",
        "unknown, known and closed accounts get the same answers and are counted alike; the "
        "hash is computed for all; what is looked up and mailed comes after the answer, by a "
        "thread of its own"),
    Attack("limit-4", "2.5.6",
        "Lock somebody out by mistakes on purpose, in the password or in the codes after it, and "
        "use up the mails that let them in again",
        "they may choose a new password by mail, and come in with it at once (wrong codes are "
        "forgiven by it three times a day: who reads the mail guesses not without end); who has no "
        "link that works gets one, however many mails there were"),
    Attack("limit-5", "2.2.1",
        "Flood somebody with mails about a new password",
        "five tries a minute for one address, known or not; beyond twenty mails a day one for each "
        "time that its owner signed in, and for each old link one; and the answer does not tell"),
    Attack("limit-6", "2.2.1",
        "Guess the secret of an invitation or of a reset link, find the latter in a browser, or "
        "the password when asked again",
        "256 bits; half an hour once it was opened; twenty tries of a reset a minute; who is asked "
        "again is counted as who signs in, and where one changes it, by the session"),
    Attack("limit-7", "2.2.1",
        "Fill the table of sessions with questions for a passkey, or the log with refused forms, "
        "so that it forgets what was in it",
        "a hundred questions a minute from one address; no line for a form that is none of ours, "
        "and one a minute for what is too large or of a thousand names"),
    # --- Headers ----------------------------------------------------------------------------------
    Attack("header-1", "14.4.3",
        "Find an answer without the security headers: each page, role and status (200, 302, "
        "400, 403, 404, 405, 422, 429, 500), downloads, static files",
        "each carries the policy without unsafe-inline, frame-ancestors none, nosniff, "
        "Referrer-Policy, Permissions-Policy and COOP"),
    Attack("header-2", "8.2.1",
        "Find a page about people in a cache",
        "each is no-store"),
    Attack("kept-1", "8.2.2",
        "Sit down at the computer of a teacher who signed out: ask the browser what was typed in a "
        "field (from whom they heard it, where, who was there), on any site with a field so named; "
        "read the files that it keeps on disk of what was typed, chosen or sent",
        "no field and no form lets a browser remember what was typed or chosen; what was sent goes "
        "from its history, whatever page came back; and while the web or the line is away no form "
        "is sent"),
    Attack("kept-2", "8.2.2",
        "Sign in at the computer of a colleague who signed out, and go back in their tab to a form:"
        " the browser fills in what they typed",
        "to somebody else it is another form, by the name of a field: it comes empty"),
    Attack("header-3", "14.4.5",
        "Speak to the site without TLS",
        "redirected; HSTS for a year with subdomains"),
    Attack("header-4", "14.3.3",
        "Learn what it runs on from headers and error pages",
        "no Server or X-Powered-By of ours; an error page shows no trace; what gunicorn refuses "
        "before the program sees it goes out with a policy, and is kept by nobody"),
    # --- Files ------------------------------------------------------------------------------------
    Attack("header-5", "14.4.1",
        "Say by a header under which address the program stands (SCRIPT_NAME, PATH_INFO)",
        "gunicorn believes nobody of it, a proxy on the same machine neither"),
    Attack("file-1", "12.1.2",
        "Add a zip bomb as a document: by its ratio, its number of entries, a long directory, a "
        "header that lies about sizes",
        "refused before or while it is read; nothing is unpacked to disk or into memory"),
    Attack("file-2", "12.1.1",
        "Add an image bomb, a picture that breaks off, one that moves, a file beyond all limits, "
        "or a document that says at such length where its names belong that each takes megabytes",
        "refused by what its head says, before it is decoded; the form says so at its field"),
    Attack("file-3", "12.3.1",
        "Give a file a name that climbs folders, turns writing round, holds line breaks or a "
        "pupil's name",
        "the name is not used and stands nowhere: not in store, page, header, log or database"),
    Attack("file-4", "12.2.1",
        "Add a program, a web page, a drawing with script (SVG) or a document with macros under "
        "another name",
        "judged by its content and refused; what is taken is served as a download in a sandbox, "
        "nosniff"),
    Attack("file-5", "8.3.4",
        "Learn from a picture where and when it was taken, and by whom",
        "what is kept is the picture alone"),
    Attack("file-6", "4.2.1",
        "Fetch a file of a case that one may not see, that one is kept out of, or after a role "
        "ended; ask the store itself",
        "404; the store has no address"),
    Attack("file-7", "12.1.1",
        "Add a document, or a package, that two programs read in two ways: with two directories, "
        "more behind an entry, other words before it than in the directory",
        "refused: there is one way to read what is taken"),
    # --- Single sign-on ---------------------------------------------------------------------------
    Attack("sso-1", "2.2.2",
        "Come in through a provider that lies: signature, issuer, audience, nonce, times, ids, "
        "userinfo of somebody else",
        "refused by one page that is the same for all reasons; no session, no account"),
    Attack("sso-2", "3.5.3",
        "Use a state twice, in another browser, or of another provider; a code of another sign-in",
        "refused"),
    Attack("sso-3", "4.1.3",
        "As an administrator: let a provider of one's own vouch for a colleague, or for somebody "
        "who also works at another school; reset their second factor first",
        "it vouches only for people of schools that trust it, and opens no account without a "
        "second factor of its own; a reset cuts the link"),
    Attack("sso-4", "12.6.1",
        "Let the server fetch addresses of its own network, by name, redirect, proxy, or a name "
        "that changes its answer",
        "not connected to: the address that was looked at is the one that is used"),
    Attack("sso-5", "2.10.4",
        "As an administrator: read the client secret that a colleague typed, by leading the "
        "provider to a server of one's own and keeping the secret there is",
        "another issuer takes a secret of its own: the one that is kept is sent to nobody else"),
    Attack("sso-6", "12.1.1",
        "Keep the server at work by what a provider, or a stranger in its name, sends: an answer "
        "(SAML) that takes long to put in order before its signature is looked at, a key that "
        "takes long to load, a code that takes long to read, cookies, a redirect of gigabytes",
        "refused by its size, its parts, what is said of each and its names, before anything is "
        "worked out; all is UTF-8, no cookie is taken, and of a redirect nothing is read"),
    Attack("sso-7", "4.1.3",
        "As an administrator of another board: name the very provider of a school (what it is "
        "known by is public) and its domain before that school does, to lead its people to a page "
        "of one's own later, or to have them in a role to which they did not say yes",
        "one of the two is refused, and asks; only schools of one board share a provider"),
    Attack("sso-8", "2.10.4",
        "As whoever writes to Redis and has a hub (SAML) of one's own: have it answer the request "
        "of another school, and move what it said to where that school's answer is looked for",
        "what was said counts at the provider of which it came, under its own word, for a minute"),
    # --- Audit ------------------------------------------------------------------------------------
    Attack("audit-1", "7.3.3",
        "Change, remove, replace or empty rows of the log with the database's own commands",
        "refused by triggers on both databases"),
    Attack("audit-2", "7.3.3",
        "Do it all the same, with the triggers taken off: change, remove, move, cut off the end, "
        "make the chain anew without its key",
        "manage.py audit_verify names the first row; a cut-off end shows to whoever noted a head"),
    Attack("audit-3", "7.3.1",
        "Put a formula into a name or reason that comes into the copy for the privacy officer",
        "it stands there as text"),
    Attack("audit-4", "7.3.1",
        "Forge the address in the log by X-Forwarded-For",
        "only proxies of one's own are believed (TRUSTED_PROXIES)"),
    Attack("audit-5", "7.1.3",
        "Fill the trail of a school that one left, or of whoever's password one has, of which "
        "nothing is ever removed: sign in and out, stop at the second factor, make codes, spell "
        "the address in many ways",
        "one row an hour of who left, a minute of half a sign-in; twenty new factors of a kind an "
        "hour; a wrong password is written down for whose address it is"),
    # --- Counting ---------------------------------------------------------------------------------
    Attack("count-1", "8.3.4",
        "Count what one may not know of by the numbers of rows on pages and in copies: a gap",
        "what is chosen, and each of one's own sessions, has a sign that says nothing; a copy of "
        "the audit has numbers of its own"),
    Attack("count-2", "8.3.4",
        "End a colleague's role, or keep one out of a pupil, and count in one's own trail what "
        "that took back in cases that one does not see, also at other schools",
        "nothing of it stands there: it is done in nobody's name, and the trail of each case has "
        "it"),
    # --- Leaks ------------------------------------------------------------------------------------
    Attack("leak-1", "8.3.4",
        "Look for words of a case, one in each field, in logs, mails, queue, cache, addresses, "
        "file names, cookies, sessions, the audit and error pages, and on all pages of all roles",
        "each is found where it may be read, and nowhere else"),
    Attack("leak-2", "7.1.1",
        "Make the program fail while it handles a record, in web, database and worker",
        "the log names the kind of error and the place, without its text"),
    Attack("leak-3", "7.1.1",
        "Read in the log the address of a link from a mail (an invitation, a new password) whose "
        "page failed, as while the database is away, and open it",
        "the log knows the page, and of the address nothing that opens it, nor does the proxy's"),
    # --- What is kept, and what goes --------------------------------------------------------------
    Attack("destroy-1", "4.1.5",
        "Approve that a case is destroyed, and be kept out of it before it is, or at that very "
        "moment",
        "one's approval is taken back, and looked for once more before anything goes"),
    Attack("destroy-2", "11.1.6",
        "Hold a case back, or end a role, while somebody approves its destruction",
        "the case stays; whoever ends the role waits"),
    Attack("destroy-3", "8.3.4",
        "Learn of a case that one is kept out of by its destruction: by the trail, which outlives "
        "it, or by being told of a list",
        "its rows stay hidden, and those of the list, also once that row or the pupil is gone; "
        "nobody is told of a list on which they see nothing"),
    Attack("destroy-4", "8.3.4",
        "Begin the list of a year by hand, or by the answer to a request, so that nobody is told "
        "of it in September and what is over stays; see by it that a colleague granted a request",
        "the calendar takes it over and tells who approves; only who looked what is due is shown"),
    Attack("import-1", "8.3.4",
        "As an administrator, leave one pupil out of a list, to see by what is due or by the trail "
        "whether there is a case, and which; let them have left so long ago that it goes",
        "nobody left more than ten months ago; the trail has a row of the pupil alone"),
    Attack("import-2", "8.3.4",
        "As an administrator, leave one pupil out of a list beside thousands, and send the form of "
        "a paper for each reference meanwhile, to see which of them waits",
        "cases are held for a moment, when all pupils and rows are written"),
    Attack("request-1", "8.3.4",
        "Register a request about a pupil whom one is kept from, and read what colleagues answer; "
        "count in the trail the requests that the register hides",
        "one reads how it ended, and no word of others; the trail counts none that is hidden"),
    Attack("request-2", "8.3.4",
        "Make a letter up to see from whom one is kept: by its own words that are missing, by its "
        "clock that nobody tells one of; answer it, to read why a colleague took longer; count "
        "hidden letters in the trail, with a second role",
        "it is as any letter; each reads their own words, and no others; the trail has what the "
        "register has"),
    Attack("request-3", "8.3.4",
        "Search for who left years ago, as if a letter of theirs came: who is known still has a "
        "case, also one that is kept from who searches",
        "found is who left lately, or has a case that one sees"),
    # --- A dossier of another school --------------------------------------------------------------
    Attack("package-1", "12.1.1",
        "Hand a package over whose PDF is small, and keeps a processor for a minute or takes two "
        "gigabytes once its password is taken off, or that is packed so that two kilobytes are "
        "gigabytes; hand several in at once",
        "a process of its own reads it, without secrets, for ten seconds and 400 MB at most, one "
        "at a time; what takes more, or is packed in another way, is no package"),
    Attack("package-2", "5.1.3",
        "Hand a package over that no reader was made for: a cipher, a way of packing or a zone of "
        "time that nobody has",
        "refused as no package; a moment is one by any zone"),
    Attack("redis-1", "5.5.3",
        "Write to Redis: what runs something when a page reads it, or another provider's keys",
        "values are JSON, and what a provider says of itself bears our seal"),
    # --- Keeping it busy --------------------------------------------------------------------------
    Attack("busy-1", "11.1.4",
        "Find one more way to make some parser work for hours, and send that",
        "after 20 seconds of the processor the process ends, its other requests are answered, and "
        "a new one takes over"),
    Attack("busy-2", "11.1.4",
        "As a stranger: fill the memory of the server, by what it remembers of requests (names of "
        "codes that do not exist), or by what it takes to read one (a form of nothing but %41, or "
        "of parts that have no name, each with a head of semicolons)",
        "only the codes that Python has are looked up, of others nothing stays; a form with more "
        "signs to work out than anybody types, or more parts or longer heads than it may have "
        "fields and files, is not read (400)"),
    Attack("busy-3", "11.1.4",
        "Send a page what it shows again, so large that the proxy does not take the answer, and "
        "read no further: as a stranger, or signed in",
        "no form takes so much, a page for everybody a megabyte and a bit (400); what comes back"
        " fits"),
    Attack("busy-4", "11.1.4",
        "As a stranger: send one request that breaks off on its way (a chunk without a length, "
        "more than was said), or that is refused unread, so that the proxy takes the web for gone, "
        "or sends the form of somebody else along a line that ended",
        "it counts against no web, and each request has a line of its own"),
    Attack("busy-5", "11.1.4",
        "As a stranger: ask along one line of HTTP/2 for 250 large answers and read none, for the "
        "proxy keeps them whole",
        "one line is one answer at a time; the memory of the proxy is bound"),
    Attack("busy-6", "11.1.4",
        "Let a provider answer slowly, or ever new addresses, and sign in there or enter them "
        "on and on, so that nobody of other schools can sign in through theirs",
        "what nobody knows to be quick has one turn of the two, whoever asks and at whatever new "
        "address; a provider is tried thirty times an hour by one administrator"),
    Attack("busy-7", "11.1.4",
        "With a token for pupils, or as an administrator: send a list of thousands who bear one "
        "name, to a school that has thousands of that name; send one of a million empty columns",
        "pupils of one name are looked through once, and so are columns; a row offers twenty of "
        "them at most"),
    Attack("busy-8", "11.1.4",
        "Write accents by the ten thousands upon one letter: in a list, a question without a name, "
        "a reason, or as a provider of whose people nobody was invited",
        "of marks in a row thirty are read, as Unicode advises; more are left out before anything "
        "is compared"),
    Attack("busy-9", "11.1.4",
        "Write a text in which an address, a path, a word of several or a number with a power "
        "could begin at each sign: to make words of it, PostgreSQL reads on from each",
        "it is given letters and numbers, and a blank for each other sign; what is asked, too"),
    Attack("busy-10", "11.1.4",
        "With an invitation, choose a password of all signs that stand for letters, on and on: "
        "each reading of all of them together is tried",
        "the first few are read as letters, in two dozen ways at most"),
    Attack("busy-11", "11.1.4",
        "As an administrator: ask for many copies of a large trail, or a year of dossiers many "
        "times, and read none of it",
        "of what is larger than the proxy takes at once, a web process hands out one at a time; "
        "the others are asked to come again"),
    Attack("busy-12", "11.1.4",
        "As an insider: send thirty forms that wait for a row which somebody else is writing, as "
        "a long list of pupils does for a minute",
        "each waits for five seconds at most; of one person two are in hand at once in each "
        "process, and of the others the words come back, to be sent again; none of one's account "
        "is counted"),
    Attack("busy-13", "11.1.4",
        "As a system of a school: send one list of thousands and thirty signals beside it, or "
        "lists by several tokens, each of which waits for the one before",
        "of one school one call is in hand at once in each process, before it is read; the others "
        "are told when to come again, whoever had a hand longest ago goes first, the end of a role "
        "waits for none of them, and whoever keeps somebody out for one, with nothing in hand"),
    Attack("busy-14", "11.1.4",
        "As an insider: fill a case with text, and ask question upon question in it, so that whom "
        "these invite can save nothing anywhere meanwhile",
        "no text is made but of what goes along, of which there is a hundred pages at most; of one "
        "person a case has twenty open consultations"),
    Attack("busy-15", "11.1.4",
        "As an insider: write, advise, invite and take back, or log severe signals, in a loop, so "
        "that a colleague's mailbox is full and the papers of other schools wait",
        "three letters in five minutes to each; one task that sends them waits at a time; five "
        "hundred invitations of one person a day; of unusual reading, or wrong passwords for all of"
        " a school, one mail at each look, ten minutes apart"),
    Attack("busy-16", "11.1.4",
        "As whoever has an account: sign in a hundred times a minute, and look where",
        "twenty sessions of one person stand, the oldest ends"),
    Attack("busy-17", "11.1.4",
        "As an insider: make and revoke tokens, keep a colleague out and let them in again, or ask "
        "for school years, in a loop: who comes to lead or to run cases is told of each, and so "
        "cannot come for a month; or file signals for the board by the thousand, so that the end of"
        " a role tells of each",
        "twenty tokens of a school, twenty-five conflicts of interest and twenty years of a person"
        " a day, whatever became of them; a writer is told once, and what takes access away works"
        " for as long as it takes (ten minutes of the processor)"),
    # --- The API for other systems ----------------------------------------------------------------
    Attack("api-1", "2.10.1",
        "Come in without a token, with one that is guessed, changed, over or revoked, with its "
        "hash, or by another scheme",
        "401, the same answer to the byte; nothing is read or written"),
    Attack("api-2", "4.2.2",
        "Use the API with the session of somebody who is signed in, alone or beside a token",
        "no cookie is read or set; what is done stands in the system's name"),
    Attack("api-3", "4.2.1",
        "With a token of one school change a pupil, name a colleague or count cases of another",
        "the token's own school is the only one there is"),
    Attack("api-4", "11.1.4",
        "Ask on and on: with a token, or with wrong ones from one address",
        "429 with Retry-After; who has a right token goes on at that address"),
    Attack("api-5", "8.3.4",
        "Send citizen service numbers (BSN) as a field or in the place of a number",
        "refused as a whole, and not repeated"),
    Attack("api-6", "5.1.2",
        "Send with a pupil a value for what the description does not name (school, id, …)",
        "422; a type names its fields, and others are refused"),
    Attack("api-7", "11.1.2",
        "Send a signal once more with its idempotency key, or something else with that key",
        "it is there once and the answer is the same; anything else gets a 409"),
    Attack("api-8", "4.2.1",
        "Find out by signals who works at the school or is a pupil there",
        "one answer whoever is unknown, as fast while a list is written; whoever is found by it "
        "has a signal, and is told, or it leaves a row"),
    Attack("api-9", "8.3.4",
        "See by counts whether there is a case of few, or that one came since yesterday",
        "small numbers and what would tell them are hidden, the others are in fives"),
    Attack("api-10", "5.1.3",
        "Send no JSON, other code, deep nesting, huge numbers and names, half characters, or lines"
        " in headers",
        "400, 413, 415 or 422, a problem of a few lines that repeats nothing of it"),
    Attack("api-11", "2.10.4",
        "Find a token that was made: on a page, by sending its form again, in a session, the log "
        "or the audit",
        "it stands in one answer, once; a hash of it is kept"),
    Attack("api-12", "8.3.4",
        "As an administrator with a token: send a signal about a pupil, to see by counts whether "
        "they had a case, or by the trail which",
        "counts are of cases opened before this week; what a system did in a case stands in the "
        "trail of the case alone"),
)
# fmt: on
BY_ID = {attack.id: attack for attack in ATTACKS}
