package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"otrbot/internal/record"
	"otrbot/internal/web"
	"otrbot/lti/ltitest"
)

// seated is a browser whose learner has entered an address, and maybe a secret; and the path of the page.
func (w *world) seated(secret bool) (*browser, string) {
	w.Helper()
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	b.post(self+"/address", one("address", ana)).at(meetBot)
	if secret {
		b.post(self+"/secret", one("secret", goodWords)).at(nowChat)
	}
	return b, self
}

func TestAddresses(t *testing.T) {
	for _, c := range []struct{ typed, kept, says string }{
		{"ana@example.org", "ana@example.org", ""},
		{"  ANA@Example.ORG/phone ", "ana@example.org", ""},
		{"xmpp:ana@example.org?message;body=hi", "ana@example.org", ""},
		{"ana@localhost", "ana@localhost", ""},
		{"", "", "Type your Jabber address."},
		{"ana", "", "The part with @ is missing"},
		{"example.org", "", "The part with @ is missing"},
		{"@example.org", "", "This is not a Jabber address"},
		{"ana@", "", "This is not a Jabber address"},
		{"ana@b@example.org", "", "This is not a Jabber address"},
		{"ana@example.org, ben@example.org", "", "Type one address only"},
		{"<ana@example.org>", "", "no spaces, commas or brackets"},
		{"Bot@Example.org", "", "That is the bot's own address"},
		{strings.Repeat("a", 1100) + "@example.org", "", "This is not a Jabber address"},
	} {
		t.Run(c.typed[:min(len(c.typed), 40)], func(t *testing.T) {
			w := newWorld(t)
			b := w.browser()
			self := b.launch13(ltitest.Learner).self()
			page := b.post(self+"/address", one("address", c.typed))
			if c.says == "" {
				page.at(meetBot)
				if got := w.enrolled(c.kept).JID; got != c.kept {
					t.Errorf("kept %q", got)
				}
				return
			}
			page.at(askAddress).says(c.says)
			page.refused("address", strings.TrimSpace(c.typed))
			if len(w.notes()) > 0 {
				t.Error("the bot was told something")
			}
		})
	}
}

// refused fails unless the page says what is wrong at the field: named, described, marked, with what was typed.
func (s *seen) refused(id, typed string) {
	s.Helper()
	if s.Code != http.StatusUnprocessableEntity {
		s.Errorf("status %d", s.Code)
	}
	field := s.byID(id)
	if field.attrs["aria-invalid"] != "true" || field.attrs["aria-describedby"] != "error hint" || field.attrs["value"] != typed {
		s.Errorf("the field is %v", field.attrs)
	}
	if _, ok := field.attrs["autofocus"]; !ok {
		s.Error("the keyboard is elsewhere")
	}
	if s.byID("error").words() == "" || s.byID("hint").words() == "" {
		s.Error("it is not said what is wrong")
	}
}

