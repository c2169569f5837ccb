package settings

import (
	"os"
	"strings"
	"testing"
)

// A sample as it is written is refused for its placeholders, and for nothing
// else once they are replaced.
func TestSample(t *testing.T) {
	_, err := load(t, Sample())
	if err == nil || strings.Count(err.Error(), "\n") != 1 || strings.Count(err.Error(), "address of the sample") != 2 {
		t.Errorf("%v", err)
	}
	s, err := load(t, strings.ReplaceAll(Sample(), placeholder, "bot@example.org"))
	if err != nil {
		t.Fatal(err)
	}
	if s.Store.URL != "sqlite:///var/lib/otrbot/otrbot.db" || s.Store.KeyFile != "/var/lib/otrbot/otrbot.key" {
		t.Errorf("%+v: the bot's user may not write beside the settings", s.Store)
	}
	for i, line := range strings.Split(Sample(), "\n") {
		if len(line) > 120 {
			t.Errorf("line %d has %d bytes", i+1, len(line))
		}
	}
}

// Every line of the sample that is switched off is right when it is switched
// on, and shows the default or an example.
func TestSampleSwitchedOn(t *testing.T) {
	var on []string
	for line := range strings.SplitSeq(strings.ReplaceAll(Sample(), placeholder, "bot@example.org"), "\n") {
		name, _, isKey := strings.Cut(strings.TrimPrefix(line, "# "), " = ")
		if strings.HasPrefix(line, "# ") && (isKey && !strings.Contains(name, " ") || strings.HasPrefix(line, "# [")) &&
			name != "password" && !strings.HasSuffix(name, "_credential") && name != "ca_file" {
			line = strings.TrimPrefix(line, "# ")
		}
		on = append(on, line)
	}
	s, err := load(t, strings.Join(on, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range s.Values() {
		if v.Source == "default" && !strings.HasSuffix(v.Key, ".password") && !strings.HasSuffix(v.Key, "_credential") && !strings.HasSuffix(v.Key, ".ca_file") {
			t.Errorf("%s is not in the sample", v.Key)
		}
	}
}

// Where there is a default, it is what people see: an example would be taken for it.
func TestSampleShowsDefaults(t *testing.T) {
	for _, k := range keys() {
		if _, name := split(k.name); k.standard != "" && !strings.Contains(k.line(name), k.standard) {
			t.Errorf("%s is shown as %s, the default is %s", k.name, k.line(name), k.standard)
		}
	}
}

// docs/settings.md has every key, its variable and its name in the original.
func TestDocs(t *testing.T) {
	b, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	for _, k := range keys() {
		_, name := split(k.name)
		row := "| `" + name + "` |"
		if !strings.Contains(doc, row) || k.env() != "" && !strings.Contains(doc, "`"+k.env()+"`") ||
			!strings.Contains(doc, strings.TrimSuffix(strings.SplitN(k.original, ":", 2)[0], "(format)")) {
			t.Errorf("docs/settings.md: no row for %s with %s and %q", k.name, k.env(), k.original)
		}
		if k.standard != "" && !strings.Contains(doc, k.standard) {
			t.Errorf("docs/settings.md: the default %s of %s is missing", k.standard, k.name)
		}
	}
	// Every setting of the original's manual, and the keywords with which its bot was started.
	for name := range strings.FieldsSeq(`ENV ENABLE_TLS ALLOW_SSL_FALLBACK TLS_VERSION CIPHER_LIST CA_CERTS FORMAT_STRINGS XMPP_ACCOUNTS
		XMPP_DEFAULT_ACCOUNT FLASK_CONFIG WTF_CSRF_ENABLED PYLTI_CONFIG PYLTI_URL_FIX USE_LTI LTI_CSS_URL OTR_BOT_MAY_START_SMP
		DEFAULT_LOCALE JID_WHITELIST DEFAULT_SECRET LOG_USER_MSGS WARNING_TIMEOUT SESSION_TIMEOUT TIMEOUT_CHECK_INTERVAL
		SCHEDULED_MSG_SAY THREADED_STATE_SCHEDULER TYPE_SPEED SYSLOG_ADDRESS SYSLOG_LEVEL REFRESH_SESSION_WHITELIST
		SIGN_OUT_MESSAGE DEFAULT_POLICY_FLAGS ALLOW_V1 ALLOW_V2 REQUIRE_ENCRYPTION SEND_TAG WHITESPACE_START_AKE ERROR_START_AKE
		password private_key SSL port allow_plain_text avatar jid default_locale shared_secret key_file`) {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("docs/settings.md does not say what became of %s", name)
		}
	}
	for name := range gone {
		if !strings.Contains(strings.ToLower(doc), name) && name != "verify_certificate" {
			t.Errorf("docs/settings.md does not say what became of %s", name)
		}
	}
}

// Whatever else a file holds, no fault tells a password of it.
func FuzzLoad(f *testing.F) {
	for i := range 28 {
		f.Add(uint8(i), "", "\"\nserver = 5")
	}
	f.Add(uint8(0), Sample(), "'\n[[a]]\n[a]\nb={c={d=1}}")
	f.Add(uint8(5), "a.b.c.d.e.f.g.h.i = {j={k={l={m={n={o={p={q={r={s=1}}}}}}}}}}\n", "\"]\n")
	const planted = "Zq8rJxKv4W"
	mute := []string{"password", "password_file", "password_credential", "default_secret"}
	openings := []string{"", "\"", "'", `"""`, "'''", "[", "[\""}
	f.Fuzz(func(t *testing.T, i uint8, before, after string) {
		if len(before)+len(after) > 8192 || strings.Contains(before+after, planted) {
			return
		}
		key := mute[int(i)%len(mute)]
		table := "\n[xmpp.accounts.\"bot@example.org\"]\n"
		if key == "default_secret" {
			table = "\n[bot]\n"
		}
		l := newLoader()
		entries, faults := readDocument("otrbot.toml", []byte(before+table+key+" = "+openings[int(i)/len(mute)%len(openings)]+planted+after))
		l.file("otrbot.toml", entries)
		for _, fault := range append(faults, l.faults...) {
			if fault.Problem == "" || strings.Contains(fault.Error(), planted) && before == "" {
				t.Fatalf("fault %v", fault)
			}
		}
	})
}
