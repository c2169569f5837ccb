package demo

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"otrbot/internal/testkit/learner"
	"otrbot/otr"
	"otrbot/otrxmpp"
)

// shown is a demo that runs.
type shown struct {
	Scene
	stop  context.CancelFunc
	ended chan error
}

func show(t *testing.T) shown {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	d := shown{stop: stop, ended: make(chan error, 1)}
	ready := make(chan Scene, 1)
	c := Config{Listen: "127.0.0.1:0", Web: "127.0.0.1:0", LMS: "127.0.0.1:0", Ready: func(s Scene) { ready <- s }}
	go func() { d.ended <- Run(ctx, c) }()
	t.Cleanup(func() { d.end(t) })
	select {
	case d.Scene = <-ready:
	case err := <-d.ended:
		d.ended <- err
		t.Fatal("the demo ended")
	}
	return d
}

// end ends the demo, which must end well.
func (d shown) end(t *testing.T) {
	t.Helper()
	d.stop()
	err := <-d.ended
	d.ended <- err
	if err != nil {
		t.Error(err)
	}
}

// client is a learner's chat client, and how far the test has read in it.
type client struct {
	*learner.Learner
	t   *testing.T
	ctx context.Context
	n   int
}

func (d shown) login(t *testing.T, a Account) *client {
	t.Helper()
	pem, err := os.ReadFile(d.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	parameters, err := otr.GenerateParameters(nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // bounds a test that hangs
	t.Cleanup(cancel)
	l, err := learner.Start(ctx, learner.Config{
		JID: a.JID, Resource: "desk", Password: a.Password.Reveal(), Server: d.Address.String(), Roots: roots,
		Bot: d.Bot, Policy: otr.AllowV2 | otr.AllowV3, Parameters: parameters,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return &client{Learner: l, t: t, ctx: ctx}
}

func (c *client) wait(what func(learner.Seen) bool) learner.Seen {
	c.t.Helper()
	n, err := c.Wait(c.ctx, c.n, what)
	if err != nil {
		c.t.Fatal(err)
	}
	c.n = n
	return c.Seen()[n-1]
}

func (c *client) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// lesson takes the learner from hello to stop.
func (c *client) lesson(secret string) {
	c.t.Helper()
	c.must(c.Say("hello"))
	c.wait(learner.Says("switch on OTR"))
	c.must(c.StartOTR())
	c.wait(learner.Is[otrxmpp.OTREnabled])
	c.wait(learner.Says("the secret that the demo in your terminal gave you"))
	c.must(c.Verify(secret))
	c.wait(learner.Is[otrxmpp.CorrectSecretReceived])
	told, _ := c.wait(learner.Says("Here is a code")).Text()
	_, code, _ := strings.Cut(told.Text, "chat: ")
	code, _, _ = strings.Cut(code, "\n")
	c.must(c.Say(code))
	c.wait(learner.Says("You have made it"))
	c.must(c.Say("stop"))
	c.wait(learner.Is[otrxmpp.OTRDisabled])
	c.must(c.EndOTR()) // else the client would send nothing any more
}

// A lesson that is done can be repeated at once, with the same secret, and by the other account meanwhile.
func TestLessonTwice(t *testing.T) {
	d := show(t)
	for _, a := range d.Accounts {
		t.Run(a.JID, func(t *testing.T) {
			t.Parallel()
			c := d.login(t, a)
			c.wait(learner.Shows("available"))
			c.lesson(d.Secret.Reveal())
			c.lesson(d.Secret.Reveal())
		})
	}
}

// Whoever ends the demo ends it for everybody, and nothing remains.
func TestEnd(t *testing.T) {
	d := show(t)
	c := d.login(t, d.Accounts[0])
	c.must(c.Say("hello"))
	c.wait(learner.Says("Hello"))
	d.stop()
	c.wait(learner.Says("This bot is being switched off"))
	d.end(t)
	for _, file := range []string{d.Certificate, d.Mcabber} {
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestFilesAreTheOwners(t *testing.T) {
	d := show(t)
	for file, mode := range map[string]os.FileMode{d.Certificate: 0o644, d.Mcabber: 0o600} {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", file, info.Mode(), err)
		}
	}
}

// The demo listens where no other machine can reach it.
func TestListensOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"", "5222", "127.0.0.1", ":5222", "0.0.0.0:0", "[::]:0", "192.0.2.1:5222", "example.org:5222", "127.0.0.1:99999"} {
		l, err := listen(address)
		if !errors.Is(err, ErrAddress) {
			t.Errorf("%q: %v, %v", address, l, err)
		}
	}
}

// An address that is taken is an error of the system, and leaves nothing behind.
func TestTaken(t *testing.T) {
	d := show(t)
	err := Run(t.Context(), Config{Listen: d.Address.String()})
	if err == nil || !strings.Contains(err.Error(), d.Address.String()) {
		t.Error(err)
	}
}