func TestSecrets(t *testing.T) {
	t.Run("a weak one is refused, with the reason, here and in the chat", func(t *testing.T) {
		w := newWorld(t, func(c *web.Config) { c.SecretWords = []string{"Greenhouse"} })
		b, self := w.seated(false)
		for typed, says := range map[string]string{
			"":            "Type a secret.",
			"abc":         "It follows an order",
			"x7q":         "It is too short.",
			"password1":   "tried first",
			"ana":         "a name that belongs to you",
			"greenhouse1": "a name that belongs to you",
			"qwertyuiop":  "tried first",
		} {
			page := b.post(self+"/secret", one("secret", typed)).at(askSecret).says(says)
			page.refused("secret", typed)
			page.says("If nothing comes to mind")
		}
		if n := w.notes()[record.NoteWeakSecret]; n.JID != ana {
			t.Errorf("the bot cannot speak about it: %v", n)
		}
		if has, _ := w.db.HasSecret(t.Context(), w.enrolled(ana).ID); has {
			t.Error("it was kept")
		}
	})
	t.Run("whole addresses, the learner's and the bot's, are words that are tried first", func(t *testing.T) {
		w := newWorld(t, func(c *web.Config) { c.Bot = "otrbot@localhost" })
		b := w.browser()
		self := b.launch13(ltitest.Learner).self()
		b.post(self+"/address", one("address", "ana@localhost")).at(meetBot)
		for _, typed := range []string{"ana@localhost", "Ana@Localhost", "ana@localhost1", "otrbot@localhost", "otrbot", "localhost"} {
			b.post(self+"/secret", one("secret", typed)).at(askSecret).says("a name that belongs to you").refused("secret", typed)
		}
	})
	t.Run("the one that is offered is taken", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(false)
		page := b.post(self+"/secret", one("secret", "abc"))
		var offer string
		for _, c := range page.root.all("code") {
			offer = c.words()
		}
		b.post(self+"/secret", one("secret", offer)).at(nowChat)
	})
	t.Run("spaces at the ends do not count, as nobody sees them", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(false)
		b.post(self+"/secret", one("secret", " "+goodWords+" ")).at(nowChat)
		if got, _, _ := w.db.Secret(t.Context(), ana); string(got) != goodWords {
			t.Errorf("kept %q", got)
		}
	})
	t.Run("not asked where there is one, asked again when it is burnt", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(true)
		b.launch13(ltitest.Learner).at(nowChat)
		w.commit(record.Change{JID: ana, Session: []byte("s"), ForgetSecret: true,
			Progress: &record.Progress{Step: record.StepChatting, Trouble: record.TroubleBurnt}})
		b.get(self).at(askSecret).says("The shared secret cannot be used any more")
	})
	t.Run("forgotten, so another one", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(true)
		b.get(self + "?step=secret").at(askSecret)
		b.post(self+"/secret", one("secret", "other kettle orbits Madrid")).at(nowChat)
	})
	t.Run("too many", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(false)
		for range 30 {
			b.post(self+"/secret", one("secret", "abc"))
		}
		b.post(self+"/secret", one("secret", "abc")).at(askSecret).says("Wait a while, then try again.")
	})
	t.Run("before there is an address", func(t *testing.T) {
		w := newWorld(t)
		b := w.browser()
		self := b.launch13(ltitest.Learner).self()
		b.post(self+"/secret", one("secret", goodWords)).at(askAddress)
	})
}

// Every trouble that the bot reports is said, with what to do next.
func TestTroubles(t *testing.T) {
	for trouble, says := range map[record.Trouble][2]string{
		record.TroubleNoAnswer:    {"The bot's invitation has not been accepted", "Invite me again"},
		record.TroubleBounced:     {"The bot cannot reach your address", "Check how it is written"},
		record.TroubleLeft:        {"Your chat program is offline", "go online"},
		record.TroubleClient:      {"Dino does not know OTR", "install Thunderbird or CoyIM"},
		record.TroubleOtherCrypto: {"Dino encrypts in another way", "switch the other encryption off"},
		record.TroubleNoSecret:    {"There is no shared secret yet", "Choose it here"},
		record.TroubleWeakSecret:  {"The shared secret would soon be guessed", "Choose another one"},
		record.TroubleBurnt:       {"The shared secret cannot be used any more", "Choose a new one here"},
		record.TroubleDiffers:     {"The check failed", "Start the check again"},
		record.TroubleAborted:     {"The check was broken off", "Start it again"},
		record.TroubleEnded:       {"The encrypted conversation has ended", "Start it again"},
		record.TroubleUnreadable:  {"The bot could not read your message", "start it again"},
		record.TroubleWrongCode:   {"That was not the code", "copy the code from there"},
		record.TroubleExpired:     {"The chat has ended", "Write to the bot"},
	} {
		t.Run(string(trouble), func(t *testing.T) {
			w := newWorld(t)
			b, self := w.seated(true)
			w.progress(record.Progress{Step: record.StepChatting, Trouble: trouble, Client: "dino"})
			b.get(self).at(nowChat).says(says[0], says[1])
		})
	}
	t.Run("of a program that was not recognised", func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(true)
		w.progress(record.Progress{Step: record.StepChatting, Trouble: record.TroubleClient})
		b.get(self).says("Your chat program does not know OTR")
	})
}

