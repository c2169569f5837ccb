package clients

import (
	"context"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"otrbot/internal/xmpp"
	"otrbot/internal/xmpp/stanza"
	"otrbot/interop/libotr"
)

// protocol is what libotr's clients call XMPP.
const protocol = "prpl-jabber"

// A Helper is libotr as Debian ships it, joined to an XMPP connection of our
// own. Unlike the other clients it keeps a session finished that the peer has
// ended, until the user ends it too, as Pidgin does; and the stanzas that it got
// can be looked at.
type Helper struct {
	transcript
	login  Login
	policy int
	peer   string
	cancel context.CancelCauseFunc
	client *xmpp.Client
	notes  notes
	keys   string        // file
	online chan struct{} // of this connection
	begun  *sync.Once
	gone   chan struct{} // Run has returned

	mu      sync.Mutex // for what the connection's goroutine shares with the test's
	process *libotr.Process
	user    *libotr.User
	route   string // where the peer wrote from last; bare before that
	stanzas []*stanza.Element
}

// Policies of libotr, beside those of package libotr.
const (
	OnlyVersion2 = libotr.PolicyAllowV2
	OnlyVersion3 = libotr.PolicyAllowV3
)

// LibOTR logs in with the helper that libotr.Build has compiled.
func LibOTR(t testing.TB, program string, login Login, policy int) *Helper {
	t.Helper()
	if login.Resource == "" {
		login.Resource = "libotr"
	}
	if login.Opportunistic {
		policy |= libotr.PolicySendWhitespaceTag | libotr.PolicyWhitespaceStartAKE
	}
	h := &Helper{login: login, policy: policy}
	h.transcript = transcript{t: t, name: "libotr", words: helperWords, lines: h.notes.all}
	h.startOTR(program)
	h.connect()
	return h
}

func (h *Helper) startOTR(program string) {
	h.t.Helper()
	var err error
	if h.process, err = libotr.Start(program); err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() {
		if err := h.process.Close(); err != nil {
			h.t.Error(err)
		}
	})
	h.newUser()
	h.keys = filepath.Join(h.t.TempDir(), "keys")
	if err := h.user.WriteKeys(h.keys); err != nil {
		h.t.Fatal(err)
	}
}

func (h *Helper) newUser() {
	h.t.Helper()
	var err error
	if h.user, err = h.process.NewUser("learner", h.login.JID, protocol, h.policy, 0); err != nil {
		h.t.Fatal(err)
	}
}

