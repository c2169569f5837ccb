package bot_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"otrbot/internal/record"
	"otrbot/internal/testkit/learner"
	"otrbot/internal/tutor"
	"otrbot/internal/xmpp"
	"otrbot/interop/servers"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// private are words that nobody but the learner and the bot should ever find.
type private map[string][]byte

func (p private) add(what, words string) {
	if words == "" {
		panic("no words for " + what)
	}
	p[what] = []byte(words)
	p[what+", in capitals"] = []byte(strings.ToUpper(words))
	p[what+", in small letters"] = []byte(strings.ToLower(words))
	p[what+", in hex"] = []byte(hex.EncodeToString([]byte(words)))
	p[what+", in HEX"] = bytes.ToUpper(p[what+", in hex"])
	for skip := range 3 { // the same bytes have three forms in base64, by their place
		padded := append(make([]byte, skip), words...)
		text := base64.RawStdEncoding.EncodeToString(padded)
		first, last := []int{0, 2, 3}[skip], len(padded)/3*4 // without characters that hold bits of others
		if first+8 <= last {
			p[what+", in base64"+strings.Repeat("'", skip)] = []byte(text[first:last])
		}
	}
	var little, big []byte
	for _, u := range utf16.Encode([]rune(words)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	p[what+", in UTF-16"], p[what+", in UTF-16, big end first"] = little, big
}

// in reports which of the words are there.
func (p private) in(data []byte) (found []string) {
	for what, words := range p {
		if bytes.Contains(data, words) {
			found = append(found, what)
		}
	}
	slices.Sort(found)
	return found
}

// searched are all files of the store, now.
func (h *house) searched(p private, when string) {
	h.t.Helper()
	files := 0
	err := filepath.WalkDir(h.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if found := p.in([]byte(filepath.Base(path))); len(found) > 0 {
			h.t.Errorf("%s: the name of a file holds %v", when, found)
		}
		if found := p.in(data); len(found) > 0 {
			h.t.Errorf("%s: %s (%d bytes) holds %v", when, filepath.Base(path), len(data), found)
		}
		return nil
	})
	if err != nil || files < 2 {
		h.t.Errorf("%s: %d files, %v", when, files, err)
	}
	if found := p.in([]byte(h.log.String())); len(found) > 0 {
		h.t.Errorf("%s: the log holds %v", when, found)
	}
}

// The search finds what it looks for.
func TestSearch(t *testing.T) {
	t.Parallel()
	const words = "Sieben Zwerge im Regen 5"
	p := make(private)
	p.add("it", words)
	for name, hidden := range map[string]string{
		"plain": words, "hex": hex.EncodeToString([]byte(words)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(words))),
		"base64": base64.StdEncoding.EncodeToString([]byte(words)), "base64 behind one": base64.StdEncoding.EncodeToString([]byte("x" + words + "yz")),
		"base64 behind two": base64.StdEncoding.EncodeToString([]byte("xy" + words)), "UTF-16": "S\x00i\x00e\x00b\x00e\x00n\x00 \x00Z\x00w\x00e\x00r\x00g\x00e\x00 \x00i\x00m\x00 \x00R\x00e\x00g\x00e\x00n\x00 \x005\x00",
	} {
		if len(p.in([]byte("before "+hidden+" after"))) == 0 {
			t.Errorf("%s is not found", name)
		}
	}
	if found := p.in([]byte("Sieben Zwerge im Schnee 5")); len(found) > 0 {
		t.Errorf("found %v in other words", found)
	}
}