// What to do next is said in the words of the learner's own program.
func TestMenuPaths(t *testing.T) {
	for _, c := range []struct {
		client string
		step   record.Step
		says   []string
	}{
		{"pidgin", record.StepChatting, []string{"In Pidgin:", "OTR > Start private conversation"}},
		{"pidgin", record.StepEncrypted, []string{"If you begin:", "Shared secret", "If the bot asks you:"}},
		{"profanity", record.StepChatting, []string{"Once, before the first time: /otr gen"}},
		{"profanity", record.StepEncrypted, []string{"/otr secret SECRET", "Type your shared secret in place of SECRET."}},
		{"", record.StepChatting, []string{"We do not know your chat program yet", "Thunderbird", "CoyIM"}},
		{"dino", record.StepChatting, []string{"We do not know your chat program yet", "Thunderbird"}},
	} {
		t.Run(c.client+" "+string(c.step), func(t *testing.T) {
			w := newWorld(t)
			b, self := w.seated(true)
			w.progress(record.Progress{Step: c.step, Client: c.client})
			b.get(self).says(c.says...)
		})
	}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		kind    record.NoteKind
		verdict record.Verdict
		left    int
		then    record.Step // where the learner is when the bot has answered
		says    string
		later   record.Step // where the answer is about nothing any more
	}{
		{record.NoteCode, record.VerdictWrong, 1, record.StepCode, "1 try is left", record.StepChatting},
		{record.NoteCode, record.VerdictWornOut, 0, record.StepCode, "The bot has made another code", record.StepChatting},
		{record.NoteCode, record.VerdictOld, 0, record.StepEncrypted, "That code is too old", record.StepCode},
		{record.NoteCode, record.VerdictNone, 0, record.StepEncrypted, "The bot has not told you a code yet", record.StepCode},
		{record.NoteFingerprint, record.VerdictRight, 0, record.StepVerified, "The fingerprints are the same", record.StepChatting},
		{record.NoteFingerprint, record.VerdictWrong, 0, record.StepEncrypted, "The fingerprints differ", record.StepChatting},
		{record.NoteFingerprint, record.VerdictNone, 0, record.StepChatting, "There is nothing to compare with", record.StepEncrypted},
	} {
		t.Run(string(c.kind)+" "+string(c.verdict), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				b, self := w.seated(true)
				w.step(record.StepEncrypted)
				b.get(self + "?step=fingerprint").says("Compare the bot's fingerprint")
				note := w.judged(t, b, self+"/"+string(c.kind), one(string(c.kind), "anything"), c.kind)
				w.progress(record.Progress{Step: c.then, Answer: record.Answer{Note: note, Verdict: c.verdict, Left: c.left}})
				answered := self + "?" + string(c.kind) + "=" + itoa(note)
				b.get(answered).says(c.says)
				b.get(self).silent(c.says) // it is news once
				w.step(c.later)
				b.get(answered).silent(c.says)
			})
		})
	}
}

// The answer is there at once when the bot is quick.
func TestVerdictArrivesWhileTheFormWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		stop := w.running()
		defer stop()
		b, self := w.seated(true)
		w.step(record.StepCode)
		answer := make(chan *seen)
		go func() { answer <- b.post(self+"/code", one("code", "K4TE-77QX")) }()
		synctest.Wait()
		note := w.notes()[record.NoteCode]
		w.progress(record.Progress{Step: record.StepCode, Answer: record.Answer{Note: note.ID, Verdict: record.VerdictWrong, Left: 2}})
		judged := time.Now()
		(<-answer).says("That is not the code", "2 tries are left")
		if d := time.Since(judged); d > time.Second {
			t.Errorf("the page came %v later", d)
		}
	})
}

func TestCodeLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		b, self := w.seated(true)
		w.step(record.StepCode)
		b.post(self+"/code", one("code", " ")).at(askCode).refused("code", "")
		b.post(self+"/code", one("code", strings.Repeat("x", 2000))).at(askCode).says("That is too long")
		for range 30 {
			b.post(self+"/code", one("code", "guess"))
		}
		b.post(self+"/code", one("code", "guess")).at(askCode).says("Wait a while")
		if page := b.post(self+"/code", url.Values{"code": {strings.Repeat("x", 100_000)}}); page.Code != http.StatusBadRequest {
			t.Errorf("a form of 100 kB: %d", page.Code)
		}
	})
}

func TestLanguages(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).at(askAddress).self()
	page := b.post(self+"/language", one("locale", "nl")).at("Wat is je Jabberadres?")
	if got := page.root.all("html")[0].attrs["lang"]; got != "nl" {
		t.Errorf("lang=%q", got)
	}
	b.post(self+"/language", one("locale", "xx")).at("Wat is je Jabberadres?")
	b.launch13(func(c ltitest.Claims) { c["locale"] = "ar" }).at("Wat is je Jabberadres?") // the choice stays
	chosen := ""
	for _, o := range page.byID("locale").all("option") {
		if _, ok := o.attrs["selected"]; ok {
			chosen += o.attrs["value"]
		}
	}
	if chosen != "nl" {
		t.Errorf("selected: %q", chosen)
	}
}

