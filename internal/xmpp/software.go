package xmpp

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"slices"
	"strings"

	"otrbot/internal/xmpp/stanza"
)

// version is our answer to XEP-0092.
func (c *Client) version() *stanza.Element {
	q := stanza.New(stanza.NSVersion, "query")
	s := c.conf.Software
	for _, f := range []struct{ name, text string }{{"name", s.Name}, {"version", s.Version}, {"os", s.OS}} {
		if f.text != "" {
			q.Add(stanza.New(stanza.NSVersion, f.name).AddText(f.text))
		}
	}
	return q
}

// features are what we answer to, and what the program adds, sorted as XEP-0115, 5.1 wants it.
func (s Software) features() []string {
	all := append([]string{stanza.NSCaps, stanza.NSDiscoInfo, stanza.NSDiscoItems, stanza.NSPing, stanza.NSVersion}, s.Features...)
	slices.Sort(all)
	return slices.Compact(all)
}

func (s Software) hash() string { return capabilities("client/"+s.Type+"//"+s.Name, s.features()) }

// capabilities names an identity and its features: XEP-0115, 5.1.
func capabilities(identity string, sorted []string) string {
	sum := sha1.Sum([]byte(identity + "<" + strings.Join(sorted, "<") + "<"))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// discoInfo is our answer to XEP-0030, also when asked by the name that our presence gave it.
func (c *Client) discoInfo(e *stanza.Element, node string) *stanza.Element {
	s := c.conf.Software
	if node != "" && (s.Node == "" || node != s.Node+"#"+s.hash()) {
		return stanza.ErrorReply(e, "cancel", "item-not-found")
	}
	q := stanza.New(stanza.NSDiscoInfo, "query", "node", node).
		Add(stanza.New(stanza.NSDiscoInfo, "identity", "category", "client", "type", s.Type, "name", s.Name))
	for _, f := range s.features() {
		q.Add(stanza.New(stanza.NSDiscoInfo, "feature", "var", f))
	}
	return stanza.Reply(e, "result").Add(q)
}

// longestName bounds what others say about their software, in bytes.
const longestName = 200

// SoftwareVersion asks somebody's client what it is (XEP-0092): Name, Version and OS, each of 200 bytes at most.
// The errors are those of [Client.Query].
func (c *Client) SoftwareVersion(ctx context.Context, jid string) (Software, error) {
	e, err := c.Query(ctx, stanza.New(stanza.NSClient, "iq", "type", "get", "to", jid).Add(stanza.New(stanza.NSVersion, "query")))
	if err != nil {
		return Software{}, err
	}
	q := e.Child(stanza.NSVersion, "query")
	return Software{Name: textOf(q, "name"), Version: textOf(q, "version"), OS: textOf(q, "os")}, nil
}

func textOf(parent *stanza.Element, local string) string {
	if parent == nil {
		return ""
	}
	e := parent.Child("", local)
	if e == nil {
		return ""
	}
	text := e.Text()
	return strings.ToValidUTF8(text[:min(len(text), longestName)], "")
}