// watched is a learner whose words, secret and address are looked for.
func (h *house) watched(t *testing.T, name string, p private) *script {
	t.Helper()
	ctx := timeout(t)
	s := &script{Learner: h.learner(ctx, name, otr.AllowV2|otr.AllowV3), t: t, ctx: ctx}
	local, _, _ := strings.Cut(s.JID(), "@")
	p.add("the learner's address", s.JID())
	p.add("the learner's name", local)
	p.add("the secret", ownSecret)
	p.add("words in the clear", "my cat is called Murkel")
	p.add("encrypted words", "my dog is called Purzel")
	p.add("the question", "Who sings in the rain, Heinrich?")
	s.wait(learner.Shows("available"))
	s.must(s.Say("hello"))
	s.wait(learner.Says("Hello"))
	s.must(h.desk.PutSecret(t.Context(), s.JID(), []byte(ownSecret)))
	s.wait(says(t, "secret_kept_plain"))
	s.must(s.Say("my cat is called Murkel"))
	s.wait(learner.Says("unencrypted"))
	return s
}

const ownSecret = "Sieben Zwerge im Regen 5"

// verified is the watched learner when both are verified.
func (s *script) verified(p private) {
	s.t.Helper()
	s.must(s.StartOTR())
	s.wait(learner.Is[otrxmpp.OTREnabled])
	s.wait(says(s.t, "otr_on"))
	s.must(s.Say("my dog is called Purzel"))
	s.wait(says(s.t, "verify_1"))
	s.must(s.Ask("Who sings in the rain, Heinrich?", "another secret"))
	s.wait(learner.Is[otrxmpp.IncorrectSecretReceived])
	s.must(s.Verify(ownSecret))
	s.wait(learner.Is[otrxmpp.CorrectSecretReceived])
	s.wait(says(s.t, "code"))
	p.add("the code", s.code())
	p.add("the code in one", strings.ReplaceAll(s.code(), "-", ""))
}

// What the learner and the bot tell each other stands in no file and no log in readable form: not while they talk, not
// after a hand-over, and not when the session is over.
func TestSecretsAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, server *servers.Instance) {
		h := newHouse(t, server, tutor.Options{NoTyping: true})
		h.start()
		p := make(private)
		s := h.watched(t, "ludmilla", p)
		h.searched(p, "in the clear")
		s.verified(p)
		h.searched(p, "verified")
		if err := h.stopped(xmpp.ErrHandOver); err != nil {
			t.Fatal(err)
		}
		h.searched(p, "handed over")
		h.start()
		s.must(s.Say(s.code()))
		s.wait(says(t, "congratulations"))
		s.must(s.Say("stop"))
		s.wait(learner.Shows("unavailable"))
		h.searched(p, "finished")
		h.erased(s.JID())
		if err := h.stopped(nil); err != nil {
			t.Fatal(err)
		}
		h.searched(p, "stopped")
	})
}

// Reset and removed by a command, the learner leaves nothing behind either, whether the bot runs or not.
func TestSecretsAreErased(t *testing.T) {
	t.Parallel()
	commands := map[string]func(context.Context, *house, string) (bool, error){
		"reset":   func(ctx context.Context, h *house, jid string) (bool, error) { return h.desk.ResetLearner(ctx, jid) },
		"removed": func(ctx context.Context, h *house, jid string) (bool, error) { return h.desk.RemoveLearner(ctx, jid) },
	}
	for name, command := range commands {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, shop[servers.KindProsody], tutor.Options{NoTyping: true})
			h.start()
			p := make(private)
			s := h.watched(t, "ludmilla", p)
			s.verified(p)
			if _, err := command(t.Context(), h, s.JID()); err != nil {
				t.Fatal(err)
			}
			s.wait(learner.Shows("unavailable"))
			h.searched(p, name)
			h.erased(s.JID())
		})
		t.Run(name+" while no bot runs", func(t *testing.T) {
			h := newHouse(t, shop[servers.KindProsody], tutor.Options{NoTyping: true})
			h.start()
			p := make(private)
			s := h.watched(t, "ludmilla", p)
			s.verified(p)
			if err := h.stopped(xmpp.ErrHandOver); err != nil {
				t.Fatal(err)
			}
			if _, err := command(t.Context(), h, s.JID()); err != nil {
				t.Fatal(err)
			}
			h.searched(p, name)
			h.erased(s.JID())
		})
	}
}

