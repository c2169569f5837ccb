package clients

import (
	"slices"
	"strings"
	"testing"
)

// labelLanguages are all languages that some client has labels in, and two
// that none has.
func labelLanguages(t *testing.T) []string {
	t.Helper()
	all, err := readLabels()
	if err != nil {
		t.Fatal(err)
	}
	langs := []string{"", "tlh"}
	for _, l := range all {
		for lang := range l.Languages {
			langs = append(langs, lang)
		}
	}
	slices.Sort(langs)
	return slices.Compact(langs)
}

func TestEveryClientHasAPathOrAReason(t *testing.T) {
	for _, lang := range labelLanguages(t) {
		for _, c := range append(All(), Unknown) {
			for _, a := range Actions() {
				path, gap := c.Path(lang, a), c.Gap(a)
				switch {
				case (path == "") != (gap != NoGap):
					t.Errorf("%s, %s in %q: path %q, gap %q", c.Name, a, lang, path, gap)
				case strings.ContainsAny(path, "{}%") || strings.Contains(path, "  ") || strings.HasSuffix(path, "> "):
					t.Errorf("%s, %s in %q: path %q is not whole", c.Name, a, lang, path)
				case !c.Known() && gap != NotKnown, c.Known() && !c.OTR && gap != NoOTR:
					t.Errorf("%s, %s: gap %q", c.Name, a, gap)
				}
			}
		}
	}
}

// Every name in braces is a label that the client has in English.
func TestLabelsExist(t *testing.T) {
	for id, table := range paths {
		for a, form := range table {
			for _, part := range strings.Split(form, "{")[1:] {
				name, _, closed := strings.Cut(part, "}")
				if !closed || labelsOf(id).label(name, "en") == "" {
					t.Errorf("%s, %s: no label %q", id, a, name)
				}
			}
		}
	}
}

func TestPath(t *testing.T) {
	tests := []struct {
		client, lang string
		action       Action
		want         string
	}{
		{"thunderbird", "en_GB", Start, "Encryption Status: Insecure > Start an encrypted conversation"},
		{"thunderbird", "en", VerifySecret, "Encryption Status: Unverified > Verify your contact’s identity > Shared secret > Enter the secret: > Verify"},
		{"thunderbird", "ca", End, "Estat del xifratge: > Finalitza la conversa xifrada"},
		{"thunderbird", "cs_CZ.UTF-8", StateUnverified, "Neověřeno"},
		{"thunderbird", "ar", Start, "Encryption Status: Insecure > Start an encrypted conversation"}, // its Arabic pack holds no OTR text
		{"pidgin", "en", VerifyFingerprint, "OTR > Authenticate buddy > Manual fingerprint verification > I have"},
		{"psi-plus", "de", Start, "OTR-Nachrichtenvermittlung > "},
		{"psi-plus", "fr", Start, "OTR Messaging > Start private conversation"},
		{"psi", "en", StateUnverified, "encrypted, unverified"},
		{"coyim", "en", VerifyQuestion, "Validate Channel"},
		{"profanity", "nl", VerifyQuestion, `/otr question "QUESTION" ANSWER`},
		{"mcabber", "en", VerifySecret, "/otr smpq . SECRET"},
		{"bitlbee", "en", SaysFailed, "smp …: secrets did not match, fingerprint not trusted"},
	}
	for _, tt := range tests {
		got := ByID(tt.client).Path(tt.lang, tt.action)
		if got != tt.want && !(strings.HasSuffix(tt.want, "> ") && strings.HasPrefix(got, tt.want)) {
			t.Errorf("%s, %s in %s:\n got %s\nwant %s", tt.client, tt.action, tt.lang, got, tt.want)
		}
	}
}

// The learner sees the language that the client has, not the one we would wish.
func TestLanguages(t *testing.T) {
	tests := []struct{ client, lang, want string }{
		{"thunderbird", "nl", "nl"}, {"thunderbird", "nl_BE", "nl"}, {"thunderbird", "sv_FI", "sv-SE"},
		{"thunderbird", "no", "nb-NO"}, {"thunderbird", "es", "es-ES"}, {"thunderbird", "es_MX", "es-MX"},
		{"thunderbird", "pt-br", "pt-BR"}, {"thunderbird", "zh_TW", "zh-TW"}, {"thunderbird", "zh", "zh-CN"},
		{"pidgin", "zh_TW", "en"}, {"pidgin", "es_MX", "es"}, {"coyim", "pt_BR", "pt"}, {"psi-plus", "nl", "en"}, {"pidgin", "tlh", "en"},
	}
	for _, tt := range tests {
		l := labelsOf(tt.client)
		want := l.Languages[tt.want]["start"]
		if got := l.label("start", tt.lang); got != want || got == "" {
			t.Errorf("%s in %s says %q, want %q", tt.client, tt.lang, got, want)
		}
	}
}

func TestLabelsAreKnownNames(t *testing.T) {
	all, err := readLabels()
	if err != nil {
		t.Fatal(err)
	}
	for id, l := range all {
		if !ByID(id).OTR || l.Version == "" || len(l.Languages) == 0 {
			t.Errorf("labels of %q belong to no client", id)
		}
		for lang, labels := range l.Languages {
			for name, text := range labels {
				if text == "" || strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n{}") {
					t.Errorf("%s, %s: label %s is %q", id, lang, name, text)
				}
			}
		}
	}
}
