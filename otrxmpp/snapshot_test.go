package otrxmpp_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// full is an endpoint that has everything in it that a snapshot can hold.
func full(t *testing.T) *scene {
	t.Helper()
	s := newScene(t)
	s.join(phone, testkit.Policy(otr.AllowV2))
	s.join(laptop, testkit.Policy(otr.AllowV2))
	tab := s.join(tablet)
	s.secure(phone)
	s.secure(laptop)
	s.secure(tablet)
	s.private(tablet, "5 &gt; 3")
	s.private(phone, "one")
	s.note(s.alice.Presence(laptop, false, s.now()))
	tab.Do(tab.StartSMP([]byte("x")))
	s.flow()
	s.do(func(e *otrxmpp.Endpoint, now time.Time) (otrxmpp.Result, error) {
		return e.SetSecret([]byte("kept"), false, now)
	})
	return s
}

func TestSnapshotIsWhole(t *testing.T) {
	s := full(t)
	before, err := s.alice.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	restored, err := otrxmpp.Restore(s.config, before)
	if err != nil {
		t.Fatal(err)
	}
	if restored.State() != s.alice.State() || restored.Route() != s.alice.Route() || restored.SMPRunning() != s.alice.SMPRunning() ||
		restored.Verified() != s.alice.Verified() || restored.Away() != s.alice.Away() {
		t.Error("the restored endpoint is in another state")
	}
}

func TestStrictSnapshots(t *testing.T) {
	s := full(t)
	good, err := s.alice.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(what string, c otrxmpp.Config, snapshot []byte) {
		t.Helper()
		if _, err := otrxmpp.Restore(c, snapshot); !errors.Is(err, otrxmpp.ErrSnapshot) {
			t.Errorf("%s: %v", what, err)
		}
	}
	refuse("nothing", s.config, nil)
	refuse("another version", s.config, bytes.Replace(good, []byte("endpoint\x01"), []byte("endpoint\x02"), 1))
	refuse("something behind it", s.config, append(bytes.Clone(good), 0))
	for n := 0; n < len(good); n += 7 {
		refuse(fmt.Sprintf("cut after %d bytes", n), s.config, good[:n])
	}
	other := s.config
	other.Peer = testkit.Carol
	refuse("of another peer", other, good)
}

func TestBadConfig(t *testing.T) {
	for _, test := range []struct {
		name string
		bad  func(*otrxmpp.Config)
		want error
	}{
		{"no user", func(c *otrxmpp.Config) { c.User = nil }, otrxmpp.ErrConfig},
		{"no account", func(c *otrxmpp.Config) { c.Account = otr.Account{} }, otrxmpp.ErrConfig},
		{"no peer", func(c *otrxmpp.Config) { c.Peer = "" }, otrxmpp.ErrConfig},
		{"no patience", func(c *otrxmpp.Config) { c.AwayLimit = -1 }, otrxmpp.ErrConfig},
		{"no room", func(c *otrxmpp.Config) { c.MaxBody = 10 }, otr.ErrConfig},
		{"no key", func(c *otrxmpp.Config) { c.User = otr.NewUserState() }, otr.ErrNoKey},
		{"a peer that no file can hold", func(c *otrxmpp.Config) { c.Peer = "a\tb" }, otr.ErrName},
	} {
		c := newScene(t).config
		test.bad(&c)
		if _, err := otrxmpp.New(c); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestNothingPrints(t *testing.T) {
	s := full(t)
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("", "endpoint", s.alice)
	fmt.Fprintf(&out, "%v %+v %#v %s %d %x", s.alice, s.alice, s.alice, s.alice, s.alice, *s.alice)
	for _, told := range []string{"kept", "6b657074", "bob", "alice", "phone"} {
		if strings.Contains(out.String(), told) {
			t.Errorf("%q stands in %s", told, out.String())
		}
	}
}

// A tutor has thousands of endpoints: an idle one, which has heard a text, and one in a private conversation.
func TestMemory(t *testing.T) {
	for _, test := range []struct {
		name  string
		many  int
		limit uint64
		begin func(*scene)
	}{
		{"idle", 500, 2 << 10, func(s *scene) { s.says(phone, "hello") }},
		{"private", 100, 12 << 10, func(s *scene) {
			s.join(phone)
			s.secure(phone)
			for range 3 {
				s.private(phone, "hello")
				s.say("hello")
				s.flow()
			}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			user := testkit.User(t, testkit.Alice)
			all := make([]*otrxmpp.Endpoint, 0, test.many)
			before := heap()
			for range test.many {
				s := newScene(t, func(c *otrxmpp.Config) { c.User, c.OTR.Rand, c.OTR.Time = user, nil, nil })
				test.begin(s)
				all = append(all, s.alice)
			}
			per := (heap() - before) / uint64(test.many)
			t.Logf("%d bytes each", per)
			if per > test.limit {
				t.Errorf("%d bytes each", per)
			}
			runtime.KeepAlive(all)
		})
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