// Every page of the way has one main heading, a language and a direction; every field has a label and its description;
// the list of steps says in words which one it is; nothing has the same id.
func TestStructure(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	self := b.launch13(ltitest.Learner).self()
	look := func(what string, now int, page *seen) {
		t.Helper()
		html := page.root.all("html")[0].attrs
		if html["lang"] != "en-GB" || html["dir"] != "ltr" {
			t.Errorf("%s: html is %v", what, html)
		}
		page.heading()
		title := page.root.all("title")[0].words()
		if title == "Sibyl" {
			t.Errorf("%s: the title says nothing of it", what)
		}
		if told := page.root.all("article")[0].attrs["data-title"]; told != title {
			t.Errorf("%s: the part that changes is called %q, the page %q", what, told, title)
		}
		ids := map[string]*element{}
		for _, e := range page.root.all("") {
			if id := e.attrs["id"]; id != "" {
				if ids[id] != nil {
					t.Errorf("%s: two elements are %q", what, id)
				}
				ids[id] = e
			}
		}
		labels := map[string]string{}
		for _, l := range page.root.all("label") {
			labels[l.attrs["for"]] = l.words()
		}
		for _, f := range append(page.root.all("input"), page.root.all("select")...) {
			if labels[f.attrs["id"]] == "" {
				t.Errorf("%s: the field %v has no label", what, f.attrs)
			}
			for id := range strings.FieldsSeq(f.attrs["aria-describedby"]) {
				if ids[id] == nil {
					t.Errorf("%s: the field is described by %q, which is not there", what, id)
				}
			}
		}
		if ids["says"] == nil || ids["says"].attrs["role"] != "status" {
			t.Errorf("%s: nothing tells of changes", what)
		}
		lines := page.root.all("ol")[0].all("li")
		if len(lines) != 6 {
			t.Fatalf("%s: %d steps", what, len(lines))
		}
		for i, li := range lines {
			want := map[bool]string{true: "done", false: "to come"}[i+1 < now]
			if i+1 == now {
				want = "now"
				if li.attrs["aria-current"] != "step" {
					t.Errorf("%s: step %d is not marked", what, now)
				}
			}
			if !strings.HasSuffix(li.words(), want) {
				t.Errorf("%s: step %d says %q", what, i+1, li.words())
			}
		}
	}
	look("address", 1, b.get(self))
	look("wrong address", 1, b.post(self+"/address", one("address", "x")))
	look("contact", 2, b.post(self+"/address", one("address", ana)))
	look("secret", 3, b.get(self+"?step=secret"))
	look("weak secret", 3, b.post(self+"/secret", one("secret", "abc")))
	look("chat", 4, b.post(self+"/secret", one("secret", goodWords)))
	w.progress(record.Progress{Step: record.StepEncrypted, Fingerprint: "ABCDEF01"})
	look("fingerprint", 4, b.get(self+"?step=fingerprint"))
	look("code ahead of time", 5, b.get(self+"?step=code"))
	w.step(record.StepCode)
	look("code", 5, b.get(self))
}

// Without script one looks again by a link. A page that loads itself again would take the place away from whoever reads
// it slowly: WCAG 2.2, "Timing Adjustable".
func TestWithoutScript(t *testing.T) {
	w := newWorld(t)
	b, self := w.seated(false)
	for _, path := range []string{self, self + "?code=99999"} {
		b.get(path).says("Look again").silent("http-equiv")
	}
	b.post(self+"/secret", one("secret", goodWords)).says("Look again").silent("http-equiv")
}

func TestBotsAddress(t *testing.T) {
	w := newWorld(t)
	b, self := w.seated(false)
	page := b.get(self)
	if f := page.byID("bot"); f.attrs["value"] != botJID || !has(f, "readonly") {
		t.Errorf("the field is %v", f.attrs)
	}
	links := ""
	for _, a := range page.root.all("a") {
		links += a.attrs["href"] + " "
	}
	if !strings.Contains(links, "xmpp:bot@example.org?roster") {
		t.Errorf("links are %s", links)
	}
	if len(page.root.all("svg")) != 1 {
		t.Error("there is no QR code")
	}
	copying := page.root.all("main")[0].all("button")[0]
	if copying.attrs["data-copy"] != "bot" || !has(copying, "hidden") {
		t.Errorf("the button, which needs script, is %v", copying.attrs)
	}
}

func has(e *element, attr string) bool { _, ok := e.attrs[attr]; return ok }
