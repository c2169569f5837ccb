package xmpp

import (
	"context"
	"maps"
	"slices"
	"strings"

	"otrbot/internal/xmpp/stanza"
)

// Contact is an entry of the roster: RFC 6121, 2.1.2.
type Contact struct {
	JID, Name    string
	Subscription string // none, to, from, both: who sees whose presence
	Asked        bool   // our request to subscribe waits for an answer
	Approved     bool   // their request will be granted by the server
	Groups       []string
}

// Roster fetches the roster. From then on [Client.Contact] follows the server's changes. The errors are those of
// [Client.Query].
func (c *Client) Roster(ctx context.Context) ([]Contact, error) {
	e, err := c.Query(ctx, stanza.New(stanza.NSClient, "iq", "type", "get").Add(stanza.New(stanza.NSRoster, "query")))
	if err != nil {
		return nil, err
	}
	found := map[string]Contact{}
	if q := e.Child(stanza.NSRoster, "query"); q != nil {
		for i := range q.Children() {
			if k, ok := contact(i); ok && k.Subscription != "remove" {
				found[k.JID] = k
			}
		}
	}
	c.mu.Lock()
	c.roster = found
	list := slices.Collect(maps.Values(found))
	c.mu.Unlock()
	slices.SortFunc(list, func(a, b Contact) int { return strings.Compare(a.JID, b.JID) })
	return list, nil
}

// Contact is the entry for a bare JID as the server told it last.
func (c *Client) Contact(jid string) (Contact, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.roster[jid]
	return k, ok
}

// SetContact adds an entry or changes its name and groups; the rest belongs to the server.
func (c *Client) SetContact(ctx context.Context, k Contact) error {
	i := stanza.New(stanza.NSRoster, "item", "jid", k.JID, "name", k.Name)
	for _, g := range k.Groups {
		i.Add(stanza.New(stanza.NSRoster, "group").AddText(g))
	}
	return c.setRoster(ctx, i)
}

// RemoveContact removes the entry and both subscriptions: RFC 6121, 2.5.
func (c *Client) RemoveContact(ctx context.Context, jid string) error {
	return c.setRoster(ctx, stanza.New(stanza.NSRoster, "item", "jid", jid, "subscription", "remove"))
}

func (c *Client) setRoster(ctx context.Context, i *stanza.Element) error {
	_, err := c.Query(ctx, stanza.New(stanza.NSClient, "iq", "type", "set").Add(stanza.New(stanza.NSRoster, "query").Add(i)))
	return err
}

// pushed takes a change from the server, and from nobody else: RFC 6121, 2.1.6.
func (c *Client) pushed(from string, q *stanza.Element) bool {
	if !c.isOwn(from) && from != c.me.Domainpart() {
		return false
	}
	i := q.Child(stanza.NSRoster, "item")
	if i == nil {
		return false
	}
	k, ok := contact(i)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !ok:
	case k.Subscription == "remove":
		delete(c.roster, k.JID)
	default:
		c.roster[k.JID] = k
	}
	return true
}

func contact(i *stanza.Element) (Contact, bool) {
	k := Contact{
		JID: i.Attr("jid"), Name: i.Attr("name"), Subscription: i.Attr("subscription"),
		Asked: i.Attr("ask") == "subscribe", Approved: i.Attr("approved") == "true" || i.Attr("approved") == "1",
	}
	for g := range i.Children() {
		if g.Local == "group" {
			k.Groups = append(k.Groups, g.Text())
		}
	}
	return k, k.JID != "" && i.Local == "item"
}
