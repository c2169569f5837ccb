package clients

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// What clients sent in trials against real servers; addresses are replaced.
func TestRecognise(t *testing.T) {
	const libotr = "?OTRv23?\n<b>ana@example.org</b> has requested an <a href=\"https://otr.cypherpunks.ca/\">Off-the-Record " +
		"private conversation</a>.  However, you do not have a plugin to support that.\nSee <a href=\"https://otr.cypherpunks.ca/\">" +
		"https://otr.cypherpunks.ca/</a> for more information."
	const libpurple = "?OTRv23?\nana@example.org/pidgin has requested an Off-the-Record private conversation " +
		"<https://otr.cypherpunks.ca/>.  However, you do not have a plugin to support that."
	const potr = "?OTRv2?\nI would like to start an Off-the-Record private conversation. However, you do not have a plugin to support that."

	tests := []struct {
		name string
		in   Evidence
		want string
	}{
		{"nothing", Evidence{}, ""},
		{"Thunderbird's query, English", Evidence{Query: "?OTRv2?\nana##@example.org has attempted to start an encrypted conversation with you."}, "thunderbird"},
		{"Thunderbird's query, German", Evidence{Query: "?OTRv2?\nana@example.org hat versucht, eine verschlüsselte Unterhaltung zu beginnen."}, "thunderbird"},
		{"Thunderbird's version", Evidence{Software: "Thunderbird", Version: "153.7.0"}, "thunderbird"},
		{"otrbot chat's version", Evidence{Software: "otrbot chat", Version: "1.0"}, "otrbot-chat"},
		{"otrbot chat's resource", Evidence{Resource: "otrbot-chat.5f2a77c1"}, "otrbot-chat"},
		{"otrbot chat's caps", Evidence{CapsNode: "urn:otrbot:chat"}, "otrbot-chat"},
		{"the bot itself is no learner's client", Evidence{Software: "otrbot"}, ""},
		{"Profanity's query", Evidence{Query: "?OTR?v2? This user has requested an Off-the-Record private conversation."}, "profanity"},
		{"Profanity's resource", Evidence{Resource: "profanity.Xy9a"}, "profanity"},
		{"Profanity's caps", Evidence{CapsNode: "http://profanity-im.github.io"}, "profanity"},
		{"old query without a sentence", Evidence{Query: "?OTR?v2?"}, ""},
		{"Psi+ from its menu", Evidence{Query: "?OTRv23? *ana@example.org* has requested an Off-the-Record private conversation"}, "psi-plus"},
		{"Psi+", Evidence{Software: "Psi+", Version: "1.4.554", OS: "Debian GNU/Linux 12"}, "psi-plus"},
		{"Psi", Evidence{Software: "Psi", Version: "1.5"}, "psi"},
		{"not Psi", Evidence{Software: "Psilocybe"}, ""},
		{"Pidgin's query", Evidence{Query: libpurple, HTML: true}, "pidgin"},
		{"Pidgin's caps", Evidence{CapsNode: "http://pidgin.im/", Query: libpurple}, "pidgin"},
		{"Adium uses libpurple too", Evidence{Software: "Adium", Query: libpurple}, "adium"},
		{"libotr's query is many clients'", Evidence{Query: libotr}, ""},
		{"mcabber", Evidence{Query: libotr, Resource: "mcabber.6d828b0d"}, "mcabber"},
		{"BitlBee", Evidence{Query: libotr, Resource: "BitlBee"}, "bitlbee"},
		{"BitlBee by its version", Evidence{Query: libotr, Software: "BitlBee"}, "bitlbee"},
		{"irssi behind BitlBee", Evidence{Query: "?OTRv23?", Resource: "BitlBee"}, "irssi"},
		{"a bare query alone", Evidence{Query: "?OTRv23?"}, ""},
		{"potr is in many clients", Evidence{Query: potr}, ""},
		{"poezio", Evidence{Query: potr, Resource: "poezio-d7f1"}, "poezio"},
		{"CoyIM", Evidence{Software: "CoyIM", Query: "?OTRv23?"}, "coyim"},
		{"Gajim", Evidence{Software: "Gajim", Version: "1.7.3"}, "gajim"},
		{"Gajim by its resource", Evidence{Resource: "gajim.7TKTDDAW"}, "gajim"},
		{"Dino", Evidence{CapsNode: "https://dino.im"}, "dino"},
		{"Conversations", Evidence{Resource: "Conversations.k3Xz"}, "conversations"},
		{"Converse", Evidence{Resource: "converse.js-41952"}, "converse"},
		{"Monal", Evidence{Software: "Monal", OS: "iOS"}, "monal"},
		{"an unknown name is not overruled", Evidence{Software: "Swift", Query: libpurple, Resource: "mcabber.1"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Recognise(tt.in); got.ID != tt.want {
				t.Errorf("recognised %q, want %q", got.ID, tt.want)
			}
		})
	}
}