// erased wants the store to know no session, secret or stanza of a learner.
func (h *house) erased(jid string) {
	h.t.Helper()
	ctx := h.t.Context()
	sessions, err := h.desk.Sessions(ctx)
	if err != nil || slices.ContainsFunc(sessions, func(s record.Session) bool { return s.JID == jid }) {
		h.t.Errorf("the session is still there, %v", err)
	}
	notes, err := h.desk.Notes(ctx)
	if err != nil || slices.ContainsFunc(notes, func(n record.Note) bool { return n.JID == jid && n.Kind == record.NoteSecret }) {
		h.t.Errorf("the secret is still there, %v", err)
	}
	if in, err := h.desk.Inbox(ctx); err != nil || len(in) > 0 {
		h.t.Errorf("%d stanzas that came are still there, %v", len(in), err)
	}
}

// Errors that end the bot, or are logged because something kept is damaged, quote nobody.
func TestErrorsTellNothing(t *testing.T) {
	t.Parallel()
	server := shop[servers.KindProsody]
	h := newHouse(t, server, tutor.Options{NoTyping: true})
	whole := h.config.Store
	h.config.Store = &mortal{Store: whole, left: 60}
	h.start()
	p := make(private)
	s := h.watched(t, "ludmilla", p)
	var err error
	for done := false; !done; {
		select {
		case err = <-h.finished:
			h.finished <- err
			done = true
		case <-time.After(time.Millisecond):
			s.must(s.Say("my dog is called Purzel"))
		}
	}
	if err == nil {
		t.Fatal("the bot has no error")
	}
	if found := p.in([]byte(err.Error())); len(found) > 0 {
		t.Errorf("the error %q holds %v", err, found)
	}
	h.searched(p, "failed")
}

// Each session has an OTR key of its own, and its end erases it: the next one is with somebody the learner has never met.
func TestKeysOfSessions(t *testing.T) {
	t.Parallel()
	server := shop[servers.KindProsody]
	h := newHouse(t, server, options)
	h.start()
	s := h.encrypted(t, "ana")
	keys := make(map[otr.Fingerprint]bool)
	for n := 1; ; n++ {
		for _, seen := range s.Seen() {
			if e, ok := seen.Event.(otrxmpp.OTREnabled); ok {
				keys[e.Session.Fingerprint] = true
			}
		}
		if len(keys) != n {
			t.Fatalf("%d sessions had %d keys", n, len(keys))
		}
		s.must(s.Say("stop"))
		s.wait(learner.Shows("unavailable"))
		h.erased(s.JID())
		if n == 3 {
			return
		}
		s.must(s.EndOTR())
		s.must(s.Say("hello"))
		s.wait(learner.Says("Hello"))
		s.must(s.StartOTR())
		s.wait(learner.Is[otrxmpp.OTREnabled])
		s.wait(learner.Says("OTR"))
	}
}

// Learners' words are logged only when the operator wants it, and then the log says so first.
func TestLogUserMessages(t *testing.T) {
	t.Parallel()
	h := newHouse(t, shop[servers.KindProsody], options)
	h.config.LogUserMessages = true
	h.start()
	s := h.encrypted(t, "ana")
	s.must(s.Say("my dog is called Purzel"))
	s.wait(says(t, "verify_1"))
	log := h.log.String()
	warning, words := strings.Index(log, "level=WARN msg=\"messages of learners are written to this log"), strings.Index(log, "my dog is called Purzel")
	if warning < 0 || words < warning {
		t.Errorf("the warning stands at %d, the words at %d", warning, words)
	}
	if local, _, _ := strings.Cut(s.JID(), "@"); strings.Contains(log, local) {
		t.Error("the log holds the learner's address")
	}
}