func (h *Helper) connect() {
	h.t.Helper()
	ca, err := os.ReadFile(h.login.CAFile)
	if err != nil {
		h.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	h.client, err = xmpp.New(xmpp.Config{
		JID: h.login.JID, Resource: h.login.Resource, Password: xmpp.Password(h.login.Password),
		Server: h.login.Addr, TLS: xmpp.TLS{Roots: roots}, Software: xmpp.Software{Name: "libotr in a test", Type: "console"},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	online, gone := make(chan struct{}), make(chan struct{})
	h.cancel, h.online, h.gone, h.begun = cancel, online, gone, &sync.Once{}
	var run error
	go func() {
		defer close(gone)
		run = h.client.Run(ctx, h)
	}()
	h.t.Cleanup(func() {
		cancel(nil)
		<-gone
	})
	select {
	case <-online:
	case <-gone:
		h.t.Fatalf("%s cannot log in: %v", h.login.JID, run)
	}
}

// Online is called by the connection, as are Offline, InDoubt and Stanza.
func (h *Helper) Online(xmpp.Session) {
	_ = h.client.Send(xmpp.Presence("", "", ""), 0) // what cannot be sent shows at the peer
	h.begun.Do(func() { close(h.online) })
}

// Offline notes that the connection is lost.
func (h *Helper) Offline(err error) { h.notes.add("* offline: " + err.Error()) }

// InDoubt does nothing: libotr's clients send nothing twice.
func (h *Helper) InDoubt([]xmpp.Sent) {}

// Stanza hands libotr the texts and notes what the user sees.
func (h *Helper) Stanza(e *stanza.Element, _ int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stanzas = append(h.stanzas, e)
	from := e.Attr("from")
	switch {
	case e.Local == "presence":
		h.notes.add(strings.TrimSpace(fmt.Sprintf("* presence %s from %s: %s", e.Attr("type"), from, childText(e, "status"))))
	case e.Local == "message" && e.Attr("type") == "error":
		h.notes.add("* not delivered")
	case e.Local == "message" && e.Child("", "body") != nil && stanza.Bare(from) == h.peer:
		h.route = from
		h.receive(childText(e, "body"))
	}
}

func childText(e *stanza.Element, name string) string {
	if c := e.Child("", name); c != nil {
		return c.Text()
	}
	return ""
}

// receive is called with the lock held.
func (h *Helper) receive(body string) {
	reply, err := h.user.Receive(h.peer, body)
	if err != nil {
		h.notes.add("* libotr: " + err.Error())
		return
	}
	h.tell(reply)
	if reply.Internal == 1 || len(reply.Text) == 0 {
		return
	}
	how := "in clear: "
	if strings.HasPrefix(body, "?OTR:") || strings.HasPrefix(body, "?OTR,") || strings.HasPrefix(body, "?OTR|") {
		how = "encrypted: "
	}
	for line := range strings.Lines(string(reply.Text)) {
		h.notes.add(how + strings.TrimSuffix(line, "\n"))
	}
}

// tell sends what libotr wants to send and notes what it tells the user, with
// the lock held.
func (h *Helper) tell(reply libotr.Reply) {
	for _, m := range reply.Injected() {
		h.send(m)
	}
	for _, e := range reply.Events {
		if line := helperTells(e); line != "" {
			h.notes.add(line)
		}
	}
}

func (h *Helper) send(body string) {
	if body == "" {
		return
	}
	to := h.route
	if to == "" {
		to = h.peer
	}
	m := stanza.New(stanza.NSClient, "message", "type", "chat", "to", to)
	m.Add(stanza.New(stanza.NSClient, "body").AddText(body))
	if err := h.client.Send(m, 0); err != nil {
		h.notes.add("* cannot send: " + err.Error())
	}
}

// request asks libotr for something and sends what comes of it.
func (h *Helper) request(r libotr.Request) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acts()
	h.do(r)
}

func (h *Helper) do(r libotr.Request) libotr.Reply {
	h.t.Helper()
	r.Peer = []byte(h.peer)
	reply, err := h.user.Do(r)
	if err != nil {
		h.t.Fatal(err)
	}
	h.tell(reply)
	return reply
}

// JID is who is logged in.
func (h *Helper) JID() string { return h.login.JID }

// Can knows everything that libotr can do.
func (h *Helper) Can(s Skill) bool { return s != Version3 || h.policy&libotr.PolicyAllowV3 != 0 }

// Add puts the peer into the contact list and asks for its presence.
func (h *Helper) Add(jid string) {
	h.t.Helper()
	h.Talk(jid)
	err := h.client.SetContact(h.t.Context(), xmpp.Contact{JID: jid})
	if err == nil {
		err = h.client.Subscribe(jid)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// Allow waits until the peer asks for our presence, and grants it.
func (h *Helper) Allow(jid string) {
	h.t.Helper()
	h.since = 0
	h.WaitFor(regexp.MustCompile(`^\* presence subscribe from ` + regexp.QuoteMeta(jid)))
	if err := h.client.Approve(jid); err != nil {
		h.t.Fatal(err)
	}
}

// Say sends a text, encrypted when OTR is on.
func (h *Helper) Say(text string) {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acts()
	if reply := h.do(libotr.Request{Do: "send", Text: []byte(text)}); reply.Untouched == 1 {
		h.send(text)
	}
}

// StartOTR asks with a query, inside a session too.
func (h *Helper) StartOTR() {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acts()
	query, err := h.user.Query()
	if err != nil {
		h.t.Fatal(err)
	}
	h.send(query)
}

// Refresh asks for new keys.
func (h *Helper) Refresh() { h.t.Helper(); h.StartOTR() }

// EndOTR ends the session, also one that the peer has ended.
func (h *Helper) EndOTR() {
	h.t.Helper()
	h.request(libotr.Request{Do: "disconnect"})
	h.notes.add("* ended")
}

// VerifySecret begins to verify.
func (h *Helper) VerifySecret(secret string) {
	h.t.Helper()
	h.request(libotr.Request{Do: "smp_start", Secret: []byte(secret)})
}

// VerifyQuestion begins to verify with a question.
func (h *Helper) VerifyQuestion(question, answer string) {
	h.t.Helper()
	h.request(libotr.Request{Do: "smp_start", Secret: []byte(answer), Question: []byte(question)})
}

// Answer answers the peer's verification.
func (h *Helper) Answer(secret string) {
	h.t.Helper()
	h.request(libotr.Request{Do: "smp_answer", Secret: []byte(secret)})
}

// Abort gives up the verification.
func (h *Helper) Abort() { h.t.Helper(); h.request(libotr.Request{Do: "smp_abort"}) }

// Restart loses libotr's state, all but the key, and the connection.
func (h *Helper) Restart() {
	h.t.Helper()
	h.cancel(xmpp.ErrHandOver) // the socket only
	<-h.gone
	h.acts()
	h.newUser()
	if err := h.user.ReadKeys(h.keys); err != nil {
		h.t.Fatal(err)
	}
	h.connect()
	h.Talk(h.peer)
}

// Talk chooses the peer.
func (h *Helper) Talk(jid string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.peer, h.route = jid, ""
}

// Version is that of the OTR session, 0 without one.
func (h *Helper) Version() int {
	h.t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	contexts, err := h.user.Contexts(h.peer)
	if err != nil {
		h.t.Fatal(err)
	}
	const encrypted = 1 // of OtrlMessageState
	for _, c := range contexts {
		if c.Code == encrypted {
			return c.Version
		}
	}
	return 0
}

// Stanzas are all messages and presences that came, in order.
func (h *Helper) Stanzas() []*stanza.Element {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]*stanza.Element(nil), h.stanzas...)
}