func TestEvidenceGrows(t *testing.T) {
	e := Evidence{Resource: "home", Query: "?OTRv2?\nbonjour"}
	e = e.With(Evidence{Tagged: true})
	e = e.With(Evidence{Software: "Thunderbird", Query: ""})
	if e.Query != "?OTRv2?\nbonjour" || e.Software != "Thunderbird" || e.Resource != "home" || !e.Tagged {
		t.Errorf("evidence is %+v", e)
	}
}

// What one client said of itself is not taken for the words of the next.
func TestAnotherClientOfTheSameLearner(t *testing.T) {
	e := Evidence{}.With(Evidence{Resource: "otrbot-chat.5f2a77c1", Software: "otrbot chat", Version: "1.0"})
	e = e.With(Evidence{Resource: "mcabber.6d828b0d"})
	if got := Recognise(e); got.ID != "mcabber" || e.Version != "" {
		t.Errorf("recognised %q by %+v", got.ID, e)
	}
}

// What a client says of itself may be long; what is kept of it is not, and holds
// whole characters.
func TestEvidenceIsBounded(t *testing.T) {
	for _, long := range []string{strings.Repeat("x", 60_000), strings.Repeat("é", 30_000), "x" + strings.Repeat("語", 20_000), strings.Repeat("\x80", 60_000)} {
		e := Evidence{}.With(Evidence{Query: long, Software: long, Version: long, OS: long, CapsNode: long, Resource: long})
		for _, kept := range []string{e.Query, e.Software, e.Version, e.OS, e.CapsNode, e.Resource} {
			if len(kept) > 200 || len(kept) < 196 || utf8.ValidString(long) && !utf8.ValidString(kept) {
				t.Errorf("%d bytes of %.6q are kept", len(kept), long)
			}
		}
	}
	e := Evidence{}.With(Evidence{Query: "?OTRv2?\n" + strings.Repeat("bonjour ", 1000)})
	if got := Recognise(e); got.ID != "thunderbird" {
		t.Errorf("recognised %q by a query that was cut", got.ID)
	}
}

// Who types commands must not be sent to look for menus.
func TestWhichClientsAreDrivenByCommands(t *testing.T) {
	for _, c := range append(All(), Unknown) {
		typed := map[string]bool{"profanity": true, "irssi": true, "bitlbee": true, "mcabber": true, "poezio": true, "otrbot-chat": true}
		if c.Typed() != typed[c.ID] {
			t.Errorf("%s is driven by commands: %t", c.Name, c.Typed())
		}
	}
	if got := ByID("profanity").Path("de", StatePlain); got != "[unencrypted]" {
		t.Errorf("Profanity shows %q for not encrypted", got)
	}
}

func FuzzRecognise(f *testing.F) {
	f.Add("?OTRv23?\n<b>x</b>", "Psi+", "http://pidgin.im/", "BitlBee", "pt_BR.UTF-8")
	f.Add("?OTRv2?\n", "", "", "", "zh-Hant-TW")
	f.Fuzz(func(t *testing.T, query, software, node, resource, lang string) {
		if len(query)+len(software)+len(node)+len(resource)+len(lang) > 4096 {
			return
		}
		c := Recognise(Evidence{Query: query, Software: software, CapsNode: node, Resource: resource})
		if ByID(c.ID) != c {
			t.Fatalf("%+v is not in the table", c)
		}
		for _, a := range Actions() {
			if got := c.Path(lang, a); got != "" && strings.ContainsAny(got, "{}") {
				t.Fatalf("path %q holds the name of a label", got)
			}
		}
	})
}
